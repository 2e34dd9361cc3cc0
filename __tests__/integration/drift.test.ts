import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROBE } from "../../constructs/remote-host/probe.js";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { ownCaddy, respond, siteName } from "./caddy.js";
import { inContainer, ownName, remove, sql, start } from "./containers.js";
import { asRoot, instance, run, scratch } from "./host.js";

const directory = scratch("observe");
const manifest = `${directory}/manifest`;
const { postgresql } = instance.containers;
const caddy = ownCaddy("observe");
const service = ownName("observed");
const site = siteName("a");
const it = { directory: `${directory}/it "dir"`, file: `${directory}/it.env` };

beforeAll(async () => {
  await asRoot('echo PASSWORD=sesame >"$1"', `${directory}/password.env`);
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

/** Puts everything right with the scripts that keep it; each notes the word that the plan had for it. */
async function keepAll(word: (key: string) => string): Promise<void> {
  const thing = (key: string) => ({ manifest, key, observed: word(key) });
  const kept = await Promise.all([
    run(["common.sh", "ensure-directory.sh"], {
      ...{ ...thing("directory"), path: it.directory, owner: "1000:44", mode: "0755" },
    }),
    run(["common.sh", "write-file.sh"], {
      ...{ ...thing("file"), path: it.file, owner: "deploy", mode: "0600", unchanging: "", content: "A=1" },
    }),
    run(["common.sh", "ensure-database.sh"], {
      ...{
        ...thing("database"),
        container: postgresql,
        superuser: "postgres",
        role: "it_role",
        database: "it_database",
      },
      ...{ password_file: `${directory}/password.env`, password_variable: "PASSWORD" },
    }),
    caddy.ensure(site, respond(site, "one"), thing("site")),
    run(["common.sh", "container.sh", "await-serving.sh"], {
      ...{ ...thing("service"), container_key: "shape", container_observed: word("shape"), name: service },
      ...{
        url: "http://127.0.0.1:8080/",
        database_url: "http://127.0.0.1:8080/database",
        env_file: it.file,
        patience: "20",
      },
    }),
  ]);
  expect(kept.map(({ code, stderr }) => [code, stderr])).toEqual(kept.map(() => [0, ""]));
}

const probe = (from = manifest) => run(PROBE, { manifest: from, requirements: "" });

/** What the probe says, by key. */
async function words(): Promise<Record<string, string>> {
  const { code, stdout, stderr } = await probe();
  expect([code, stderr]).toEqual([0, ""]);
  const { unrecorded, ...recorded } = JSON.parse(stdout);
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
/** Stands still, and Docker has noticed. */
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
  readonly word: string | RegExp;
  /** What the scripts do not put right, because the docker provider does. */
  readonly undo?: () => Promise<unknown>;
}

/** What someone does behind the app's back, and the word for it. The first of each kind happen together, and so on. */
const drifts: Record<string, readonly Drift[]> = {
  directory: [
    { does: () => asRoot('rm -r "$1"', it.directory), word: "directory missing" },
    { does: () => asRoot('chown 33:44 "$1"', it.directory), word: "owner 33:44, not 1000:44" },
    { does: () => asRoot('chmod 0777 "$1"', it.directory), word: "mode 0777, not 0755" },
    { does: () => asRoot('head -c 300 /dev/urandom >"$1"', `${manifest}/directory`), word: "record unreadable" },
  ],
  file: [
    { does: () => asRoot('rm "$1"', it.file), word: "file missing" },
    { does: () => asRoot('printf "A=2" >"$1"', it.file), word: "file edited" },
    { does: () => asRoot('chown 33:44 "$1"', it.file), word: "owner 33:44, not 1001:1001" },
    { does: () => asRoot('chmod 0 "$1"', it.file), word: "mode 0000, not 0600" },
  ],
  database: [
    {
      does: () => sql(postgresql, "ALTER DATABASE it_database OWNER TO postgres; DROP ROLE it_role"),
      word: "role it_role missing",
    },
    { does: () => sql(postgresql, "ALTER ROLE it_role NOLOGIN"), word: "role it_role may not log in" },
    { does: () => sql(postgresql, "DROP DATABASE it_database"), word: "database it_database missing" },
    {
      does: () => sql(postgresql, `CREATE ROLE "it_""who""\\n"; ALTER DATABASE it_database OWNER TO "it_""who""\\n"`),
      word: `database it_database owned by ${OWNER}, not it_role`,
    },
    {
      does: () => sql(postgresql, "ALTER ROLE it_role PASSWORD 'an0ther one'"),
      word: "password of role it_role changed",
    },
    {
      does: () => sql(postgresql, "ALTER ROLE it_role REPLICATION BYPASSRLS"),
      word: "role it_role with rights over what is not its own: REPLICATION,BYPASSRLS",
    },
    {
      does: () =>
        sql(
          postgresql,
          "ALTER ROLE it_role SET search_path = 'x, y'; ALTER ROLE it_role IN DATABASE it_database SET default_transaction_read_only = true",
        ),
      word: "role it_role with settings that lead it elsewhere: default_transaction_read_only,search_path",
    },
    {
      does: () => sql(postgresql, "ALTER DATABASE it_database ALLOW_CONNECTIONS false"),
      word: "database it_database lets no connection of role it_role in",
    },
    {
      does: () => sql(postgresql, "ALTER SCHEMA public OWNER TO postgres", "it_database"),
      word: "schema public of database it_database lets role it_role make nothing in it",
    },
    {
      does: () => sql(postgresql, "REVOKE CONNECT ON DATABASE it_database FROM PUBLIC, it_role"),
      word: "database it_database lets no connection of role it_role in",
    },
    {
      does: () => sql(postgresql, "CREATE TABLE nc_bases (); CREATE TABLE others ()", "it_database"),
      word: "1 tables of NocoDB in database it_database not owned by role it_role",
    },
  ],
  site: [
    {
      does: () => asRoot('sed "/BEGIN/,/END/d" "$1" >"$1.new"; cat "$1.new" >"$1"', caddy.caddyfile),
      word: "site missing",
    },
    { does: async () => caddy.write((await caddy.read()).replace("one", "two")), word: "site edited" },
    {
      does: () => asRoot('cat "$1" >"$1.new" && echo "# more" >>"$1.new" && mv "$1.new" "$1"', caddy.caddyfile),
      word: `Caddyfile replaced by rename, container ${caddy.container} sees an older one`,
    },
  ],
  service: [
    { does: crash, word: "container started again 1 times on its own" },
    { does: () => docker("stop", "--time", "1", service), word: "container exited" },
    {
      does: () => docker("rename", service, `${service}_before`),
      undo: () => docker("rename", `${service}_before`, service),
      word: "container missing",
    },
    { does: () => docker("pause", service), undo: () => docker("unpause", service), word: "container paused" },
    { does: hang, word: "container runs and does not answer" },
    {
      does: () => inContainer(service, ["touch", "/tmp/away"]),
      undo: () => inContainer(service, ["rm", "/tmp/away"]),
      word: "container runs and cannot use its database",
    },
  ],
  shape: [
    {
      does: () => docker("network", "disconnect", instance.backend.name, service),
      word: new RegExp(`^container has nothing new, no more network ${instance.backend.name} as$`),
    },
    {
      does: () => docker("update", "--cpus", "0.25", service),
      word: "container has cpus 0.25, no more cpus 0",
    },
    { does: nothing, word: "container missing" },
    {
      does: () => docker("network", "connect", "--alias", "it-guest", instance.frontend.name, service),
      word: new RegExp(`^container has network ${instance.frontend.name} as it-guest, no more nothing$`),
    },
  ],
};

const rounds = Math.max(...Object.values(drifts).map((kind) => kind.length));
const LEFT = `"quotes", \\ and 東京`;
let left: Record<string, string>;
/** What the probe said in each round, and after the repair that followed. */
const seen: Record<string, string>[] = [];
const repaired: Record<string, string>[] = [];

test("where nothing is on record that is all it says, with a word that no state can hold", async () => {
  expect(await words()).toEqual({});
});

describe("what someone changed has a word of its own, and everything else its old one:", () => {
  beforeAll(async () => {
    await keepAll(() => LEFT);
    left = await words();
    for (let round = 0; round < rounds; round++) {
      const now = Object.values(drifts).flatMap((kind) => kind[round] ?? []);
      for (const { does } of now) await does();
      const said = await words();
      seen.push(said);
      for (const { undo } of now) await undo?.();
      await keepAll((key) => said[key]!);
      repaired.push(await words());
    }
  });

  test("what is as it was left keeps the word that was noted", () => {
    expect(left).toEqual(Object.fromEntries(Object.keys(drifts).map((key) => [key, LEFT])));
  });

  const rows = Object.entries(drifts).flatMap(([key, kind]) =>
    kind.map(({ word }, round) => [key, word, round] as const),
  );
  test.each(rows)("%s: %s", (key, word, round) => {
    if (typeof word === "string") expect(seen[round]![key]).toBe(word);
    else expect(seen[round]![key]).toMatch(word);
  });

  test("repaired, it answers the word of the plan that repaired it, so the next plan is empty", () => {
    expect(repaired).toEqual(seen);
  });

  test("only what was changed has another word", () => {
    for (const [round, said] of seen.entries()) {
      const untouched = Object.keys(drifts).filter((key) => drifts[key]![round] === undefined);
      for (const key of untouched) expect(said[key]).toBe(seen[round - 1]![key]);
    }
  });
});

test("the same drift again has another word than the last time, each time", async () => {
  const own = `${directory}/again`;
  const path = `${directory}/again_and_again`;
  const said: string[] = [];
  for (let observed = "new", times = 0; times < 4; times++) {
    await run(["common.sh", "ensure-directory.sh"], {
      manifest: own,
      key: "it",
      observed,
      path,
      owner: "0:0",
      mode: "0755",
    });
    await asRoot('rmdir "$1"', path);
    const { stdout } = await probe(own);
    observed = JSON.parse(stdout).it;
    said.push(observed);
  }
  expect(said).toEqual([
    "directory missing",
    "directory missing, again",
    "directory missing",
    "directory missing, again",
  ]);
});

test("what was refused is told by each plan until it is done, because Terraform does not show it", async () => {
  const own = `${directory}/refused`;
  const path = `${directory}/refused.env`;
  const write = (observed: string, content: string) =>
    run(["common.sh", "write-file.sh"], {
      ...{ manifest: own, key: "it", observed, path, owner: "deploy", mode: "0600", unchanging: "KEY", content },
    });
  await write("new", "KEY=old\n");
  let observed = "new";
  for (const again of ["", ", again"]) {
    expect((await write(observed, "KEY=another\n")).code).toBe(1);
    observed = JSON.parse((await probe(own)).stdout).it;
    expect(observed).toMatch(new RegExp(`^refused: KEY is another one than ${path} has\\. .*${again}$`));
  }
  expect(await write(observed, "KEY=old\nA=1\n")).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(JSON.parse((await probe(own)).stdout)).toMatchObject({ it: observed });
});
