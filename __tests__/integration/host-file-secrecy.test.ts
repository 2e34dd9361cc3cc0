import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { asRoot, type Outcome, run, scratch } from "./host.js";

const directory = scratch("secrecy");
const path = `${directory}/a.env`;
const flag = `${directory}/written`;
const secrets = ["open'sesame", '"$(two)"', "three%%\\"];
const content = secrets.map((value, index) => `SECRET_${index}=${value}\n`).join("");

/** Until the flag is there: every command line, and every file that begins like ours, again and again. */
const WATCH = `
until [ -e "$2" ]; do
  cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\000" " " || true
  echo
  stat -c "file %a %u:%g %s %n" -- "$1"* "\${1%/*}/.\${1##*/}"* 2>/dev/null || true
done
rm "$2"`;

/** The command lines of this machine, on which Terraform would run. */
function commandLines(): string {
  const line = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    } catch {
      return ""; // it has ended meanwhile
    }
  };
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(line)
    .join("\n");
}

let outcome: Outcome;
let onTheHost: string;
let here = "";

beforeAll(async () => {
  const watching = asRoot(WATCH, path, flag);
  const input = { key: "a_file", status: "new", path, owner: "deploy", mode: "0640", unchanging: "", content };
  let running = true;
  const writing = run("host-file/apply", { ...input, records: `${directory}/records` }, { inject: "slowly" });
  const ended = writing.finally(() => (running = false));
  for (; running; await sleep(20)) here += commandLines();
  outcome = await ended;
  await asRoot(': >"$1"', flag);
  onTheHost = await watching;
});

test("the file exists in the end", async () => {
  expect(outcome.code).toBe(0);
  expect(await asRoot('cat "$1"', path)).toBe(content);
});

describe("while it is written", () => {
  test("only root can read it, and then those who are meant to", () => {
    const states = [...onTheHost.matchAll(/^file (\d+ \d+:\d+) (\d+) (.*)$/gm)].map(([, rights, size, name]) => ({
      rights,
      whole: Number(size) === content.length,
      temporary: name !== path,
    }));
    const seen = [
      ...new Set(states.filter(({ whole }) => whole).map(({ temporary, rights }) => `${temporary} ${rights}`)),
    ];
    expect(seen).toEqual(["true 600 0:0", "true 600 1001:1001", "true 640 1001:1001", "false 640 1001:1001"]);
    // Before it is whole it is not more open than that.
    expect([...new Set(states.filter(({ whole }) => !whole).map(({ rights }) => rights))].join()).toMatch(
      /^(600 0:0)?$/,
    );
  });

  test("no argument of a program on either side holds a part of it", () => {
    expect(here).toMatch(/run-remote\.sh host-file\/apply/);
    expect(onTheHost).toMatch(/sh -s/);
    for (const part of [...secrets, "sesame", "three%"]) {
      expect(here).not.toContain(part);
      expect(onTheHost).not.toContain(part);
    }
  });
});

test("the program prints nothing of it", () => {
  expect(outcome).toEqual({ code: 0, stdout: "", stderr: "" });
});

describe("a refusal shows no part of the content:", () => {
  const refused = (more: Record<string, string>) =>
    run("host-file/apply", {
      ...{ records: `${directory}/records`, key: "a_file", status: "new", path, owner: "deploy", mode: "0600" },
      ...{ unchanging: "", content },
      ...more,
    });

  test.each([
    ["an unknown owner", { owner: "no_such_user" }],
    ["an invalid mode", { mode: "rw" }],
    ["a missing directory", { path: `${directory}/missing/a.env` }],
    ["a variable that must not change", { content: content.replace("open", "shut"), unchanging: "SECRET_0" }],
  ])("%s", async (_, more) => {
    const { code, stdout, stderr } = await refused(more);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).not.toBe("");
    for (const part of [...secrets, "sesame", "three%"]) expect(stderr).not.toContain(part);
    expect(await asRoot('ls -A "$1"', directory)).toBe("a.env\nrecords\n");
  });
});
