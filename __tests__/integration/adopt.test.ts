import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { nocodbSecrets } from "../../constructs/nocodb/secrets.js";
import { expectedSecrets } from "../../constructs/service-secrets/secret.js";
import { must } from "../../lab/command.js";
import { ownedBy } from "../../lab/docker.js";
import { IMAGES } from "../../lab/images.js";
import { recordFault } from "../fault.js";
import { ownName, remove, sql, start } from "./containers.js";
import { asRoot, instance, run, scratch } from "./host.js";

const directory = scratch("adopt");
const theirs = ownName("theirs");
const another = ownName("another");
const { postgresql, caddy } = instance.containers;

/** A NocoDB that the app did not create and that never ran: its settings say what it is. */
const create = (name: string, env: Readonly<Record<string, string>>) =>
  must([
    ...["docker", "create", "--name", name, "--label", ownedBy(instance), "--network", instance.backend.name],
    ...Object.entries(env).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
    IMAGES.nocodb,
  ]);

const secrets = `${directory}/secrets`;
const expected = expectedSecrets(nocodbSecrets(["NC_SMTP_PASSWORD"]));

/** Inspects a container, and changes nothing. */
const inspect = (container = "", database = "it_none") =>
  run("adopt/apply", {
    ...{ confirmed: "no", adopting: "yes", container, records: `${directory}/records`, name: theirs },
    ...{ environment: "prod", networks: instance.backend.name, env_file: `${directory}/nocodb.env`, keep: "3" },
    ...{ image: IMAGES.nocodb, release: "", image_version: "0.301.3", service: "nocodb", service_kind: "nocodb" },
    ...{ database_container: postgresql, superuser: "postgres", database, role: "it_none" },
    ...{ backups: `${directory}/backups`, data_directory: `${directory}/data`, text: "", grace_period: "10" },
    ...{ site: "it.example.com", caddy, caddyfile: instance.caddyfile, sites_directory: "", consumers: "" },
    ...{ admin_email: "it@example.com", variables: "", deploy_user: "deploy" },
    ...{ secrets, pinned_secrets: "NC_CONNECTION_ENCRYPT_KEY", expected },
  });

afterEach(() => remove(theirs, another));

describe("a NocoDB that cannot be adopted is reported with the reason and no secret:", () => {
  const json = (host: string) =>
    JSON.stringify({ client: "pg", connection: { host, user: "me", password: "se'cret", database: "it_none" } });
  const cases: readonly (readonly [cause: string, env: Readonly<Record<string, string>>, seen: string])[] = [
    ["the NocoDB to be adopted keeps its data in SQLite", {}, `container ${theirs} keeps its database in SQLite`],
    [
      "the NocoDB to be adopted has its database in MySQL",
      { NC_DB: "mysql2://db:3306?u=me&p=se'cret&d=noco" },
      `container ${theirs} keeps its database in mysql2, and only one in PostgreSQL can be adopted`,
    ],
    [
      "the NocoDB to be adopted has its database on another server",
      { NC_DB_JSON: json("db.example.com") },
      `container ${theirs} has its database at db.example.com, which is not container ${postgresql} on a network that both share`,
    ],
    [
      "the database of the NocoDB to be adopted is empty",
      { DATABASE_URL: "postgres://me:se'cret@postgresql:5432/it_none", NC_DB: "pg://elsewhere?u=a&p=b&d=c" },
      `container ${theirs} has its database it_none in container ${postgresql}, which holds no NocoDB`,
    ],
  ];

  test.each(cases)("%s", async (cause, env, seen) => {
    await create(theirs, env);
    const begun = performance.now();
    const { code, stdout, stderr } = await inspect();
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(seen);
    expect(stderr).not.toContain("se'cret");
    const seconds = (performance.now() - begun) / 1000;
    recordFault({ cause, command: "npx nocodb-host adopt", seen, seconds, preserved: "everything" });
  });

  test("none on the host", async () => {
    expect((await inspect(theirs)).stderr).toMatch(
      /^this host has no NocoDB in a container \S+_theirs that this app did not create\./,
    );
  });

  test("several, until one is chosen", async () => {
    await create(theirs, {});
    await create(another, {});
    expect((await inspect()).stderr).toMatch(
      /^this host has several NocoDBs .*: \S+ \S+\. Choose one: npx nocodb-host adopt prod --container NAME\n$/,
    );
    expect((await inspect(another)).stderr).toContain(`container ${another} keeps its database in SQLite`);
  });
});

test("a container that runs another program with NocoDB's image is not a NocoDB, and the app's own container is not adopted", async () => {
  const own = ["docker", "create", "--label", ownedBy(instance), "--network", instance.backend.name];
  await must([...own, "--name", theirs, "--label", "cdktf.environment=prod", IMAGES.nocodb]);
  await must([...own, "--name", another, "--entrypoint", "node", IMAGES.nocodb, "-v"]);
  for (const each of [theirs, another])
    expect((await inspect(each)).stderr).toContain("this host has no NocoDB in a container");
  expect((await inspect()).stderr).toBe(
    `container ${theirs} is this app's own already, and the host has no other NocoDB to adopt.\n`,
  );
});

describe("the secrets of a NocoDB that is adopted:", () => {
  const database = "it_secrets";
  const KEY = "NC_CONNECTION_ENCRYPT_KEY";
  const db = { NC_DB: `pg://postgresql:5432?u=me&p=se'cret&d=${database}` };

  /** Inspects a NocoDB that answers, with these variables, beside these secrets on the host. @returns what is unmet */
  async function unmet(env: Readonly<Record<string, string>>, onHost = ""): Promise<string[]> {
    const variables = Object.entries({ ...db, ...env }).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
    const server = `require("http").createServer((_, response) => response.end('{"version":"0.301.3"}')).listen(8080)`;
    await start(
      theirs,
      IMAGES.nocodb,
      ["--network", instance.backend.name, ...variables, "--entrypoint", "node"],
      ["-e", server],
    );
    await asRoot(
      'umask 077; rm -rf "$1"; [ -z "$2" ] || { mkdir "$1"; printf %s "$2" >"$1/values"; }',
      secrets,
      onHost,
    );
    const { stdout, stderr } = await inspect("", database);
    expect(stdout + stderr).not.toMatch(/s3same|se'cret/);
    shown = stdout;
    return stderr.split("\n").filter((line) => /secret|several lines|KEY/.test(line));
  }
  let shown = "";

  beforeAll(async () => {
    await sql(postgresql, `CREATE DATABASE ${database}`);
    const tables = "CREATE TABLE nc_users_v2 (email text, roles text); CREATE TABLE nc_api_tokens (id int)";
    await sql(postgresql, `${tables}; CREATE TABLE nc_store (key text, value text)`, database);
  });
  afterAll(() => sql(postgresql, `DROP DATABASE ${database} WITH (FORCE)`));

  test("those of the container are copied, also the one that only the database holds, and none is shown", async () => {
    const env = { NC_SMTP_PASSWORD: "s3same of mail", [KEY]: "s3same key" };
    expect(await unmet(env)).toEqual([]);
    expect(shown).toContain(`secrets: ${KEY} NC_SMTP_PASSWORD, copied from the container to ${secrets}`);
    expect(shown).toContain("sessions: everybody has to sign in again, because the secret");
    await sql(postgresql, "INSERT INTO nc_store VALUES ('nc_auth_jwt_secret', 's3same session')", database);
    expect(await unmet(env)).toEqual([]);
    expect(shown).toContain(`secrets: NC_AUTH_JWT_SECRET ${KEY} NC_SMTP_PASSWORD, copied`);
    expect(shown).toContain("sessions: everybody stays signed in, except the super admin");
    expect(shown).not.toContain("variables that the environment file lacks");
  });

  test("one that neither the container nor the host has is named, with the command that sets it", async () => {
    expect(await unmet({})).toEqual([
      `- secrets: neither container ${theirs} nor the host has a value for NC_SMTP_PASSWORD: set it with \`npx nocodb-host secret set prod NC_SMTP_PASSWORD\`, which reads it from standard input`,
    ]);
    expect(await unmet({}, "NC_SMTP_PASSWORD=s3same\n")).toEqual([]);
  });

  test.each([
    ["another one", { [KEY]: "s3same of theirs" }],
    ["none", {}],
  ])("another encryption key on the host prevents the adoption of a NocoDB with %s", async (_, env) => {
    const values = `NC_SMTP_PASSWORD=s3same\n${KEY}=s3same of ours\n`;
    expect(await unmet(env, values)).toEqual([
      `- ${secrets} holds an ${KEY}, and container ${theirs} runs with another one or with none, so NocoDB could not read its data sources. If no other data needs that key, move ${secrets} away, and try again.`,
    ]);
    expect(await unmet({ [KEY]: "s3same of ours" }, values)).toEqual([]);
  });

  test("one of several lines cannot be copied", async () => {
    expect(await unmet({ NC_SMTP_PASSWORD: "s3same\ns3same" })).toEqual([
      `- NC_SMTP_PASSWORD of container ${theirs} has several lines, and a secret can have only one: change it there first`,
    ]);
  });
});

describe("a worker, which runs the jobs of a NocoDB in a second container,", () => {
  const database = "it_worker";
  const settings = (name: string) => ["--env", `NC_DB=pg://postgresql:5432?u=me&p=secret&d=${name}`];
  const near = ["--network", instance.backend.name];
  const WORKER = ["--env", "NC_WORKER_CONTAINER=true"];
  const FOREVER = ["--restart", "unless-stopped"];
  const sleep = ["-e", "setTimeout(() => {}, 1e9)"];
  const run_ = (name: string, words: readonly string[], program: readonly string[] = sleep) =>
    start(name, IMAGES.nocodb, [...words, "--entrypoint", "node"], program);
  const state = (name: string) =>
    must([
      "docker",
      "inspect",
      "-f",
      "{{.State.Status}} {{.State.StartedAt}} {{.HostConfig.RestartPolicy.Name}}",
      name,
    ]);
  const seen = (name: string, itsState = "running") =>
    `container ${name} (${itsState}, image ${IMAGES.nocodb}) is a worker of a NocoDB (NC_WORKER_CONTAINER) on database ${database}, and the app runs NocoDB without workers: stop it for good (docker update --restart=no ${name}; docker stop ${name}), remove it from the playbook or compose file that created it, and try again`;

  beforeAll(async () => {
    await sql(postgresql, `CREATE DATABASE ${database}`);
    await sql(postgresql, "CREATE TABLE nc_users_v2 (email text, roles text)", database);
  });
  afterAll(() => sql(postgresql, `DROP DATABASE ${database} WITH (FORCE)`));

  test("is not what is adopted, and prevents the adoption of its NocoDB before anything stops", async () => {
    const answer = `(_, response) => response.end('{"version":"0.301.3"}')`;
    const serves = ["-e", `require("http").createServer(${answer}).listen(8080)`];
    await run_(theirs, [...near, ...FOREVER, ...settings(database)], serves);
    await run_(another, [...near, ...FOREVER, ...settings(database), ...WORKER]);
    const before = await Promise.all([theirs, another].map(state));
    expect((await inspect(another)).stderr).toBe(
      `container ${another} is a worker of a NocoDB (NC_WORKER_CONTAINER): name the container that serves\n`,
    );
    const begun = performance.now();
    const { code, stderr } = await inspect("", database);
    expect([code, stderr]).toEqual([1, expect.stringContaining(seen(another))]);
    expect(stderr).toContain("cannot be adopted yet, and nothing was changed:");
    const seconds = (performance.now() - begun) / 1000;
    expect(await Promise.all([theirs, another].map(state))).toEqual(before);
    const cause = "the NocoDB to be adopted has a worker in a second container";
    recordFault({
      cause,
      command: "npx nocodb-host adopt",
      seen: seen(another),
      seconds,
      preserved: "both containers",
    });

    await must(["docker", "update", "--restart=no", another]);
    await must(["docker", "stop", "--time", "1", another]);
    expect((await inspect("", database)).stderr).not.toContain("worker");
  });

  const plan = () => {
    const requirements = `no_worker ${postgresql} ${database} ${instance.frontend.name}`;
    return run("remote-host/probe", { records: `${directory}/records`, requirements });
  };
  const ALWAYS = ["--restart", "always"];
  const stop = () => must(["docker", "stop", "--time", "1", another]);
  const none = async () => {};
  test.each([
    ["beside PostgreSQL, with the same database", [...near, ...settings(database)], none, "running"],
    ["beside the app", ["--network", instance.frontend.name, ...settings(database)], none, "running"],
    ["with its settings in a file", [...near, "--env", "NC_DB_JSON_FILE=/run/secrets/db"], none, "running"],
    ["stopped, and started again with the engine", [...near, ...ALWAYS, ...settings(database)], stop, "exited"],
  ])("is reported by a plan: %s", async (_, words, then, itsState) => {
    await run_(another, [...words, ...WORKER]);
    await then();
    expect((await plan()).stderr).toContain(seen(another, itsState));
  });

  test.each([
    ["with another database", [...near, ...settings(`${database}2`), ...WORKER], none],
    ["on a network of its own", ["--network", "bridge", ...settings(database), ...WORKER], none],
    ["stopped for good", [...near, ...settings(database), ...WORKER], stop],
    ["no worker", [...near, ...settings(database), "--env", "NC_WORKER_CONTAINER=false"], none],
    ["the app's own", [...near, ...settings(database), ...WORKER, "--label", "cdktf.environment=it"], none],
  ])("does not stop the plan: %s", async (_, words, then) => {
    await run_(another, words);
    await then();
    expect(await plan()).toMatchObject({ code: 0, stderr: "" });
  });
});
