/** A NocoDB that docker compose created on the host, adopted by one command, and reverted. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { must, type Outcome, run } from "../../lab/command.js";
import { testInstance } from "../../lab/instance.js";
import { eventually } from "../../lab/site.js";
import { recordFault } from "../fault.js";
import { statusOf } from "./nocodb.js";
import { ANN, ROOT, UnmanagedNocodb } from "./unmanaged.js";
import { visit } from "./visitor.js";

const instance = testInstance();
const container = `${instance.name}-nocodb-1`;
const KEY = randomBytes(16).toString("hex");
const JWT = randomBytes(16).toString("hex");
const SMTP = `${randomBytes(16).toString("hex")}&%#'"$\`\\{}~é`;

const there = new UnmanagedNocodb({
  container,
  database: "acme_noco",
  role: "acme_owner",
  superuser: true,
  settings: [
    ...["--restart", "always", "--volume", `${container}:/usr/app/data`],
    ...["--label", "com.docker.compose.service=nocodb"],
    ...["--label", "com.docker.compose.project.config_files=/opt/acme/compose.yml"],
  ],
  env: {
    NC_CONNECTION_ENCRYPT_KEY: KEY,
    NC_AUTH_JWT_SECRET: JWT,
    NC_SMTP_HOST: "mail.acme.example",
    NC_SMTP_PASSWORD: SMTP,
  },
});
const { deployment, host } = there;
const ours = `${there.project}_nocodb`;
const secretsDirectory = `${there.baseDirectory}/configs/nocodb/secrets`;

/** Everything that an adoption would change, and the container. */
const snapshot = async () => [
  await there.inspect(),
  await host.text(instance.caddyfile),
  await host.text(there.envFile),
];

beforeAll(() => there.begin());
afterAll(async () => {
  if ((await there.inspect(ours)) !== "") await deployment.destroy();
  await there.clear();
  await deployment.disconnect();
});

describe("a NocoDB that is on the host already", () => {
  let before: string[];
  let session: string;

  it("blocks a deploy beside it: the plan names it and the command that adopts it, and changes nothing", async () => {
    const everything = await host.everything();
    await deployment.synth();
    const plan = await deployment.plan();
    expect(plan.code, plan.said).toBe(1);
    const seen = `container ${container} (running, image nocodb/nocodb:0.301.3) is a NocoDB that this app did not create`;
    expect(plan.line).toContain(seen);
    expect(plan.line).toContain(`npx nocodb-host adopt ${instance.name}`);
    expect(plan.line).toMatch(/has a site old\.\S+ in lines \d+ to \d+ that this app did not write/);
    expect(await host.everything()).toBe(everything);
    recordFault({
      cause: "NocoDB is on the host already, created by docker compose",
      command: "plan",
      seen,
      seconds: plan.seconds,
      preserved: "the container serves; files, roles and databases as before",
    });
  });

  it("is not adopted before the environment file matches it; all differences are printed at once", async () => {
    const everything = await host.everything();
    await deployment.set({
      "postgresql.database": "nocodb_unmanaged",
      "postgresql.role": "acme_owner",
      "admin.email": "me@acme.example",
      secrets: ["NC_SMTP_PASSWORD", "NC_S3_ACCESS_SECRET"],
    });
    const begun = performance.now();
    const { code, stdout, stderr } = await there.adopt("--yes");
    expect(code, stdout + stderr).toBe(1);
    expect(stderr.split("\n").filter((line) => line.startsWith("- "))).toEqual([
      "- environment file, postgresql.database: set it to acme_noco (it is nocodb_unmanaged)",
      `- environment file, admin.email: set it to ${ROOT.email} (it is me@acme.example)`,
      "- environment file, postgresql.role: role acme_owner is a superuser, and its password would be changed: name a role that only NocoDB uses, such as nocodb",
      `- secrets: neither container ${container} nor the host has a value for NC_S3_ACCESS_SECRET: set it with \`npx nocodb-host secret set ${instance.name} NC_S3_ACCESS_SECRET\`, which reads it from standard input`,
    ]);
    expect(stdout + stderr).not.toContain(KEY);
    expect(await host.everything()).toBe(everything);
    recordFault({
      cause: "the environment file does not match the NocoDB that is to be adopted",
      command: "npx nocodb-host adopt",
      seen: stderr
        .split("\n")
        .find((line) => line.includes("postgresql.database"))!
        .slice(2),
      seconds: (performance.now() - begun) / 1000,
      preserved: "the container serves; files, roles and databases as before",
    });
  });

  describe("after the environment file matches it", () => {
    beforeAll(async () => {
      await deployment.set({
        "postgresql.database": "acme_noco",
        "postgresql.role": "nocodb_unmanaged",
        "admin.email": ROOT.email,
        secrets: ["NC_SMTP_PASSWORD"],
      });
      before = await snapshot();
      const { body } = await visit(instance, there.site, "/api/v1/auth/user/signin", ANN);
      session = JSON.parse(body).token;
      await host.sh(`docker exec ${container} sh -c 'echo picture >/usr/app/data/picture'`);
    });

    it("serves again if something fails after it was stopped, and everything is as before", async () => {
      const forbid = `CREATE FUNCTION forbid() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not on a weekday'; END $$;
        CREATE EVENT TRIGGER forbid ON ddl_command_start WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION forbid();`;
      await host.sql(forbid, "acme_noco");
      const begun = performance.now();
      const { code, stdout, stderr } = await there.adopt("--yes");
      await host.sql("DROP EVENT TRIGGER forbid; DROP FUNCTION forbid", "acme_noco");
      expect(code, stdout + stderr).toBe(1);
      expect(stderr).toContain("not on a weekday");
      expect((await there.history()).at(-1)).toBe("adoption failed");
      expect(stderr).toContain(`container ${container} answers again, as before`);
      expect(await snapshot()).toEqual(before);
      expect(await host.sh('[ -e "$1" ] || echo gone', secretsDirectory)).toBe("gone");
      expect(await there.signIn(ROOT)).toBe(200);
      recordFault({
        cause: "PostgreSQL refuses another owner for the tables of the NocoDB that is being adopted",
        command: "npx nocodb-host adopt",
        seen: stderr.split("\n").find((line) => line.includes("could not be given to role"))!,
        seconds: (performance.now() - begun) / 1000,
        preserved: "the old container serves again; site, env files, roles, owners and rows as before",
      });
    });

    it("is only half adopted if the command is killed: the plan names the command that continues", async () => {
      const { postgresql, sshd } = instance.containers;
      const lock = "BEGIN; LOCK TABLE nc_users_v2 IN SHARE MODE; SELECT pg_sleep(150)";
      const locked = run(["docker", "exec", postgresql, "psql", "-U", "postgres", "-d", "acme_noco", "-c", lock]);
      const adopting = there.adopt("--yes");
      await eventually(150, async () => {
        if (!(await there.inspect()).includes("exited")) throw new Error(`${container} has not stopped`);
      });
      const kill = 'kill -KILL "$(sed -n "s/^an adoption, process \\([0-9]*\\),.*/\\1/p" /run/*unmanaged*.lock)"';
      await must(["docker", "exec", sshd, "sh", "-euc", kill]);
      expect((await adopting).code).not.toBe(0);
      await host.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(150)'");
      await locked;
      await deployment.synth();
      const plan = await deployment.plan();
      expect(plan.code, plan.said).toBe(1);
      expect(plan.line).toContain(
        `the NocoDB of container ${container} is only half adopted: run \`npx nocodb-host adopt ${instance.name}\` again`,
      );
    });
  });

  describe("adopted, by a second run that first reverts the one that was killed", () => {
    let adopted: Outcome;

    beforeAll(async () => {
      adopted = await there.adopt("--yes");
    });

    it("is in the history, and so is its deploy", async () => {
      expect((await there.history()).slice(-2)).toEqual(["adoption done", "deploy done"]);
    });

    it("succeeds, prints what it found and how to revert it, and shows no secret", () => {
      const said = adopted.stdout + adopted.stderr;
      expect(adopted.code, said).toBe(0);
      expect(said).toMatch(
        /database acme_noco in container \S+: \d+ tables, 2 users, 1 API tokens; used as role acme_owner/,
      );
      expect(said).toContain("sessions: everybody stays signed in, except the super admin");
      expect(said).toContain("variables that the environment file lacks: NC_SMTP_HOST");
      expect(said).toMatch(/^backup \S+ created$/m);
      expect(said).toContain(`npx nocodb-host adopt ${instance.name} --revert`);
      expect(said).toContain("Remove service nocodb from /opt/acme/compose.yml");
      for (const secret of [KEY, JWT, SMTP.slice(0, 32), there.token, "made-by-hand"])
        expect(said).not.toContain(secret);
    });

    it("keeps the secrets with which the old container has run, in a file of the host and nowhere in the new container", async () => {
      const values = (await host.text(`${secretsDirectory}/values`)).split("\n");
      for (const line of [`NC_CONNECTION_ENCRYPT_KEY=${KEY}`, `NC_AUTH_JWT_SECRET=${JWT}`, `NC_SMTP_PASSWORD=${SMTP}`])
        expect(values).toContain(line);
      const inspected = (await run(["docker", "inspect", ours])).stdout;
      for (const secret of [KEY, JWT, SMTP.slice(0, 32)]) expect(inspected).not.toContain(secret);
    });

    it("serves its rows to the old token, to an older session, and to users who sign in", async () => {
      expect(await there.base.titles(await there.as({ "xc-token": there.token }))).toEqual(["first", "second"]);
      expect(await statusOf((await there.as({ "xc-auth": session })).base.list())).toBe(200);
      expect(await there.signIn(ANN)).toBe(200);
    });

    it("has its files, and the app's role owns its tables", async () => {
      expect(await host.read(`${there.dataDirectory}/picture`)).toBe("picture");
      expect(await host.rights(`${there.dataDirectory}/picture`)).toBe("1000:1000 644");
      const owners =
        "SELECT string_agg(DISTINCT tableowner, ' ') FROM pg_tables WHERE schemaname !~ '^(pg_|information)'";
      expect(await host.sql(owners, "acme_noco")).toBe("nocodb_unmanaged");
    });

    it("leaves the old container stopped under another name, and has nothing to do in another run", async () => {
      expect(await there.inspect()).toBe("");
      expect(await there.inspect(`${container}_before`)).toBe(before[0]!.replace("running always", "exited no"));
      const serving = await there.inspect(ours);
      const { code, stdout, stderr } = await there.adopt("--yes");
      expect(code, stdout + stderr).toBe(0);
      expect(stdout).toContain(`container ${container} was adopted at`);
      expect(stdout).toContain("No changes.");
      expect(await there.inspect(ours)).toBe(serving);
    });

    it("can be reverted: data written since is kept, the app's secrets are gone, everything else is as before", async () => {
      const api = await there.as({ "xc-token": there.token });
      await api.dbDataTableRow.create(there.base.table, [{ Title: "third" }]);
      await host.sh('echo new >"$1/since"', there.dataDirectory);
      const refused = await there.adopt("--revert", "--yes");
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(`container ${ours} exists`)]);
      const destroyed = await deployment.destroy();
      expect(destroyed.code, destroyed.said).toBe(0);

      const { code, stdout, stderr } = await there.adopt("--revert", "--yes");
      expect(code, stdout + stderr).toBe(0);
      expect(await snapshot()).toEqual(before);
      expect(await host.sh('[ -e "$1" ] || echo gone', secretsDirectory)).toBe("gone");
      expect(await there.base.titles(api)).toEqual(["first", "second", "third"]);
      expect([await there.signIn(ROOT), await there.signIn(ANN)]).toEqual([200, 200]);
      expect(await host.sh(`docker exec ${container} cat /usr/app/data/picture /usr/app/data/since`)).toBe(
        "picture\nnew",
      );
    });
  });
});
