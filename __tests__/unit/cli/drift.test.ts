import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { environmentText, least } from "../support/environment-text.js";
import { inputIn, NocodbHost } from "../support/nocodb-host.js";

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost();
});
afterEach(() => host.remove());

const found = `no backup since 2026-11-24 03:00 UTC, and the schedule is daily: \`journalctl -u backup\` on the host says why
nocodb_env_file: owner root:root
nocodb_site: changed by hand: it is gone
drift: a deploy corrects it
`;
const answer = (text: string, code: number) => host.standIn("ssh", `cat <<'TEXT'\n${text}TEXT\nexit ${code}`);

test("no drift is exit code 0", async () => {
  answer("no drift in 12 records\n", 0);
  expect(await host.run(["drift", "prod"])).toEqual({ code: 0, stdout: "no drift in 12 records\n", stderr: "" });
});

test("drift is exit code 2, and every finding is printed", async () => {
  answer(found, 2);
  expect(await host.run(["drift", "prod"])).toEqual({ code: 2, stdout: found, stderr: "" });
});

test.each([
  ["the host cannot be reached", "", 255],
  ["a requirement is unmet", "", 1],
  ["the shell on the host cannot read the program", "", 2],
])("if %s, the exit code is 1: it could not check", async (_, text, code) => {
  answer(text, code);
  expect(await host.run(["drift", "prod"])).toMatchObject({ code: 1, stdout: "" });
});

test("--json tells records from late backups", async () => {
  answer(found, 2);
  const { code, stdout } = await host.run(["drift", "prod", "--json"]);
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toEqual({
    environment: "prod",
    drift: [
      { record: "nocodb_env_file", status: "owner root:root" },
      { record: "nocodb_site", status: "changed by hand: it is gone" },
    ],
    late: [found.split("\n")[0]],
  });
});

test("--json without drift has empty lists", async () => {
  answer("no drift in 12 records\n", 0);
  const { code, stdout } = await host.run(["drift", "prod", "--json"]);
  expect([code, JSON.parse(stdout)]).toEqual([0, { environment: "prod", drift: [], late: [] }]);
});

test("the host gets the records of the environment", async () => {
  answer("no drift in 12 records\n", 0);
  await host.run(["drift", "prod"]);
  const [{ words, sent } = { words: "", sent: "" }] = host.calls("ssh");
  expect(words).toMatch(/-l deploy .*docker\.example\.com sudo -n sh -s$/);
  expect(inputIn(sent, "records")).toBe("/opt/acme/configs/nocodb/records");
});

describe("of all environments", () => {
  /** A host by the name of its environment: `sleep` and `cat` stand for what happens there. */
  function hosts(answers: Readonly<Record<string, string>>): void {
    for (const name of Object.keys(answers)) {
      host.write(name, environmentText({ project: name, ssh: { ...least.ssh, host: `${name}.example.com` } }));
    }
    const cases = Object.entries(answers).map(([name, answer]) => `*${name}.example.com*)\n${answer}\n;;`);
    host.standIn("ssh", `case $* in\n${cases.join("\n")}\nesac`);
  }
  const inStep = "echo no drift in 12 records";
  const differs = `cat <<'TEXT'\n${found}TEXT\nexit 2`;
  const refused = "echo 'ssh: connect to host down.example.com port 22: Connection refused' >&2; exit 255";

  test("there is one line for each host, in the order of the names", async () => {
    hosts({ prod: `sleep 0.3; ${inStep}`, down: refused, other: differs });
    expect(await host.run(["drift", "--all"])).toEqual({
      code: 1,
      stdout: `down: deploy@down.example.com: unreachable: ssh: connect to host down.example.com port 22: Connection refused
other: deploy@other.example.com: 3 differences
prod: deploy@prod.example.com: in step
`,
      stderr: "",
    });
  });

  test.each([
    ["0 if all hosts are in step", { prod: inStep, other: inStep }, 0],
    ["2 if one has drift", { prod: inStep, other: differs }, 2],
    ["1 if one could not be checked", { prod: differs, other: refused }, 1],
  ])("the exit code is %s", async (_, answers, code) => {
    hosts(answers);
    expect(await host.run(["drift", "--all"])).toMatchObject({ code });
  });

  test("a host that hangs ends by the limit, is named, and stops no other", async () => {
    hosts({ prod: inStep, slow: 'sleep 2; touch "$0.went-on"' });
    const { code, stdout } = await host.run(["drift", "--all", "--limit", "1", "--at-once", "1"]);
    expect([code, stdout]).toEqual([
      1,
      "prod: deploy@prod.example.com: in step\nslow: deploy@slow.example.com: unreachable: no answer within 1 s\n",
    ]);
    await sleep(1500);
    expect(existsSync(path.join(host.folder, "bin/ssh.went-on"))).toBe(false);
  });

  test("no more hosts are asked at the same time than --at-once says", async () => {
    const busy = `mkdir "$0.busy" && sleep 0.2 && rmdir "$0.busy" && ${inStep}`;
    hosts({ prod: busy, one: busy, two: busy });
    expect(await host.run(["drift", "--all", "--at-once", "1"])).toMatchObject({ code: 0 });
    expect(await host.run(["drift", "--all"])).toMatchObject({ code: 1 });
  });

  test("an invalid environment file is reported, and the others are checked", async () => {
    hosts({ prod: inStep });
    host.write("broken", "project: acme\n");
    const { code, stdout, stderr } = await host.run(["drift", "--all"]);
    expect([code, stdout]).toEqual([1, "prod: deploy@prod.example.com: in step\n"]);
    expect(stderr).toMatch(/broken\.yaml: domain: is missing/);
  });

  test("--json has what the single form has, and the cause", async () => {
    hosts({ prod: differs, down: refused });
    const { stdout } = await host.run(["drift", "--all", "--json"]);
    const [down, prod] = JSON.parse(stdout);
    expect(prod).toMatchObject({ environment: "prod", result: "drift", drift: [{}, {}], late: [expect.any(String)] });
    expect(down).toEqual({
      ...{ environment: "down", host: "deploy@down.example.com", result: "unreachable", drift: [], late: [] },
      cause: "ssh: connect to host down.example.com port 22: Connection refused",
    });
  });

  test.each([[["drift"]], [["drift", "prod", "--all"]], [["drift", "--all", "--at-once", "0"]]])(
    "%j is a usage error",
    async (words) => {
      expect(await host.run(words)).toMatchObject({ code: 64, stdout: "" });
    },
  );
});
