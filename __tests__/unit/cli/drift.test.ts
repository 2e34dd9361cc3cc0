import { afterEach, beforeEach, expect, test } from "vitest";
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
