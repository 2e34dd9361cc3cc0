import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { awks, call, library, scratch } from "../../support/host-shell.js";

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

  test("a task of a removed service of this app is left out, as it is about to end", () => {
    const of = "label com.docker.swarm.service.name=acme_forms\nlabel cdktf.environment=prod";
    const task = container("acme_forms.1.x", of);
    expect(call(cluster, ["with_services"], { first: manager, input: task }).stdout).toBe(SERVICE);
  });

  test("a service is shown once, with its neighbour, if others are added later", () => {
    const shown = SERVICE.replace("cluster yes\n", "cluster yes\nvia acme_caddy\n");
    const caddy = container("acme_caddy", "network overlay,caddy");
    const others = docker(
      "'service inspect '*) printf '%s\\n' '= web' 'id s2' 'name web' 'cluster yes' 'target overlay,web' ;;",
    );
    const web = "= web\nid s2\nname web\ncluster yes\nvia acme_caddy\nnetwork overlay,web\nstate stopped\n";
    expect(call(cluster, ["with_services", "s2"], { first: others, input: shown + caddy }).stdout).toBe(
      web + shown + caddy,
    );
  });

  test("a task of a service that another app created stays a container", () => {
    const task = container("web.1.x", "label com.docker.swarm.service.name=web");
    expect(call(cluster, ["with_services"], { first: manager, input: task }).stdout).toBe(SERVICE + task);
  });
});

describe.each(awks())("variables that a service reads from a file, with %s,", (_, awk) => {
  test("are shown like its own", () => {
    const variables = {
      NC_DB: "pg://postgresql:5432?u=a&p=${secret:DATABASE_PASSWORD}&d=noco",
      A: 'a "b" \\ c/d\ne',
      B: "",
    };
    const first = docker(`
'service inspect '*) printf '%s\\n' '= acme_nocodb' 'id s1' 'env NODE_OPTIONS=--x' 'config c1 /run/nocodb/secrets.cjs' 'config c2 /run/nocodb/variables.json' ;;
'config inspect '*' c2') cat <<'JSON'
json c2 ${JSON.stringify(variables)}
JSON
;;
`);
    symlinkSync(path.join(awk, "awk"), path.join(first, "awk"));
    expect(call(cluster, ["describe_services", "s1"], { first }).stdout.split("\n")).toEqual([
      "= acme_nocodb",
      "id s1",
      "env NODE_OPTIONS=--x",
      "env NC_DB=pg://postgresql:5432?u=a&p=${secret:DATABASE_PASSWORD}&d=noco",
      'env A=a "b" \\ c/d\\ne',
      "env B=",
      "state stopped",
      "",
    ]);
  });
});

describe("the tasks that are left of a service", () => {
  /** A cluster whose first machine is the only one left, and tasks with these states there and on the lost one. */
  const left = (here: string, lost: string) =>
    docker(`
'service inspect '*) exit 1 ;;
'node ls '*) printf 'n1 Ready\\nn2 Down\\n' ;;
'node ps '*' n1') printf 't1\\nt1\\n' ;;
'node ps '*) printf 't1\\nt2\\n' ;;
'inspect --type task '*' t1') echo '${here} n1' ;;
'inspect --type task '*) printf '%s\\n' '${here} n1' '${lost} n2' ;;
'node inspect '*) echo docker1 ;;
`);
  const ended = (first: string, words: string[]) => call(functions, words, { first });

  test("are those that may run, without those of a lost machine", () => {
    expect(call(functions, ["tasks_left", "forms"], { first: left("running", "running") }).stdout).toBe("n1\n");
    expect(call(functions, ["tasks_left", "forms"], { first: left("shutdown", "running") }).stdout).toBe("");
    expect(call(functions, ["tasks_left", "forms"], { first: docker("*) exit 1 ;;") }).stdout).toBe("");
  });

  test("are not waited for if their machine is lost, or if there is no cluster", () => {
    expect(ended(left("shutdown", "running"), ["scale_service", "forms", "0"]).status).toBe(0);
    expect(ended(left("shutdown", "running"), ["await_removed", "forms"]).status).toBe(0);
    expect(ended(docker("*) exit 1 ;;"), ["await_removed", "forms"]).status).toBe(0);
  });

  test("stop a program if they do not end: it says where they run", () => {
    const { status, stderr } = ended(`${left("running", "running")}`, ["eval", "sleep() { :; }; await_removed forms"]);
    expect(status).toBe(1);
    expect(stderr).toContain("tasks of service forms, which was removed, still run on docker1: docker node ps NODE");
  });

  test("are not those of another app's service of the name", () => {
    const first = docker("'service inspect '*) echo ok ;;\n*) echo t1 ;;");
    expect(call(functions, ["await_removed", "forms"], { first }).status).toBe(0);
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
