import { beforeAll, describe, expect, test } from "vitest";
import { ADMIN_SECRET } from "../../constructs/postgres-database/server.js";
import { expectedSecrets } from "../../constructs/service-secrets/secret.js";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { recordFault } from "../fault.js";
import { ownName, remove, sql, start } from "./containers.js";
import { dataService } from "./data-service.js";
import { ADMIN, ADMIN_PASSWORD, postgresqlElsewhere } from "./elsewhere.js";
import { asRoot, type Input, instance, run, scratch } from "./host.js";

const directory = scratch("elsewhere");
const server = postgresqlElsewhere(directory);
const address = server.address();
const records = `${directory}/records`;
const secrets = `${directory}/secrets`;
const [role, database] = ["it_away", "it_away"];
const COMMAND = "npx nocodb-host secret set prod";

/** Gives the host a password for the server that a word names. */
const setPassword = (word = address, value = ADMIN_PASSWORD) =>
  run("service-secrets/set", {
    ...{ records, secrets: word.split("&secrets=")[1]!, expected: expectedSecrets([ADMIN_SECRET]) },
    ...{ name: ADMIN_SECRET.name, value, server: word },
  });

/** The same for a server with other settings, which has a directory of its own. @returns its word */
async function other(settings: Parameters<typeof server.address>[0], password?: string): Promise<string> {
  const word = server.address({ ...settings, secrets: `${directory}/other-secrets` });
  expect(await setPassword(word, password)).toMatchObject({ code: 0 });
  return word;
}

const probe = (requirements: readonly string[]) =>
  run("remote-host/probe", { records, requirements: requirements.join("\n") }, { runner: "run-probe" });

const postgresql = (word = address, superuser = ADMIN) => `postgresql ${word} ${superuser} ${COMMAND}`;

const apply = (more: Input = {}) =>
  run("postgres-database/apply", {
    ...{ records, key: "database", status: "new", container: address, superuser: ADMIN, role, database },
    ...{ owned_tables: "^nc_", secrets, password_name: "DATABASE_PASSWORD", ...more },
  });

/** The drift that a plan shows. */
async function drift(): Promise<string> {
  const { code, stdout, stderr } = await probe([postgresql(), `own_database ${address} ${ADMIN} ${database} ${role}`]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout).database;
}

const toolContainers = () => must(["docker", "ps", "-aq", "--filter", "label=cdktf.throw-away"]);

beforeAll(async () => {
  await asRoot('umask 077; mkdir "$1" "$2"; echo DATABASE_PASSWORD=first >"$1/values"', secrets, records);
});

describe("a plan refuses a server elsewhere, names the setting, and changes nothing:", () => {
  beforeAll(async () => {
    expect(await probe([postgresql()])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        `postgresql.external: the host has no password of ${ADMIN} at db.example.com:5432: set it with \`${COMMAND} POSTGRESQL_ADMIN_PASSWORD\``,
      ),
    });
    expect(await setPassword()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^set: /) });
  });

  test.each([
    [
      "PostgreSQL elsewhere refuses the administrator's password",
      async () => [postgresql(await other({}, "wrong"))],
      /postgresql\.superuser \(it_admin\): the server refuses it with the password that the host has: correct it, or set the right password \(`npx nocodb-host secret set prod POSTGRESQL_ADMIN_PASSWORD`\)/,
    ],
    [
      "PostgreSQL elsewhere has a certificate of another authority",
      async () => [postgresql(await other({ ca: "other" }))],
      /postgresql\.external\.tls\.ca \(\S+other\.crt\): the server's certificate is not signed by these authorities/,
    ],
    [
      "the file with the certificate authority of a PostgreSQL elsewhere is missing",
      async () => [postgresql(await other({ ca: "missing" }))],
      /postgresql\.external\.tls\.ca \(\S+missing\.crt\): the host has no such file with a certificate in PEM format/,
    ],
    [
      "PostgreSQL elsewhere has a certificate for another name",
      async () => [postgresql(await other({ host: "alias.example.com" }))],
      /postgresql\.external\.host \(alias\.example\.com\): the server's certificate is for another name/,
    ],
    [
      "the name of a PostgreSQL elsewhere does not resolve",
      async () => [postgresql(await other({ host: "nowhere.invalid" }))],
      /postgresql\.external\.host \(nowhere\.invalid\): the name does not resolve from the host/,
    ],
    [
      "PostgreSQL elsewhere does not listen on the port",
      async () => [postgresql(await other({ port: 5433 }))],
      /postgresql\.external\.port \(5433\): db\.example\.com refuses connections from the host/,
    ],
    [
      "the network that leads to a PostgreSQL elsewhere is missing",
      async () => [postgresql(await other({ from: "it_no_such_network" }))],
      /postgresql\.external\.network \(it_no_such_network\): the host has no such network/,
    ],
    [
      "PostgreSQL elsewhere cannot be reached from NocoDB's networks",
      async () => [postgresql(), `reaches ${address} ${ADMIN} ${instance.backend.name} ${instance.frontend.name}`],
      /postgresql\.external\.host \(db\.example\.com\): the name does not resolve from the service's networks/,
    ],
  ])("%s", async (cause, requirements, seen) => {
    const lines = await requirements();
    const begun = performance.now();
    const { code, stdout, stderr } = await probe(lines);
    const seconds = (performance.now() - begun) / 1000;
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringMatching(seen)]);
    expect(seconds).toBeLessThan(15);
    const words = seen.exec(stderr)![0].replaceAll(directory, "…");
    recordFault({
      cause,
      ...{ command: "plan", seen: words, seconds, preserved: "the server's databases" },
    });
    expect(await sql(server.container, "SELECT count(*) FROM pg_database WHERE datname LIKE 'it_%'")).toBe("0");
  });

  test.each([
    ["another server, to which the password would be sent", { host: "evil.example.com" }],
    ["another image, which would get it", { image: "evil/postgres:15" }],
    ["another certificate authority", { ca: "other" }],
  ])("%s, until the operator sets it for that one", async (_, settings) => {
    const before = await toolContainers();
    const word = server.address(settings);
    const { code, stderr } = await probe([postgresql(word), `reaches ${word} ${ADMIN} ${server.network}`]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /postgresql\.external: the host's password of it_admin is for other settings than these, and is neither sent to \S+ nor given to image \S+: confirm them by setting it again with `npx nocodb-host secret set prod POSTGRESQL_ADMIN_PASSWORD`/,
      ),
    ]);
    expect(stderr.match(/^- /gm)).toHaveLength(1);
    // One of the case before may have been about to end.
    expect((await toolContainers()).split("\n").filter((id) => !before.includes(id))).toEqual([]);
    expect(await apply({ container: word })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is neither sent"),
    });
  });

  test("an administrator without the rights to create databases", async () => {
    await sql(server.container, `ALTER ROLE ${ADMIN} NOCREATEDB`);
    const { stderr } = await probe([postgresql()]);
    await sql(server.container, `ALTER ROLE ${ADMIN} CREATEDB`);
    expect(stderr).toContain(
      `postgresql.superuser (${ADMIN}): is neither a superuser at db.example.com:5432 nor has both CREATEROLE and CREATEDB`,
    );
  });
});

test("its own networks reach it", async () => {
  const { code, stderr } = await probe([
    postgresql(),
    `reaches ${address} ${ADMIN} ${instance.backend.name} ${server.network}`,
  ]);
  expect([code, stderr]).toEqual([0, ""]);
});

describe("a role and a database on a server elsewhere, made by an administrator who is not a superuser,", () => {
  test("are there after the first deploy, and the second plan is empty", async () => {
    expect(await apply()).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(
      await sql(server.container, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'it_away'"),
    ).toBe(role);
    expect(await drift()).toBe("new");
  });

  test("leave no password in the record", async () => {
    const text = await asRoot('cat "$1/database"', records);
    expect(text).not.toMatch(/first|administrator/);
  });

  test.each([
    ["a password that was changed", `ALTER ROLE ${role} PASSWORD 'other'`, `password of role ${role} changed`],
    [
      "another owner",
      `ALTER DATABASE ${database} OWNER TO ${ADMIN}`,
      `database ${database} owned by ${ADMIN}, not ${role}`,
    ],
  ])("show %s in the plan, and the deploy repairs it", async (_, change, words) => {
    await sql(server.container, change);
    expect(await drift()).toContain(words);
    expect(await apply()).toMatchObject({ code: 0, stderr: "" });
    expect(await drift()).toBe("new");
  });

  test("keep their comments, and are refused to an environment of another host", async () => {
    const comment = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'it_away'";
    await sql(
      server.container,
      `COMMENT ON DATABASE ${database} IS 'of the team [cdktf.environment=docker2:/opt/acme]'`,
    );
    const { stderr } = await probe([postgresql(), `own_database ${address} ${ADMIN} ${database} ${role}`]);
    expect(stderr).toMatch(
      /database it_away at db\.example\.com:5432 belongs to another environment, which keeps its files in \/opt\/acme on host docker2.*COMMENT ON DATABASE "it_away" IS NULL/,
    );
    expect(await apply()).toMatchObject({ code: 1, stderr: expect.stringContaining("belong to another environment") });
    await sql(server.container, `COMMENT ON DATABASE ${database} IS 'of the team'`);
    expect(await apply()).toMatchObject({ code: 0, stderr: "" });
    expect(await sql(server.container, comment)).toMatch(/^of the team \[cdktf\.environment=\S+:\S+\]$/);
  });
});

test("another NocoDB of this host on the same database, by its settings, is refused", async () => {
  const rival = ownName("away_rival");
  const url = `NC_DB=pg://db.example.com:5432?u=x&p=x&d=${database}`;
  await start(rival, IMAGES.sshd, ["--init", "--network", server.network, "--env", url], ["sleep", "1000"]);
  const line = `no_rival it_none ${address} ${ADMIN} ${database} db.example.com ${instance.backend.name}`;
  const { stderr } = await probe([postgresql(), line]);
  await remove(rival);
  expect(stderr).toMatch(
    new RegExp(`container ${rival} .* is another NocoDB on database it_away at db\\.example\\.com:5432: stop it`),
  );
});

describe("backups of a database on a server elsewhere", () => {
  const service = dataService({ name: "away", postgresql: address, directory });
  const as = { superuser: ADMIN };
  const insert = (email: string) => sql(server.container, `INSERT INTO nc_users_v2 VALUES ('${email}')`, database);
  const emails = () => sql(server.container, "SELECT string_agg(email, ',' ORDER BY email) FROM nc_users_v2", database);

  beforeAll(async () => {
    await asRoot('mkdir -p "$1" && echo one >"$1/file"', service.data);
    await sql(server.container, `SET ROLE ${role}; CREATE TABLE nc_users_v2 (email text)`, database);
    await insert("a");
  });

  test("are made, pass their test, and are restored with owner and mark", async () => {
    expect(await service.create(as)).toMatchObject({ code: 0, stderr: "" });
    expect(await service.verify(as)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("1 tables with 1 rows, as in the service's database"),
    });
    await insert("b");
    expect(await service.restore({ ...as, owned_tables: "^nc_" })).toMatchObject({ code: 0, stderr: "" });
    expect(await emails()).toBe("a");
    expect(await drift()).toBe("new");
  });

  test("are not restored if the dump needs a superuser, and the service goes on", async () => {
    await sql(server.container, "CREATE EXTENSION pg_stat_statements", database);
    expect(await service.create(as)).toMatchObject({ code: 0 });
    await insert("c");
    const { code, stderr } = await service.restore({ ...as, owned_tables: "^nc_" });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /could not be restored, so nothing was changed: .*permission denied.*it_admin may not do that at db\.example\.com/,
      ),
    ]);
    expect(await emails()).toBe("a,c");
  });
});

test("a destroy that deletes the database removes it and its role, and no container is left behind", async () => {
  const home = `${directory}/away`;
  const place = { service: "away", service_kind: "nocodb", backups: `${home}/backups`, keep: "3" };
  const { code, stdout, stderr } = await run("data-retention/after-destroy", {
    ...{
      records,
      state: "it",
      name: "it_none",
      ...place,
      database_container: address,
      superuser: ADMIN,
      database,
      role,
    },
    ...{ data_directory: `${home}/data`, secrets, pinned_secrets: "", env_file: `${home}/env` },
    ...{ on_destroy_database: "delete", on_destroy_data: "keep", on_destroy_backups: "keep" },
  });
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain(`deleted: database ${database} and role ${role}`);
  expect(await sql(server.container, "SELECT count(*) FROM pg_roles WHERE rolname = 'it_away'")).toBe("0");
  expect(await toolContainers()).toBe("");
});
