import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { embedded, link, programNames } from "../../../constructs/remote-host/link.mjs";
import { copyOfScripts, scratch, writeScript } from "../support/host-shell.js";
import { shellCode } from "../support/shell-code.js";

const project = fileURLToPath(new URL("../../..", import.meta.url));

/** Every script by its path under constructs/ or cli/. */
const scripts = new Map(
  ["constructs", "cli"].flatMap((folder) =>
    readdirSync(path.join(project, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".sh"))
      .map((file) => [file, readFileSync(path.join(project, folder, file), "utf8")] as const),
  ),
);
const files = [...scripts.keys()];
const textOf = (file: string) => scripts.get(file)!;

/** Those that run where Terraform runs, as they are. */
const local = files.filter((file) => textOf(file).startsWith("#!"));
const programs = programNames();
const libraries = files.filter((file) => !local.includes(file) && !programs.includes(file.replace(/\.sh$/, "")));

const START = "\n\nmain </dev/null\n";

/** The comment that a script begins with. */
function header(file: string): string[] {
  const lines = textOf(file)
    .replace(/^#!.*\n/, "")
    .split("\n");
  return lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith("#")),
  );
}
const fields = (file: string) => header(file).flatMap((line) => /^# (\w+) {2,}\S/.exec(line)?.[1] ?? []);

const definitions = (text: string) => [...text.matchAll(/^([a-z_]+)\(\) [{(]/gm)].map(([, name]) => name!);

describe("the header of a script", () => {
  test.each(files)("%s says what it changes, and what it needs", (file) => {
    expect(fields(file)).toContain("Changes");
    const needs = file !== "remote-host/common.sh" && !local.includes(file);
    expect(fields(file).includes("Needs")).toBe(needs);
  });

  test.each(files)("%s has its fields in the columns that the linker reads", (file) => {
    const named = header(file).filter((line, index) => index > 0 && /^#\s*(Expects|Changes|Prints|Needs)\b/.test(line));
    for (const line of named) expect(line).toMatch(/^# (Expects|Changes|Prints|Needs) {3,5}(?<=^.{12})\S/);
  });

  test.each([...programs.map((name) => `${name}.sh`), ...local])(
    "%s says what it prints, and that it may run twice",
    (file) => {
      expect(fields(file)).toContain("Prints");
      expect(header(file).join("\n")).toMatch(/may run twice/i);
    },
  );
});

describe("programs and libraries", () => {
  test("differ by the last line, which starts a program", () => {
    expect(programs.length).toBeGreaterThan(20);
    for (const name of programs) expect(textOf(`${name}.sh`).endsWith(START)).toBe(true);
    for (const file of libraries) expect([file, textOf(file).match(/^main\b.*/m)]).toEqual([file, null]);
  });

  test("are all in use: each library is part of a program", () => {
    const linked = new Set(programs.flatMap((name) => link(name).files));
    expect(libraries.filter((file) => !linked.has(file))).toEqual([]);
  });
});

/** Commands that run at once: libraries set the shell up and assign constants. */
const HARMLESS = /^(\+ (set -eu|umask 077|export LC_ALL=C|LC_ALL=C|trap .*|printf .*|[A-Za-z_]+=.*)|')?$/;

describe.each(programs)("%s, cut off by an interrupted connection,", (name) => {
  const { text } = link(name);

  test.each([
    ["before the line that starts it", text.slice(0, -START.length)],
    ["in its main function", text.slice(0, text.lastIndexOf("\nmain() {") + 12)],
    ["half way, at the end of a line", text.slice(0, text.lastIndexOf("\n", text.length / 2))],
  ])("%s, runs nothing", (_, cut) => {
    const trace = spawnSync("sh", ["-x", "-s"], { input: cut, encoding: "utf8" }).stderr.trim().split("\n");
    const ran = trace.filter((line) => line.startsWith("+ ") && !HARMLESS.test(line));
    expect(ran).toEqual([]);
  });
});

describe("every function that a program calls is defined in it:", () => {
  const known = new Set(files.flatMap((file) => definitions(textOf(file))));
  known.delete("main");

  /** The command words of a script, as far as they are functions' names. */
  function calls(text: string): string[] {
    const before = String.raw`(?:^|[;|&(){!])[ \t]*(?:(?:!|if|then|else|elif|do|while|until|\w+=\S*)[ \t]+)*`;
    const words = shellCode(text).matchAll(new RegExp(`${before}([a-z_]+)(?=[ ;)|&\n]|$)`, "gm"));
    return [...words].map(([, name]) => name!);
  }
  const undefinedIn = (text: string, names: Set<string>) => {
    const defined = new Set(definitions(text));
    return [...new Set(calls(text).filter((name) => names.has(name) && !defined.has(name)))];
  };

  test.each(programs)("%s", (name) => {
    const { text } = link(name);
    expect(undefinedIn(text, known)).toEqual([]);
    expect(calls(text)).toContain("main");
  });

  test.each([
    "fix",
    "  fix",
    "true && fix it",
    'echo "$(fix it)"',
    "if ! fix; then",
    "true || { fix; }",
    "while fix; do :; done",
    "true | fix",
    "(fix)",
    "case $1 in a) fix ;; esac",
    "LC_ALL=C fix",
    `echo "it's $(printf '%s' "$(fix)")"`,
  ])("%j counts as a call", (line) => {
    expect(undefinedIn(`main() {\n${line}\n}\n`, new Set(["fix"]))).toEqual(["fix"]);
  });

  test.each([
    ...["# fix", "true # (fix)", "echo fix", "fix=1", "cat <<TEXT\nfix\nTEXT", "fixed", "echo $((fix - 1))"],
    ...["awk '{ fix }'", 'echo "that; fix it"', `echo "it's"; echo "; fix"`, "echo \\' ; echo '; fix'"],
  ])("%j does not", (line) => {
    expect(undefinedIn(`main() {\n${line}\n}\n`, new Set(["fix"]))).toEqual([]);
  });
});

describe("the linker", () => {
  const root = scratch("linked");
  mkdirSync(path.join(root, "cli"));
  const write = (name: string, needs: string, text: string) =>
    writeScript(root, name, `# Changes   nothing.\n# Needs     ${needs}\n\n${text}`);
  const define = (name: string) => `${name}() {\n  :\n}\n`;
  const start = `${define("main")}\nmain </dev/null\n`;

  write("thing/base.sh", "", define("base"));
  write("thing/lib.sh", "thing/base.sh", define("lib"));
  write("thing/apply.sh", "thing/lib.sh\n#           thing/base.sh", start);

  test("puts each file once, behind what it needs", () => {
    expect(link("thing/apply", root)).toMatchObject({
      name: "thing/apply",
      files: ["thing/base.sh", "thing/lib.sh", "thing/apply.sh"],
    });
    expect(definitions(link("thing/apply", root).text)).toEqual(["base", "lib", "main"]);
    expect(programNames(root)).toContain("thing/apply");
  });

  test("links every file of a name for a pattern", () => {
    write("one/drift.sh", "", define("drift_one"));
    write("two/drift.sh", "", define("drift_two"));
    write("all/probe.sh", "**/drift.sh", start);
    expect(link("all/probe", root).files).toEqual(["one/drift.sh", "two/drift.sh", "all/probe.sh"]);
  });

  test("puts a file of a pattern once if another file of the pattern needs it", () => {
    write("first/look.sh", "second/look.sh", define("look_first"));
    write("second/look.sh", "", define("look_second"));
    write("all/look-all.sh", "**/look.sh", start);
    expect(link("all/look-all", root).files).toEqual(["second/look.sh", "first/look.sh", "all/look-all.sh"]);
  });

  test("reads the inputs of a program, and those of its libraries, from the headers", () => {
    const expects = (text: string) => `# Expects   ${text}\n#           $more.\n# Needs     `;
    writeScript(root, "inputs/lib.sh", `${expects("$salt;")}\n\n${define("lib")}`);
    writeScript(root, "inputs/apply.sh", `${expects("$path, [$mode]:")}inputs/lib.sh\n\n${start}`);
    expect(link("inputs/apply", root)).toMatchObject({
      inputs: ["path", "mode", "more"],
      optional: ["mode"],
      known: ["salt", "more", "path", "mode"],
    });
  });

  test("rejects files that need each other", () => {
    write("cycle/a.sh", "cycle/b.sh", define("a"));
    write("cycle/b.sh", "cycle/a.sh", define("b"));
    write("cycle/apply.sh", "cycle/a.sh", start);
    expect(() => link("cycle/apply", root)).toThrow(
      "host scripts need each other: cycle/apply.sh -> cycle/a.sh -> cycle/b.sh -> cycle/a.sh",
    );
  });

  test("rejects a file that does not exist", () => {
    write("unknown/apply.sh", "unknown/lbi.sh", start);
    expect(() => link("unknown/apply", root)).toThrow("unknown/apply.sh needs unknown/lbi.sh, which does not exist");
    expect(() => link("unknown/remove", root)).toThrow("the app needs unknown/remove.sh, which does not exist");
  });

  test("rejects a pattern that matches no file, and a path under both roots", () => {
    write("pattern/apply.sh", "**/drfit.sh", start);
    expect(() => link("pattern/apply", root)).toThrow("pattern/apply.sh needs **/drfit.sh, which matches no file");
    const both = scratch("both");
    for (const folder of ["constructs", "cli"]) {
      mkdirSync(path.join(both, folder, "thing"), { recursive: true });
      writeFileSync(path.join(both, folder, "thing/apply.sh"), start);
    }
    expect(() => link("thing/apply", both)).toThrow("thing/apply.sh is in several of constructs and cli: rename one");
  });

  test.each(["lib() {", "lib ()  {", "lib(){"])("rejects a function that two files define: %s", (head) => {
    write("twice/lib.sh", "thing/lib.sh", define("lib").replace("lib() {", head));
    write("twice/apply.sh", "twice/lib.sh", start);
    expect(() => link("twice/apply", root)).toThrow("thing/lib.sh and twice/lib.sh both define lib(): rename one");
  });

  test("makes a function of a TypeScript file, which prints what it was bundled into", () => {
    write("typed/apply.sh", "typed/call-it.ts", `main() {\n  call_it_js\n}\n\nmain </dev/null\n`);
    const javascript = "const tricky = `it's $HOME`;\n// \\n";
    const { files, text } = link("typed/apply", root, (file) => `${javascript}// ${file}`);
    expect(files).toEqual(["typed/call-it.ts", "typed/apply.sh"]);
    const printed = spawnSync("sh", ["-s"], { input: text, encoding: "utf8" }).stdout;
    expect(printed).toBe(`${javascript}// typed/call-it.ts\n`);
    expect(embedded(text)).toEqual(new Map([["call_it_js", `${javascript}// typed/call-it.ts`]]));
  });

  test("rejects a library as a program", () => {
    expect(() => link("thing/lib", root)).toThrow(
      'thing/lib.sh is a library: it does not end with the line "main </dev/null"',
    );
  });
});

describe("a new kind of host resource is one new folder:", () => {
  const root = copyOfScripts();
  const place = scratch("dummy");
  writeScript(
    root,
    "dummy/apply.sh",
    `# Expects   $key, $status, $path.
# Changes   writes the file. May run twice.
# Prints    nothing.
# Needs     remote-host/record.sh

main() {
  lock_host dummy
  echo content >"$path"
  printf 'kind=dummy\\npath=%s\\n' "$path" | write_record "$key" "$status"
}

main </dev/null
`,
  );
  writeScript(
    root,
    "dummy/drift.sh",
    `# Changes   nothing.
# Needs     remote-host/drift.sh

drift_dummy() {
  [ "$(cat -- "$(record_value path)")" = content ] || drift="dummy edited"
}
`,
  );
  writeScript(
    root,
    "dummy/requirements.sh",
    `# Changes   nothing.
# Needs     remote-host/require.sh

require_dummy() {
  [ -d "$1" ] || unmet "$1 does not exist: create it"
}
`,
  );
  // An engine without containers.
  const engine = '#!/bin/sh\n[ "$1" != network ] || echo network bridge\n';
  writeFileSync(path.join(place, "docker"), engine, { mode: 0o755 });
  const input = { records: `${place}/records`, key: "thing", status: "as deployed", path: `${place}/thing` };
  const run = (name: string, requirements = "") => {
    const assignments = Object.entries({ ...input, requirements }).map(([key, value]) => `${key}='${value}'\n`);
    const env = { ...process.env, PATH: `${place}:${process.env.PATH}` };
    const text = assignments.join("") + link(name, root).text;
    const { status, stdout, stderr } = spawnSync("sh", ["-s"], { input: text, encoding: "utf8", env });
    return { status, stdout, stderr };
  };

  test("its program runs, and the probe finds no drift", () => {
    expect(run("dummy/apply")).toEqual({ status: 0, stdout: "", stderr: "" });
    const { status, stdout } = run("remote-host/probe", `dummy ${place}`);
    expect([status, JSON.parse(stdout)]).toEqual([0, { unrecorded: expect.any(String), thing: "as deployed" }]);
  });

  test("the probe detects its drift", () => {
    writeFileSync(input.path, "edited\n");
    expect(JSON.parse(run("remote-host/probe").stdout)).toMatchObject({ thing: "dummy edited" });
  });

  test("the probe checks its requirements, and so does each program that checks them again", () => {
    const { status, stderr } = run("remote-host/probe", "dummy /no/where");
    expect([status, stderr]).toEqual([1, expect.stringContaining("- /no/where does not exist: create it")]);
    for (const name of ["before-create", "wait-healthy"]) {
      expect(link(`service-container/${name}`, root).files).toContain("dummy/requirements.sh");
    }
  });
});
