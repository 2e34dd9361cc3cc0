import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { run as command, must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { ownCaddy } from "./caddy.js";
import { ownName, ownPostgresql, remove, start } from "./containers.js";
import { asRoot, type Input, run, scratch } from "./host.js";

const directory = scratch("client");
const secrets = `${directory}/secrets`;
const container = ownPostgresql();
const caddy = ownCaddy("client");
const client = ownName("client");

beforeAll(async () => {
  await asRoot('mkdir "$1"', secrets);
  await usePassword("first");
  await start(client, IMAGES.sshd, ["--init", "--restart", "unless-stopped"], ["sleep", "infinity"]);
  expect(await apply({ client: "" })).toMatchObject({ code: 0, stderr: "" });
});
afterAll(() => remove(client));

const usePassword = (password: string) =>
  asRoot('umask 077; printf "PASSWORD=%s\\n" "$2" >"$1/values"', secrets, password);

const apply = (more: Input = {}) =>
  run("postgres-database/apply", {
    ...{ records: `${directory}/records`, key: "it", status: "new", container, superuser: "postgres" },
    ...{ role: "it_client", database: "it_client", owned_tables: "", secrets, password_name: "PASSWORD" },
    ...{ client, grace_period: "1", caddy: caddy.container, upstream: "it-client:8080" },
    ...more,
  });

const state = () => must(["docker", "inspect", "-f", "{{.State.Status}} {{.State.StartedAt}}", client]);

let since: string;
beforeEach(async () => {
  // The engine's time has nanoseconds, and so has that of its events.
  since = await asRoot("date +%s.%N");
  await must(["docker", "start", client]);
});

/** When the client ended, the password was set, and the client was started again, since the test began. */
async function order(): Promise<string[]> {
  const until = (await asRoot("date +%s.%N")).trim();
  const filters = ["--filter", `container=${client}`, "--filter", "event=die", "--filter", "event=start"];
  const format = ["--format", "{{.TimeNano}} {{.Action}}"];
  const events = await must(["docker", "events", "--since", since.trim(), "--until", until, ...filters, ...format]);
  const { stdout, stderr } = await command(["docker", "logs", "--timestamps", "--since", since.trim(), container]);
  const alters = [...(stdout + stderr).matchAll(/^(\S+) .*ALTER USER it_client PASSWORD/gm)];
  const changes = alters.map(([, at]) => {
    const [seconds, nanoseconds] = at!.split(/[.Z]/);
    return `${Date.parse(`${seconds}Z`) / 1000}${nanoseconds!.padEnd(9, "0")} password`;
  });
  const all = [...events.split("\n").filter((line) => line !== ""), ...changes];
  return all.sort().map((line) => line.split(" ")[1]!);
}

test("a client that was started with other secrets is stopped while the password changes, and started again", async () => {
  await usePassword("second");
  expect(await apply()).toMatchObject({ code: 0, stderr: "" });
  expect(await order()).toEqual(["die", "password", "start"]);
  expect(await state()).toMatch(/^running /);
});

test("a client with the secrets in use is not restarted", async () => {
  const before = await state();
  expect(await apply()).toMatchObject({ code: 0, stdout: "", stderr: "" });
  expect(await order()).toEqual(["password"]);
  expect(await state()).toBe(before);
});

test("a client is started again if PostgreSQL refuses the password", async () => {
  await usePassword("it_client");
  const { code, stderr } = await apply();
  expect([code, stderr]).toEqual([1, expect.stringContaining("password must not equal user name")]);
  expect((await order()).filter((what) => what !== "password")).toEqual(["die", "start"]);
  expect(await state()).toMatch(/^running /);
  // The next deploy has another one, and finds a client that is as old.
  await usePassword("third");
  expect(await apply()).toMatchObject({ code: 0, stderr: "" });
});

test("a client that is stopped stays so, because only its own step may start it", async () => {
  await must(["docker", "stop", "--time", "1", client]);
  await usePassword("fourth");
  expect(await apply()).toMatchObject({ code: 0, stderr: "" });
  expect(await state()).toMatch(/^exited /);
});

test("a client that does not exist yet, as in the first deploy, is skipped", async () => {
  await usePassword("fifth");
  expect(await apply({ client: "it_no_such_client" })).toMatchObject({ code: 0, stdout: "", stderr: "" });
});
