import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { promisesOf } from "../../../../cli/status/promises.js";
import { stackJson } from "../../../../cli/synthesized.js";
import { loadEnvironments } from "../../../../settings/environment.js";
import { inputIn, NocodbHost } from "../../support/nocodb-host.js";
import { environment } from "../../support/stack-of.js";

/** A site on this machine that nobody serves, so that no test asks a real one. */
const settings = { domain: "acme.localhost", caddy: { publicPort: 1 }, consumers: { n8n: {} } };

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost({ prod: settings });
});
afterEach(() => host.remove());

const promises = () => promisesOf(loadEnvironments(host.environments, {}).environments[0]!);

/** What the host reports: `ok` and the words `fine`, but for the rows that are named. */
function answers(rows: Readonly<Record<string, string>>, end = "exit 0"): void {
  const gate = "ok|200:10.0.0.1 403:10.0.0.2|";
  const lines = promises().map(({ name }) => rows[name] ?? (name === "gate" ? gate : "ok|fine|"));
  host.standIn("ssh", `cat <<'TEXT' | tr '|' '\\037'\n${lines.join("\n")}\nTEXT\n${end}`);
}

describe("the exit code is", () => {
  const wrong = { memory: "wrong|limit|npx cdktf deploy prod" };
  const unknown = { health: "unknown|container exited|" };
  test.each([
    ["0 if every row is fine", {}, 0],
    ["2 if one has something to fix", wrong, 2],
    ["1 if one is unknown", unknown, 1],
    ["2 if there is both", { ...wrong, ...unknown }, 2],
    ["1 if the host reports something else than rows", { memory: "what" }, 1],
  ])("%s", async (_, rows, code) => {
    answers(rows);
    expect(await host.run(["status", "prod"])).toMatchObject({ code, stderr: "" });
  });

  test.each([
    ["the host cannot be reached", "echo 'ssh: connect to host docker.example.com port 22: timed out' >&2; exit 255"],
    [
      "its shell cannot read the program",
      "echo 'ssh: connect to host docker.example.com port 22: timed out' >&2; exit 2",
    ],
  ])("1 if %s, with the cause", async (_, end) => {
    host.standIn("ssh", end);
    const { code, stdout } = await host.run(["status", "prod"]);
    expect([code, stdout]).toEqual([1, expect.stringContaining("the host could not be asked: ssh: connect to host")]);
  });
});

test("each row has its mark, and what is wrong its fix; without a terminal there is no colour", async () => {
  answers({ memory: "wrong|the limit is 512M|npx cdktf deploy prod", health: "unknown|container exited|" });
  const { stdout } = await host.run(["status", "prod"]);
  expect(stdout).toMatch(
    /^prod: deploy@docker\.example\.com, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n\n✓ docker {8}fine\n/,
  );
  expect(stdout).toContain("\n✗ memory        the limit is 512M\n                fix: npx cdktf deploy prod\n");
  expect(stdout).toContain("\n? health        unknown: container exited\n✓ networks ");
  expect(stdout).toMatch(/\n✓ consumer n8n {2}fine\n(.*\n)*\n21 ok, 1 to fix, 1 unknown\n$/);
  expect(stdout).not.toContain("\x1b");
});

test("--json has the same, with the release and both sides of the gate", async () => {
  answers({ memory: "wrong|the limit is 512M|npx cdktf deploy prod" });
  const { code, stdout } = await host.run(["status", "prod", "--json"]);
  const { rows, ...whole } = JSON.parse(stdout);
  expect([code, whole]).toEqual([
    2,
    {
      ...{ environment: "prod", host: "deploy@docker.example.com", result: "wrong", cause: null },
      time: expect.stringMatching(/^\d{4}-.*Z$/),
    },
  ]);
  expect(rows).toContainEqual({
    name: "memory",
    result: "wrong",
    detail: "the limit is 512M",
    fix: "npx cdktf deploy prod",
  });
  expect(rows.map(({ name }: { name: string }) => name)).toEqual([
    ...["docker", "work", "container", "image", "release", "memory", "restarts", "health", "networks", "site"],
    ...["certificate", "VPN inside", "VPN outside", "sign-up", "consumer n8n"],
    ...["database", "files", "secrets", "backups", "schedule", "disk", "owner", "last deploy"],
  ]);
});

test("--json of a host that cannot be asked has no rows and the cause", async () => {
  host.standIn("ssh", "echo refused >&2; exit 255");
  const { stdout } = await host.run(["status", "prod", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ result: "failed", cause: expect.stringContaining("refused"), rows: [] });
});

test("the host is asked for what the environment file says", async () => {
  answers({});
  await host.run(["status", "prod"]);
  const [{ sent } = { sent: "" }] = host.calls("ssh");
  expect(inputIn(sent, "promises")?.split("\n")).toEqual(
    expect.arrayContaining([
      "memory acme_nocodb 512",
      "networks acme_nocodb nocodb acme_backend acme_frontend",
      "site acme_nocodb acme_caddy /opt/acme/configs/caddy/Caddyfile noco.acme.localhost /api/v1/health",
      "image acme_nocodb nocodb nocodb/nocodb:2026.10.1 000002026.000000010.000000001.",
      "consumer n8n false error /opt/acme/configs/n8n/n8n.env without a base",
      "schedule acme-nocodb-backup",
    ]),
  );
  expect(inputIn(sent, "environment")).toBe("prod");
});

test("restore tests and copies have rows if they are set", async () => {
  const copyTo = { repository: "sftp:backup@nas.example.com:/nocodb" };
  host = new NocodbHost({ prod: { ...settings, backups: { schedule: "daily", verify: "weekly", copyTo } } });
  answers({});
  await host.run(["status", "prod"]);
  const promises = inputIn(host.calls("ssh")[0]!.sent, "promises")!.split("\n");
  expect(promises).toContain("schedule acme-nocodb-backup daily");
  expect(promises).toContain("copies /opt/acme/backups/nocodb nocodb 90 sftp:backup@nas.example.com:/nocodb");
  const { unit } = stackJson(environment("prod", { backups: { ...environment("prod").backups, verify: "weekly" } }))
    .resource.null_resource!.nocodb_restore_test_schedule_timer!.triggers as Record<string, string>;
  expect(promises).toContain(`schedule ${unit} weekly`);
});

test("a disabled NocoDB has rows for what stays", async () => {
  host = new NocodbHost({ prod: { ...settings, subdomain: "" } });
  answers({});
  const { code, stdout } = await host.run(["status", "prod", "--json"]);
  expect([code, JSON.parse(stdout).rows.map(({ name }: { name: string }) => name)]).toEqual([
    0,
    ["docker", "work", "no container", "database", "files", "secrets", "backups", "schedule", "disk", "last deploy"],
  ]);
});

test("--watch takes a number of seconds", async () => {
  expect(await host.run(["status", "prod", "--watch", "0"])).toMatchObject({ code: 64, stdout: "" });
});
