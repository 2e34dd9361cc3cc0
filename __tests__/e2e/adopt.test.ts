/** A NocoDB that docker compose put on the host, taken over by one command, and given back. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { must, type Outcome, run } from "../../lab/command.js";
import { testInstance } from "../../lab/instance.js";
import { eventually } from "../../lab/site.js";
import { recordFault } from "../fault.js";
import { ANN, NocodbByHand, ROOT } from "./unmanaged.js";
import { statusOf } from "./nocodb.js";
import { visit } from "./visitor.js";

const instance = testInstance();
const container = `${instance.name}-nocodb-1`;
const KEY = randomBytes(16).toString("hex");
const JWT = randomBytes(16).toString("hex");

const there = new NocodbByHand({
  container,
  database: "acme_noco",
  role: "acme_owner",
  superuser: true,
  settings: [
    ...["--restart", "always", "--volume", `${container}:/usr/app/data`],
    ...["--label", "com.docker.compose.service=nocodb"],
    ...["--label", "com.docker.compose.project.config_files=/opt/acme/compose.yml"],
  ],
  env: { NC_CONNECTION_ENCRYPT_KEY: KEY, NC_AUTH_JWT_SECRET: JWT, NC_SMTP_HOST: "mail.acme.example" },
});
const { deployment, host } = there;
const ours = `${there.project}_nocodb`;

/** What a take-over would change, and the container as it is. */
const asItIs = async () => [await there.look(), await host.text(instance.caddyfile), await host.text(there.envFile)];

beforeAll(() => there.begin());
afterAll(async () => {
  if ((await there.look(ours)) !== "") await deployment.destroy();
  await there.clear();
  await deployment.disconnect();
});

describe("a NocoDB that is already there", () => {
  let before: string[];
  let session: string;

  it("is not deployed beside: the plan names it and the command that takes it over, and changes nothing", async () => {
    const everything = await host.everything();
    await deployment.synth();
    const plan = await deployment.plan();
    expect(plan.code, plan.said).toBe(1);
    const seen = `container ${container} (running, image nocodb/nocodb:0.301.3) is a NocoDB that this app did not make`;
    expect(plan.line).toContain(seen);
    expect(plan.line).toContain(`npm run take-over -- ${instance.name}`);
    expect(plan.line).toMatch(/has a site hand\.\S+ in lines \d+ to \d+ that this app did not write/);
    expect(await host.everything()).toBe(everything);
    recordFault({
      cause: "NocoDB is on the host already, put there by docker compose",
      command: "plan",
      seen,
      seconds: plan.seconds,
      preserved: "the container serves, all files, roles and databases as before",
    });
  });

  it("is not taken over before the environment file says what it is; all of that is told at once", async () => {
    const everything = await host.everything();
    await deployment.set({
      "postgresql.database": "nocodb_hand",
      "postgresql.role": "acme_owner",
      "admin.email": "me@acme.example",
    });
    const begun = performance.now();
    const { code, stdout, stderr } = await there.takeOver("--yes");
    expect(code, stdout + stderr).toBe(1);
    expect(stderr.split("\n").filter((line) => line.startsWith("- "))).toEqual([
      "- environment file, postgresql.database: set it to acme_noco (it is nocodb_hand)",
      `- environment file, admin.email: set it to ${ROOT.email} (it is me@acme.example)`,
      "- environment file, postgresql.role: role acme_owner is a superuser, and its password would be changed: name one that NocoDB alone uses, such as nocodb",
      expect.stringMatching(
        /^- TF_VAR_nocodb_connection_encrypt_key is not the key that NocoDB runs with.*docker exec \S+ printenv NC_CONNECTION_ENCRYPT_KEY$/,
      ),
    ]);
    expect(stdout + stderr).not.toContain(KEY);
    expect(await host.everything()).toBe(everything);
    recordFault({
      cause: "the environment file says other things than the NocoDB that is to be taken over",
      command: "npm run take-over",
      seen: stderr
        .split("\n")
        .find((line) => line.includes("postgresql.database"))!
        .slice(2),
      seconds: (performance.now() - begun) / 1000,
      preserved: "the container serves, all files, roles and databases as before",
    });
  });

  describe("once the environment file says what it is", () => {
    beforeAll(async () => {
      await deployment.set({
        "postgresql.database": "acme_noco",
        "postgresql.role": "nocodb_hand",
        "admin.email": ROOT.email,
      });
      deployment.given = { nocodb_connection_encrypt_key: KEY, nocodb_jwt_secret: JWT };
      before = await asItIs();
      const { body } = await visit(instance, there.site, "/api/v1/auth/user/signin", ANN);
      session = JSON.parse(body).token;
      await host.sh(`docker exec ${container} sh -c 'echo picture >/usr/app/data/picture'`);
    });

    it("serves again when something fails after its stop, and all is as it was", async () => {
      const forbid = `CREATE FUNCTION forbid() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not on a weekday'; END $$;
        CREATE EVENT TRIGGER forbid ON ddl_command_start WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION forbid();`;
      await host.sql(forbid, "acme_noco");
      const begun = performance.now();
      const { code, stdout, stderr } = await there.takeOver("--yes");
      await host.sql("DROP EVENT TRIGGER forbid; DROP FUNCTION forbid", "acme_noco");
      expect(code, stdout + stderr).toBe(1);
      expect(stderr).toContain("not on a weekday");
      expect(stderr).toContain(`container ${container} answers again, as before`);
      expect(await asItIs()).toEqual(before);
      expect(await there.signIn(ROOT)).toBe(200);
      recordFault({
        cause: "PostgreSQL refuses another owner for the tables of the NocoDB that is being taken over",
        command: "npm run take-over",
        seen: stderr.split("\n").find((line) => line.includes("could not be given"))!,
        seconds: (performance.now() - begun) / 1000,
        preserved: "the old container serves again; site, env files, roles, owners and rows as before",
      });
    });

    it("is only half taken over when that is killed: the plan says so, and how it goes on", async () => {
      const { postgresql, sshd } = instance.containers;
      const lock = "BEGIN; LOCK TABLE nc_users_v2 IN SHARE MODE; SELECT pg_sleep(60)";
      const locked = run(["docker", "exec", postgresql, "psql", "-U", "postgres", "-d", "acme_noco", "-c", lock]);
      const taking = there.takeOver("--yes");
      await eventually(60, async () => {
        if (!(await there.look()).includes("exited")) throw new Error(`${container} has not stopped`);
      });
      const kill = 'kill -KILL "$(sed -n "s/^a take-over, process \\([0-9]*\\),.*/\\1/p" /run/*hand*.lock)"';
      await must(["docker", "exec", sshd, "sh", "-euc", kill]);
      expect((await taking).code).not.toBe(0);
      await host.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)'");
      await locked;
      await deployment.synth();
      const plan = await deployment.plan();
      expect(plan.code, plan.said).toBe(1);
      expect(plan.line).toContain(
        `the NocoDB of container ${container} is only half taken over: run \`npm run take-over -- ${instance.name}\` again`,
      );
    });
  });

  describe("taken over, by a second run that first puts back what the one that was killed has left", () => {
    let taken: Outcome;

    beforeAll(async () => {
      taken = await there.takeOver("--yes");
    });

    it("succeeds, says what it found and how the way back is, and shows no secret", () => {
      const said = taken.stdout + taken.stderr;
      expect(taken.code, said).toBe(0);
      expect(said).toMatch(
        /database acme_noco in container \S+: \d+ tables, 2 users, 1 API tokens; used as role acme_owner/,
      );
      expect(said).toContain("sessions: everybody stays signed in");
      expect(said).toContain("the environment file has not: NC_SMTP_HOST");
      expect(said).toMatch(/^backup \S+ made$/m);
      expect(said).toContain(`npm run take-over -- ${instance.name} --back`);
      expect(said).toContain("Take the service nocodb out of /opt/acme/compose.yml");
      for (const secret of [KEY, JWT, there.token, "made-by-hand"]) expect(said).not.toContain(secret);
    });

    it("serves its rows, to the old token, to a session from before, and to whoever signs in", async () => {
      expect(await there.base.titles(await there.as({ "xc-token": there.token }))).toEqual(["first", "second"]);
      expect(await statusOf((await there.as({ "xc-auth": session })).base.list())).toBe(200);
      expect(await there.signIn(ANN)).toBe(200);
    });

    it("has its files, and its tables belong to the role of the app", async () => {
      expect(await host.read(`${there.dataDirectory}/picture`)).toBe("picture");
      expect(await host.rights(`${there.dataDirectory}/picture`)).toBe("1000:1000 644");
      const owners =
        "SELECT string_agg(DISTINCT tableowner, ' ') FROM pg_tables WHERE schemaname !~ '^(pg_|information)'";
      expect(await host.sql(owners, "acme_noco")).toBe("nocodb_hand");
    });

    it("leaves the old container stopped under another name, and finds nothing to do when it is run again", async () => {
      expect(await there.look()).toBe("");
      expect(await there.look(`${container}_before`)).toBe(before[0]!.replace("running always", "exited no"));
      const serving = await there.look(ours);
      const { code, stdout, stderr } = await there.takeOver("--yes");
      expect(code, stdout + stderr).toBe(0);
      expect(stdout).toContain(`container ${container} was taken over at`);
      expect(stdout).toContain("No changes.");
      expect(await there.look(ours)).toBe(serving);
    });

    it("can be given back: what was written since is there, all else is as it was", async () => {
      const api = await there.as({ "xc-token": there.token });
      await api.dbDataTableRow.create(there.base.table, [{ Title: "third" }]);
      await host.sh('echo new >"$1/since"', there.dataDirectory);
      const refused = await there.takeOver("--back", "--yes");
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(`container ${ours} is there`)]);
      const destroyed = await deployment.destroy();
      expect(destroyed.code, destroyed.said).toBe(0);

      const { code, stdout, stderr } = await there.takeOver("--back", "--yes");
      expect(code, stdout + stderr).toBe(0);
      expect(await asItIs()).toEqual(before);
      expect(await there.base.titles(api)).toEqual(["first", "second", "third"]);
      expect([await there.signIn(ROOT), await there.signIn(ANN)]).toEqual([200, 200]);
      expect(await host.sh(`docker exec ${container} cat /usr/app/data/picture /usr/app/data/since`)).toBe(
        "picture\nnew",
      );
    });
  });
});
