import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { call, library, scratch } from "../../support/host-shell.js";

const functions = library("nocodb/requirements.sh");
const DB = "NC_DB=pg://postgresql:5432?u=noco&p=x&d=noco";

interface Service {
  readonly name: string;
  readonly image?: string;
  /** Its variables, or those in its file variables.json. */
  readonly env?: readonly string[];
  readonly file?: Readonly<Record<string, string>>;
  /** Of this app. */
  readonly environment?: string;
  readonly command?: string;
}

const containerOf = (name: string, ...lines: string[]) =>
  [`= ${name}`, `id ${name}-id`, `name ${name}`, "state running", "restarts 0", ...lines].join("\n");
/** The container of PostgreSQL on an overlay network of this host. */
const postgresql = containerOf(
  "acme_postgresql",
  "image postgres:15",
  "network overlay,postgresql",
  "address 10.0.1.2",
);

/** What the checks find in an engine with these containers, which manages a cluster with these services or none. */
function found(
  words: string,
  containers: readonly string[],
  services: readonly Service[],
  manages = "manager",
): string {
  const first = scratch("docker");
  const about = ({ name, image = "acme/base:1", env = [], file, environment, command = "" }: Service) =>
    [
      ...[`= ${name}`, `id ${name}-id`, `name ${name}`, "cluster yes", "replicas 1", `image ${image}`],
      ...[`runs ${image}${command}`, ...env.map((each) => `env ${each}`)],
      ...(file === undefined ? [] : [`config ${name}-file /run/nocodb/variables.json`]),
      ...["target overlay,x", ...(environment === undefined ? [] : [`label cdktf.environment=${environment}`])],
    ].join("\n");
  for (const service of services) {
    writeFileSync(path.join(first, `${service.name}-id`), `${about(service)}\n`);
    writeFileSync(
      path.join(first, `${service.name}-file`),
      `json ${service.name}-file ${JSON.stringify(service.file)}\n`,
    );
  }
  writeFileSync(path.join(first, "containers"), `${[postgresql, ...containers].join("\n")}\n`);
  const ids = (chosen: readonly Service[]) => chosen.map(({ name }) => `${name}-id`).join(" ");
  writeFileSync(
    path.join(first, "docker"),
    `#!/bin/sh
cd ${first}
case "$*" in
'info '*) echo 'E1 / ${manages}' ;;
'ps -a '*) echo 'container c1' ;;
'service ls '*label=*) printf '%s\\n' ${ids(services.filter(({ environment }) => environment !== undefined))} ;;
'service ls '*) printf '%s\\n' ${ids(services)} ;;
'service ps '*) shift 4; for each; do echo "task-of-$each"; done ;;
'inspect --type task '*) shift 5; for each; do echo "task \${each#task-of-} running-running 10.0.1.9/24"; done ;;
'service inspect '*) shift 4; cat -- "$@" ;;
'config inspect '*) shift 4; cat -- "$@" ;;
'inspect '*) cat containers ;;
esac
`,
    { mode: 0o755 },
  );
  const { stdout, stderr } = call(`records=${first}/records/x\n${functions}`, ["eval", words], { first });
  expect(stderr).toBe("");
  return stdout;
}

const rivals = (services: readonly Service[]) =>
  found("read_engine; rivals_by_settings acme_nocodb acme_postgresql noco overlay", [], services);

describe("another NocoDB on the database is found by its settings", () => {
  test("in a service of this app, whose variables are in a file", () => {
    const [name, value] = DB.split(/=(.*)/s) as [string, string];
    const service = { name: "acme_second", environment: "preprod", file: { [name]: value } };
    expect(rivals([service])).toBe("acme_second running acme/base:1\n");
    expect(rivals([{ ...service, file: { NC_DB: value.replace("d=noco", "d=other") } }])).toBe("");
    expect(rivals([{ ...service, name: "acme_nocodb" }])).toBe("");
  });

  test("in a service that this app did not create, unless that is on the app's network, where another check sees it", () => {
    const service = { name: "stack_noco", env: [DB] };
    expect(found("read_engine; rivals_by_settings acme_nocodb acme_postgresql noco", [], [service])).toBe(
      "stack_noco running acme/base:1\n",
    );
    expect(rivals([service])).toBe("");
  });
});

describe("a service that this app did not create", () => {
  const said = (service: Service, containers: readonly string[] = []) =>
    found(
      "read_engine; problems=; require_no_other_nocodb acme_nocodb prod overlay; printf '%s' \"$problems\"",
      containers,
      [service],
    );

  test("is refused once, by its own name, if it runs NocoDB", () => {
    const of = "label com.docker.swarm.service.name=stack_noco";
    const task = containerOf("stack_noco.1.x", of, "network overlay", `env ${DB}`);
    const text = said({ name: "stack_noco", env: [DB] }, [task]);
    expect(text).toContain("- service stack_noco of the cluster (running, image acme/base:1) is a NocoDB");
    expect(text).toContain("docker service scale stack_noco=0");
    expect(text).not.toContain("stack_noco.1.x");
    expect(said({ name: "noco", image: "nocodb/nocodb:1" })).toContain("service noco of the cluster");
  });

  test("is not a NocoDB if it runs another program, also with the image", () => {
    expect(said({ name: "web", env: ["A=1"] })).toBe("");
    expect(said({ name: "job", image: "nocodb/nocodb:1", command: ' ["node","job.js"]' })).toBe("");
  });
});

describe("a task of the app's service", () => {
  const of = ["label cdktf.environment=prod", "label com.docker.swarm.service.name=acme_nocodb"];
  const task = containerOf(
    "acme_nocodb.1.x",
    "image nocodb/nocodb:1",
    ...of,
    "network overlay,nocodb",
    "env NC_DB_JSON_FILE=/x",
  );
  const roles = 'read_engine; find_unmanaged; echo "$unmanaged|$managed"';

  test("is the app's on a node that manages nothing, and so shows only its containers", () => {
    expect(found(roles, [task], [], "")).toBe("|acme_nocodb.1.x acme_nocodb.1.x-id running nocodb/nocodb:1 overlay\n");
  });

  test("does not stand in the way of a new service after it was removed", () => {
    expect(found(roles, [task], [])).toBe("|\n");
    expect(found("read_engine; holders_of nocodb overlay acme_nocodb", [task], [])).toBe("");
  });
});

test("attachments on the disk are no matter to a service that has its bucket already", () => {
  const data = scratch("data");
  const check = `problems=; mkdir -p ${data}/nc/uploads; : >${data}/nc/uploads/a; require_no_local_attachments acme_nocodb ${data} acme`;
  const said = (file: Record<string, string>) =>
    found(`read_engine; ${check}; printf '%s' "$problems"`, [], [{ name: "acme_nocodb", environment: "prod", file }]);
  expect(said({ NC_S3_BUCKET_NAME: "acme" })).toBe("");
  expect(said({ NC_DB: "x" })).toContain("holds attachments");
});
