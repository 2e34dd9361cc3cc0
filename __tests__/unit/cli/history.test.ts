import { afterEach, beforeEach, expect, test } from "vitest";
import { NocodbHost } from "../support/nocodb-host.js";

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost();
});
afterEach(() => host.remove());

const answer = (...lines: string[]) =>
  host.standIn("ssh", `cat <<'TEXT' | tr '|' '\\037'\n${lines.map((line) => `${line}\n`).join("")}TEXT`);

const deployed =
  "1795990860|48|deploy|process 712|jane@laptop|nocodb/nocodb:2026.10.1|done|image nocodb/nocodb:2026.10.1";
const failed = "1795991000|3|rotation|run-Abc1|tfc@agent||failed|token of n8n: NocoDB does not answer";

test("each event is a line, the newest last", async () => {
  answer(deployed, failed);
  expect(await host.run(["history", "prod"])).toEqual({
    code: 0,
    stderr: "",
    stdout: `2026-11-29 22:21 UTC  deploy    done      48 s  jane@laptop  nocodb/nocodb:2026.10.1  image nocodb/nocodb:2026.10.1
2026-11-29 22:23 UTC  rotation  failed     3 s  tfc@agent, run run-Abc1  no image  token of n8n: NocoDB does not answer
`,
  });
});

test("--json has the same; only a remote run has an id", async () => {
  answer(deployed, failed);
  const { stdout } = await host.run(["history", "prod", "--json"]);
  expect(JSON.parse(stdout)).toEqual([
    {
      ...{ time: "2026-11-29T22:21:00.000Z", event: "deploy", result: "done", seconds: 48, origin: "jane@laptop" },
      ...{ run: null, image: "nocodb/nocodb:2026.10.1", changed: "image nocodb/nocodb:2026.10.1" },
    },
    expect.objectContaining({ event: "rotation", result: "failed", run: "run-Abc1", image: "" }),
  ]);
});

test("a host without a history says so", async () => {
  answer();
  expect(await host.run(["history", "prod"])).toMatchObject({
    code: 0,
    stdout: "Nothing is in the history of the host.\n",
  });
  expect(await host.run(["history", "prod", "--json"])).toMatchObject({ stdout: "[]\n" });
});

test("a host that cannot be reached is exit code 1", async () => {
  host.standIn("ssh", "exit 255");
  expect(await host.run(["history", "prod"])).toMatchObject({ code: 1, stdout: "" });
});
