import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { call, library, scratch } from "../../support/host-shell.js";

const functions = library("swarm-service/lib.sh");
const cluster = library("remote-host/cluster.sh");

/** A directory with a program docker that answers as the cases of a shell script say. */
function docker(cases: string): string {
  const directory = scratch("docker");
  writeFileSync(path.join(directory, "docker"), `#!/bin/sh\ncase "$*" in\n${cases}\nesac\n`);
  chmodSync(path.join(directory, "docker"), 0o755);
  return directory;
}

/** A manager with the service acme_nocodb: two tasks, one of which runs, on an overlay network. */
const manager = docker(`
'service ls '*) echo s1 ;;
'network ls '*) echo 'called n1 overlay' ;;
'service ps '*) printf 't1\\nt2\\n' ;;
'inspect --type task '*) printf 'task s1 running-running 10.0.1.5/24\\ntask s1 shutdown-starting 10.0.1.6/24\\n' ;;
'service inspect '*) printf '%s\\n' '= acme_nocodb' 'id s1' 'name acme_nocodb' 'cluster yes' 'restarts 0' 'started "2026-01-01T00:00:00Z"' 'replicas 2' 'image nocodb/nocodb:1' 'target n1,nocodb' 'label cdktf.environment=prod' ;;
`);

const SERVICE = `= acme_nocodb
id s1
name acme_nocodb
cluster yes
restarts 0
started 2026-01-01T00:00:00Z
replicas 2
image nocodb/nocodb:1
network overlay,nocodb
label cdktf.environment=prod
state running
address 10.0.1.5
other-address 10.0.1.6
`;

const container = (name: string, more: string) => `= ${name}\nid ${name}-id\nname ${name}\nstate running\n${more}\n`;

describe("services of a cluster are shown to the checks like containers:", () => {
  test("one is there with its tasks that run, their addresses and its networks by name", () => {
    expect(call(cluster, ["about_services"], { first: manager }).stdout).toBe(SERVICE);
    expect(call(cluster, ["about_services", "acme_nocodb"], { first: manager }).stdout).toBe(SERVICE);
    expect(call(cluster, ["about_services", "acme"], { first: manager }).stdout).toBe("");
  });

  test("an engine without a cluster, or without services of this app, has none", () => {
    const without = docker("*) echo 'This node is not a swarm manager.' >&2; exit 1 ;;");
    expect(call(cluster, ["about_services"], { first: without })).toMatchObject({ status: 0, stdout: "" });
    expect(call(cluster, ["about_services"], { first: docker("*) ;;") })).toMatchObject({ status: 0, stdout: "" });
  });

  test("containers of its tasks are left out, and a neighbour is named by which its network is reached", () => {
    const caddy = container("acme_caddy", "network overlay,caddy");
    const other = container("other", "network bridge");
    const task = container("acme_nocodb.1.x", "label com.docker.swarm.service.name=acme_nocodb\nnetwork overlay");
    const { stdout } = call(cluster, ["with_services"], { first: manager, input: caddy + task + other });
    const via = SERVICE.replace("cluster yes\n", "cluster yes\nvia acme_caddy\n");
    expect(stdout).toBe(via + caddy + other);
  });

  test("a task of a service that another app created stays a container", () => {
    const task = container("web.1.x", "label com.docker.swarm.service.name=web");
    expect(call(cluster, ["with_services"], { first: manager, input: task }).stdout).toBe(SERVICE + task);
  });
});

describe("a service of the name", () => {
  const first = docker(
    "'service inspect '*acme_nocodb) printf 'com.docker.stack.namespace=acme\\ncdktf.environment=prod\\n' ;;\n*) exit 1 ;;",
  );
  const owns = (name: string, label: string) => call(functions, ["owns_service", name, label], { first }).status;

  test("is this app's only with the environment's label, and only if it exists", () => {
    expect(owns("acme_nocodb", "cdktf.environment=prod")).toBe(0);
    expect(owns("acme_nocodb", "cdktf.environment=pro")).toBe(1);
    expect(owns("missing", "cdktf.environment=prod")).toBe(1);
  });
});

describe("the tasks of a service", () => {
  const first = docker(`
'service inspect '*) echo '{"Image":"b"}' ;;
'service ps '*) printf 't1\\nt2\\n' ;;
'inspect --type task '*) printf '%s\\n' '{"Image":"a","Runtime":"container"}' 'shutdown failed t1 n1 2026-01-01 10:00:00.5 +0000 UTC|137|task: non-zero exit (137)' '{"Image":"b","Runtime":"container"}' 'running running t2 n2 2026-01-01 10:05:00.5 +0000 UTC|0|' ;;
`);

  test("are listed newest first, with their age, states, node, exit code and error", () => {
    expect(call(functions, ["tasks_of", "acme_nocodb"], { first }).stdout.trimEnd().split("\n")).toEqual([
      "new running running t2 n2 2026-01-01T10:05:00.5Z 0 ",
      "old shutdown failed t1 n1 2026-01-01T10:00:00.5Z 137 task: non-zero exit (137)",
    ]);
  });

  test("have one line each, even if the engine's error has several", () => {
    const line = "running pending t1 n1 2026-01-01 10:00:00.5 +0000 UTC|-|";
    const several = docker(`
'service inspect '*) echo '{"Image":"b"}' ;;
'service ps '*) echo t1 ;;
'inspect --type task '*'join (split .Status.Err "\\n") " "'*) printf '%s\n' '{"Image":"b"}' '${line}first second' ;;
'inspect --type task '*) printf '%s\n' '{"Image":"b"}' '${line}first' second ;;
`);
    expect(call(functions, ["tasks_of", "acme_nocodb"], { first: several }).stdout).toBe(
      "new running pending t1 n1 2026-01-01T10:00:00.5Z - first second\n",
    );
  });
});

test("nodes that the cluster has lost are known, because their tasks are shown as they were last", () => {
  const first = docker("'node ls '*) printf 'n1 Ready\\nn2 Down\\nn3 Unknown\\nn4 Down\\n' ;;");
  expect(call(functions, ["lost_nodes"], { first }).stdout.trimEnd()).toBe("n2 n4");
});
