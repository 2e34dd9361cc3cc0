import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NocodbHost } from "../../support/nocodb-host.js";
import { facts } from "./facts.js";

let host: NocodbHost;
beforeEach(() => {
  // A site on this machine that nobody serves, so that no test asks a real one.
  host = new NocodbHost({ prod: { domain: "acme.localhost", caddy: { publicPort: 1 } } });
});
afterEach(() => host.remove());

const file = (name: string) => path.join(host.folder, name);
const answers = (program: string, answer: string) => `if grep -q '^${program}' "$sent"; then ${answer}; exit 0; fi`;

/** A host that answers each question of a report. */
function standIn(): void {
  host.standIn(
    "ssh",
    [
      answers(
        '  \\[ ! -f "\\$(history_file)" \\]',
        "printf '1796000000\\03731\\037deploy\\037run-1\\037jane@laptop\\037i:1\\037done\\037site\\n'",
      ),
      answers("  note_usage ", "printf '1796000000 301 512 40000 20000\\nnonsense\\n1796000600 - 512 40000 20001\\n'"),
      "echo ok",
    ].join("\n"),
  );
}

test("--json prints status, history and usage as the host reports them", async () => {
  standIn();
  const { code, stdout } = await host.run(["report", "prod", "--json"]);
  expect(code).toBe(0);
  const { status, history, usage } = JSON.parse(stdout);
  expect(status).toMatchObject({ environment: "prod", host: "deploy@docker.example.com", cause: null });
  expect(history).toMatchObject([{ event: "deploy", seconds: 31, run: "run-1", changed: "site" }]);
  const disk = { limit: 512, diskSize: 40000 };
  expect(usage).toEqual([
    { time: new Date(1796000000_000).toISOString(), memory: 301, diskUsed: 20000, ...disk },
    { time: new Date(1796000600_000).toISOString(), memory: null, diskUsed: 20001, ...disk },
  ]);
});

test("-o writes the page, with the picture of the environment", async () => {
  standIn();
  const { code, stdout } = await host.run(["report", "prod", "-o", file("report.html")]);
  expect([code, stdout]).toEqual([0, `${file("report.html")}: written\n`]);
  expect(readFileSync(file("report.html"), "utf8")).toMatch(/^<!DOCTYPE html>\n[\s\S]*acme_nocodb[\s\S]*<\/html>\n$/);
});

test("-o in a directory that does not exist is refused before the host is asked", async () => {
  standIn();
  const page = file("none/report.html");
  expect(await host.run(["report", "prod", "-o", page])).toMatchObject({
    code: 64,
    stderr: `--output: ${page}: its directory does not exist; create it, or name another file\n`,
  });
  expect(host.calls("ssh")).toEqual([]);
});

test("a host that cannot be asked is told on the page, and the exit code is 1", async () => {
  host.standIn("ssh", "echo 'ssh: timed out' >&2; exit 255");
  const { code, stderr } = await host.run(["report", "prod", "-o", file("report.html")]);
  expect([code, stderr]).toEqual([1, expect.stringContaining("the host could not be asked: ssh: timed out")]);
  expect(readFileSync(file("report.html"), "utf8")).toContain("The host could not be asked: ssh: timed out");
});

describe("--from", () => {
  const from = (text: string) => {
    writeFileSync(file("facts.json"), text);
    return host.run(["report", "prod", "-o", file("report.html"), "--from", file("facts.json")]);
  };

  test("takes what --json printed, and does not ask the host", async () => {
    host.standIn("ssh", "exit 1");
    expect(await from(JSON.stringify(facts()))).toMatchObject({ code: 0 });
    expect(host.calls("ssh")).toEqual([]);
    expect(readFileSync(file("report.html"), "utf8")).toContain("1 ok, 1 to fix, 1 unknown");
  });

  test.each([
    ["is not JSON", "<html>", "is not JSON; make one with npx nocodb-host report prod --json"],
    ["holds something else", "{}", "status: Invalid input"],
    [
      "holds another environment",
      JSON.stringify(facts({ status: { ...facts().status, environment: "preprod" } })),
      "holds the facts of preprod, not of prod",
    ],
  ])("refuses a file that %s", async (_, text, message) => {
    const { code, stderr } = await from(text);
    expect([code, stderr]).toEqual([64, expect.stringContaining(message)]);
    expect(existsSync(file("report.html"))).toBe(false);
  });

  test("says which file does not exist", async () => {
    const words = ["report", "prod", "-o", file("report.html"), "--from", file("none.json")];
    expect(await host.run(words)).toMatchObject({
      code: 64,
      stderr: `--from: ${file("none.json")}: is not a file; make one with npx nocodb-host report prod --json\n`,
    });
  });
});

test.each([[[]], [["-o", "report.html", "--json"]]])("with %j it is not clear what to write", async (words) => {
  const { code, stderr } = await host.run(["report", "prod", ...words]);
  expect([code, stderr]).toEqual([64, expect.stringContaining("error: name the page with -o, or use --json")]);
});
