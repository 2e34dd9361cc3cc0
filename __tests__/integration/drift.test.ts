import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { ownCaddy, respond, siteName } from "./caddy.js";
import { inContainer, ownName, remove, sql, start } from "./containers.js";
import { asRoot, instance, run, scratch } from "./host.js";

const directory = scratch("drift");
const records = `${directory}/records`;
const secrets = `${directory}/secrets`;
const { postgresql } = instance.containers;
const caddy = ownCaddy("drift");
const service = ownName("drifting");
const site = siteName("a");
const it = { directory: `${directory}/it "dir"`, file: `${directory}/it.env` };

beforeAll(async () => {
  await asRoot('mkdir "$1" && echo PASSWORD=sesame >"$1/values"', secrets);
  const answer = 'response.writeHead(request.url === "/database" && require("fs").existsSync("/tmp/away") ? 400 : 200)';
  const answers = `exec node -e 'require("http").createServer((request, response) => ${answer}.end()).listen(8080)'`;
  const asks = "wget -q -t 1 -T 1 -O /dev/null http://127.0.0.1:8080/";
  const health = ["--health-cmd", asks, "--health-interval", "1s", "--health-timeout", "1s", "--health-retries", "1"];
  const settings = ["--network", instance.backend.name, "--restart", "unless-stopped", ...health];
  await start(service, IMAGES.nocodb, settings, ["sh", "-c", answers]);
});
afterAll(async () => {
  await remove(service, `${service}_before`);
  await sql(postgresql, `DROP DATABASE IF EXISTS it_database; DROP ROLE IF EXISTS it_role, "it_""who""\\n";`);
});

/** Corrects everything with the programs that apply it; each records the status that the plan had for it. */
async function applyAll(status: (key: string) => string): Promise<void> {
  const thing = (key: string) => ({ records, key, status: status(key) });
  const outcomes = await Promise.all([
    run("host-directory/apply", {
      ...{ ...thing("directory"), path: it.directory, owner: "1000:44", mode: "0755" },
    }),
    run("host-file/apply", {
      ...{ ...thing("file"), path: it.file, owner: "deploy", mode: "0600", content: "A=1" },
    }),
    run("postgres-database/apply", {
      ...{
        ...thing("database"),
        container: postgresql,
        superuser: "postgres",
        role: "it_role",
        database: "it_database",
        owned_tables: "^nc_",
      },
      ...{ secrets, password_name: "PASSWORD" },
    }),
    caddy.apply(site, respond(site, "one"), thing("site")),
    run("service-container/wait-healthy", {
      ...{ ...thing("service"), container_key: "shape", container_status: status("shape"), name: service },
      ...{ service: "it", image: IMAGES.nocodb, release: "", version: "unknown", grace_period: "2" },
      ...{
        url: "http://127.0.0.1:8080/",
        database_url: "http://127.0.0.1:8080/database",
        secrets,
        timeout: "20",
      },
    }),
  ]);
  expect(outcomes.map(({ code, stderr }) => [code, stderr])).toEqual(outcomes.map(() => [0, ""]));
}

const probe = (from = records) => run("remote-host/probe", { records: from, requirements: "" });

/** The statuses that the probe prints, by key. */
async function statuses(): Promise<Record<string, string>> {
  const { code, stdout, stderr } = await probe();
  expect([code, stderr]).toEqual([0, ""]);
  const { unrecorded, checked, ...recorded } = JSON.parse(stdout);
  expect(checked).toMatch(/^process \d+, \d+, [0-9a-f]{64}$/);
  expect(unrecorded).toMatch(/^not on record, \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  return recorded;
}

const crash = async () => {
  await inContainer(service, ["sh", "-c", "kill 1"]);
  await eventually(20, async () => {
    const state = await must(["docker", "inspect", "-f", "{{.RestartCount}} {{.State.Status}}", service]);
    if (state !== "1 running") throw new Error(`${service} is ${state}`);
  });
};
/** Stops its process, and waits until Docker has noticed. */
const hang = async () => {
  await inContainer(service, ["sh", "-c", "kill -STOP $(pidof node)"]);
  await eventually(20, async () =>
    expect(await must(["docker", "inspect", "-f", "{{.State.Health.Status}}", service])).toBe("unhealthy"),
  );
};
const docker = (...words: string[]) => must(["docker", ...words]);
const nothing = async () => {};
const OWNER = 'it_"who"\\n';

interface Drift {
  readonly does: () => Promise<unknown>;
  readonly status: string | RegExp;
  /** Reverts what the programs do not correct, because the docker provider does. */
  readonly undo?: () => Promise<unknown>;
}

/** Changes outside of the app, and their statuses. The first of each kind happen together, and so on. */
const drifts: Record<string, readonly Drift[]> = {
  directory: [
    { does: () => asRoot('rm -r "$1"', it.directory), status: "directory missing" },
    { does: () => asRoot('chown 33:44 "$1"', it.directory), status: "owner 33:44, not 1000:44" },
    { does: () => asRoot('chmod 0777 "$1"', it.directory), status: "mode 0777, not 0755" },
    { does: () => asRoot('head -c 300 /dev/urandom >"$1"', `${records}/directory`), status: "record unreadable" },
  ],
  file: [
    { does: () => asRoot('rm "$1"', it.file), status: "file missing" },
    { does: () => asRoot('printf "A=2" >"$1"', it.file), status: "file edited" },
    { does: () => asRoot('chown 33:44 "$1"', it.file), status: "owner 33:44, not 1001:1001" },
    { does: () => asRoot('chmod 0 "$1"', it.file), status: "mode 0000, not 0600" },
  ],
  database: [
    {
      does: () => sql(postgresql, "ALTER DATABASE it_database OWNER TO postgres; DROP ROLE it_role"),
      status: "role it_role missing",
    },
    { does: () => sql(postgresql, "ALTER ROLE it_role NOLOGIN"), status: "role it_role cannot log in" },
    { does: () => sql(postgresql, "DROP DATABASE it_database"), status: "database it_database missing" },
    {
      does: () => sql(postgresql, `CREATE ROLE "it_""who""\\n"; ALTER DATABASE it_database OWNER TO "it_""who""\\n"`),
      status: `database it_database owned by ${OWNER}, not it_role`,
    },
    {
      does: () => sql(postgresql, "ALTER ROLE it_role PASSWORD 'an0ther one'"),
      status: "password of role it_role changed",
    },
    {
      does: () => sql(postgresql, "ALTER ROLE it_role REPLICATION BYPASSRLS"),
      status: "role it_role with rights beyond its own database: REPLICATION,BYPASSRLS",
    },
    {
      does: () =>
        sql(
          postgresql,
          "ALTER ROLE it_role SET search_path = 'x, y'; ALTER ROLE it_role IN DATABASE it_database SET default_transaction_read_only = true",
        ),
      status: "role it_role with settings that change where it works: default_transaction_read_only,search_path",
    },
    {
      does: () => sql(postgresql, "ALTER DATABASE it_database ALLOW_CONNECTIONS false"),
      status: "database it_database refuses connections of role it_role",
    },
    {
      does: () => sql(postgresql, "ALTER SCHEMA public OWNER TO postgres", "it_database"),
      status: "schema public of database it_database does not let role it_role create tables",
    },
    {
      does: () => sql(postgresql, "REVOKE CONNECT ON DATABASE it_database FROM PUBLIC, it_role"),
      status: "database it_database refuses connections of role it_role",
    },
    {
      does: () => sql(postgresql, "CREATE TABLE nc_bases (); CREATE TABLE others ()", "it_database"),
      status: "1 tables in database it_database not owned by role it_role",
    },
  ],
  site: [
    {
      does: () => asRoot('sed "/BEGIN/,/END/d" "$1" >"$1.new"; cat "$1.new" >"$1"', caddy.caddyfile),
      status: "site missing",
    },
    { does: async () => caddy.write((await caddy.read()).replace("one", "two")), status: "site edited" },
    {
      does: () => asRoot('cat "$1" >"$1.new" && echo "# more" >>"$1.new" && mv "$1.new" "$1"', caddy.caddyfile),
      status: `Caddyfile replaced by rename, container ${caddy.container} reads an older one`,
    },
  ],
  service: [
    { does: crash, status: "container restarted 1 time on its own" },
    { does: () => docker("stop", "--time", "1", service), status: "container exited" },
    {
      does: () => docker("rename", service, `${service}_before`),
      undo: () => docker("rename", `${service}_before`, service),
      status: "container missing",
    },
    { does: () => docker("pause", service), undo: () => docker("unpause", service), status: "container paused" },
    { does: hang, status: "service does not answer" },
    {
      does: () => inContainer(service, ["touch", "/tmp/away"]),
      undo: () => inContainer(service, ["rm", "/tmp/away"]),
      status: "service cannot use its database",
    },
    { does: () => asRoot('touch "$1/values"', secrets), status: "service with old secrets: restart" },
  ],
  shape: [
    {
      does: () => docker("network", "disconnect", instance.backend.name, service),
      status: new RegExp(`^container changed: it lacks network ${instance.backend.name} as$`),
    },
    {
      does: () => docker("update", "--cpus", "0.25", service),
      status: "container changed: it has cpus 0.25 instead of cpus 0",
    },
    { does: nothing, status: "container missing" },
    {
      does: () => docker("network", "connect", "--alias", "it-guest", instance.frontend.name, service),
      status: new RegExp(`^container changed: it also has network ${instance.frontend.name} as it-guest$`),
    },
  ],
};

const rounds = Math.max(...Object.values(drifts).map((kind) => kind.length));
const LEFT = `"quotes", \\ and 東京`;
let left: Record<string, string>;
/** The statuses in each round, and after the repair that followed. */
const seen: Record<string, string>[] = [];
const repaired: Record<string, string>[] = [];

test("without records the probe prints only a status that no state can hold", async () => {
  expect(await statuses()).toEqual({});
});

describe("drift has a status of its own, and everything else keeps its status:", () => {
  beforeAll(async () => {
    await applyAll(() => LEFT);
    left = await statuses();
    for (let round = 0; round < rounds; round++) {
      const now = Object.values(drifts).flatMap((kind) => kind[round] ?? []);
      for (const { does } of now) await does();
      const said = await statuses();
      seen.push(said);
      for (const { undo } of now) await undo?.();
      await applyAll((key) => said[key]!);
      repaired.push(await statuses());
    }
  });

  test("without drift the recorded status stays", () => {
    expect(left).toEqual(Object.fromEntries(Object.keys(drifts).map((key) => [key, LEFT])));
  });

  const rows = Object.entries(drifts).flatMap(([key, kind]) =>
    kind.map(({ status }, round) => [key, status, round] as const),
  );
  test.each(rows)("%s: %s", (key, status, round) => {
    if (typeof status === "string") expect(seen[round]![key]).toBe(status);
    else expect(seen[round]![key]).toMatch(status);
  });

  test("after the repair the status is that of the plan that repaired it, so the next plan is empty", () => {
    expect(repaired).toEqual(seen);
  });

  test("only changed things have another status", () => {
    for (const [round, said] of seen.entries()) {
      const untouched = Object.keys(drifts).filter((key) => drifts[key]![round] === undefined);
      for (const key of untouched) expect(said[key]).toBe(seen[round - 1]![key]);
    }
  });
});

test("the same drift again has another status than the last time, each time", async () => {
  const own = `${directory}/again`;
  const path = `${directory}/again_and_again`;
  const said: string[] = [];
  for (let status = "new", times = 0; times < 4; times++) {
    await run("host-directory/apply", {
      records: own,
      key: "it",
      status,
      path,
      owner: "0:0",
      mode: "0755",
    });
    await asRoot('rmdir "$1"', path);
    const { stdout } = await probe(own);
    status = JSON.parse(stdout).it;
    said.push(status);
  }
  expect(said).toEqual([
    "directory missing",
    "directory missing, again",
    "directory missing",
    "directory missing, again",
  ]);
});
