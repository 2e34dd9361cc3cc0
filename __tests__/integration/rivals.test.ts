import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { recordFault } from "../fault.js";
import { ownName, ownPostgresql, remove, sql, start } from "./containers.js";
import { asRoot, instance, run, scratch } from "./host.js";

const directory = scratch("rivals");
const server = ownPostgresql();
const elsewhere = ownName("elsewhere");
const rival = ownName("rival");
const own = ownName("own");
const network = `${instance.name}_it_rivals`;
const requirement = `no_rival ${own} ${server} postgres noco postgresql ${instance.frontend.name}`;
const none = `${directory}/none`;
const probe = () => run("remote-host/probe", { records: none, requirements: requirement });
const url = (host: string, database = "noco") => [
  "--env",
  `NC_DB=pg://${host}:5432?u=noco&p=open.sesame.1&d=${database}`,
];
const asleep = ["sleep", "infinity"];
const on = (name: string) => ["--network", name];
const address = (name: string) =>
  must(["docker", "inspect", "-f", `{{(index .NetworkSettings.Networks "${name}").IPAddress}}`, server]);

/** A session on the database from a container with these settings, which asks what NocoDB would ask. */
async function connect(name: string, settings: readonly string[], host: string, application = ""): Promise<void> {
  const env = ["--env", "PGPASSWORD=open.sesame.1", "--env", `PGAPPNAME=${application}`, "--entrypoint", "sh"];
  const client = `(echo 'SELECT count(*) FROM "nc_users_v2";'; sleep 600) | psql -h ${host} -U noco -d noco`;
  await start(name, IMAGES.postgresql, [...settings, ...env], ["-c", client]);
  const asked = `SELECT count(*) FROM pg_stat_activity WHERE datname = 'noco' AND query ~ 'nc_users_v2'`;
  await eventually(20, async () => expect(await sql(server, asked)).toBe("1"));
}

beforeAll(async () => {
  await must(["docker", "network", "create", "--label", `nocodb-lab=${instance.name}`, network]);
  await must(["docker", "network", "connect", "--alias", "db", network, server]);
  await sql(server, "CREATE ROLE noco LOGIN PASSWORD 'open.sesame.1'");
  await sql(server, "CREATE DATABASE noco OWNER noco");
  await sql(server, "SET ROLE noco; CREATE TABLE nc_users_v2 ()", "noco");
});
beforeEach(async () => {
  await remove(rival, own, elsewhere);
  await asRoot('rm -rf "$1"', none);
  await sql(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'noco'");
});
afterAll(async () => {
  await remove(rival, own, elsewhere, server);
  await must(["docker", "network", "rm", network]);
});

/** The plan refuses it and names it; then the advice, or the other way out, is taken, and it passes. */
async function expectRefused(cause: string, words: RegExp, advice = /docker stop (\S+)\)/): Promise<void> {
  const begun = performance.now();
  const { code, stderr } = await probe();
  const seconds = (performance.now() - begun) / 1000;
  expect([code, stderr]).toEqual([1, expect.stringMatching(words)]);
  recordFault({
    cause,
    command: "plan",
    seen: words.exec(stderr)![0].replace(/(?:\d+\.){3}\d+/, "…"),
    seconds,
    preserved: "everything: nothing was changed",
  });
  const command = /\((docker update --restart=no \S+; docker stop \S+)\)/.exec(stderr)?.[1];
  if (advice.test(stderr)) await asRoot(`{ ${command}; } >/dev/null`);
  else await remove(rival);
  await sql(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'noco'");
  expect(await probe()).toMatchObject({ code: 0, stderr: "" });
}

const IS = `is another NocoDB on database noco in container ${server}: `;

describe("another NocoDB on the same database is refused, wherever it runs:", () => {
  test("on a third network, by PostgreSQL's alias there", async () => {
    await start(rival, IMAGES.sshd, [...on(network), ...url("db")], asleep);
    await expectRefused(
      "another NocoDB uses the database, on a third network",
      new RegExp(`container ${rival} .*${IS}`),
    );
  });

  test("on the host's network, at PostgreSQL's address", async () => {
    await start(rival, IMAGES.sshd, [...on("host"), ...url((await address(network)).trim())], asleep);
    await expectRefused(
      "another NocoDB uses the database, on the host's network",
      new RegExp(`container ${rival} .*${IS}`),
    );
  });

  test("one of another environment of this app, on the same network", async () => {
    const label = ["--label", "cdktf.environment=preprod"];
    await start(rival, IMAGES.sshd, [...on(instance.frontend.name), ...label, ...url(server)], asleep);
    await must(["docker", "network", "connect", instance.backend.name, rival]);
    const words = new RegExp(`container ${rival} .*, of environment preprod of this app, ${IS}set postgresql`);
    await expectRefused("the database is used by another environment's NocoDB", words);
  });

  test("connected, with settings in a file", async () => {
    await connect(rival, [...on(network), "--env", "NC_DB_JSON_FILE=/db.json"], "db");
    await expectRefused(
      "another NocoDB is connected to the database",
      new RegExp(`container ${rival} \\(connected from \\S+ as role noco\\) ${IS}`),
    );
  });

  test("connected from outside of the engine's containers", async () => {
    await connect(rival, on("host"), (await address(network)).trim(), "nocodb");
    const words = new RegExp(`a program at \\S+, as role noco, ${IS}stop it, or set postgresql`);
    await expectRefused("another machine's NocoDB is connected to the database", words, /never/);
  });
});

test("the app's own NocoDB under another name gets its name back, not a database of its own", async () => {
  await start(rival, IMAGES.sshd, [...on(network), "--label", "cdktf.environment=it", ...url("db")], asleep);
  const id = await must(["docker", "inspect", "-f", "{{slice .Id 0 12}}", rival]);
  const record = 'mkdir -p "$1" && printf "status=new\\nkind=directory\\npath=/\\nshape=id %s\\n" "$2" >"$1/own"';
  await asRoot(record, none, id.trim());
  const { code, stderr } = await probe();
  expect([code, stderr.split("\n").slice(1)]).toEqual([
    1,
    [`- container ${rival} is the one that this app created, under another name: docker rename ${rival} ${own}`, ""],
  ]);
});

describe("what is not a rival does not stop a plan:", () => {
  test.each([
    [
      "a NocoDB on another database of the same server",
      () => start(rival, IMAGES.sshd, [...on(network), ...url("db", "other")], asleep),
    ],
    ["a report tool's own container that reads the database", () => connect(rival, on(network), "db")],
    [
      "a person's client on the host",
      async () => connect(rival, on("host"), (await address(network)).trim(), "DBeaver"),
    ],
    ["the app's own NocoDB", () => connect(own, [...on(network), ...url("db")], "db")],
    [
      "a NocoDB on another server that has a database of the same name",
      async () => {
        await start(elsewhere, IMAGES.sshd, [...on(network), "--network-alias", "postgresql"], asleep);
        await start(rival, IMAGES.sshd, [...on(network), ...url("postgresql")], asleep);
      },
    ],
    [
      "a stopped one",
      async () => {
        await start(rival, IMAGES.sshd, [...on(network), ...url("db")], asleep);
        await must(["docker", "stop", "--time", "0", rival]);
      },
    ],
  ])("%s", async (_, begin) => {
    await begin();
    expect(await probe()).toMatchObject({ code: 0, stderr: "" });
  });
});

test("one that starts after the plan is refused before the role's password changes", async () => {
  await asRoot('mkdir -p "$1/secrets" && echo PASSWORD=another >"$1/secrets/values"', directory);
  await start(rival, IMAGES.sshd, [...on(network), ...url("db")], asleep);
  const verifier = "SELECT rolpassword FROM pg_authid WHERE rolname = 'noco'";
  const before = await sql(server, verifier);
  const input = {
    ...{ records: `${directory}/records`, key: "a_database", status: "new", container: server, superuser: "postgres" },
    ...{ role: "noco", database: "noco", secrets: `${directory}/secrets`, password_name: "PASSWORD", owned_tables: "" },
  };
  const requirements = `command no-such-command none\n${requirement}`;
  const { code, stderr } = await run("postgres-database/apply", { ...input, requirements });
  expect([code, stderr]).toEqual([1, expect.stringContaining(IS)]);
  expect(await sql(server, verifier)).toBe(before);
});
