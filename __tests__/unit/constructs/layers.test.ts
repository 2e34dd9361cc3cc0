import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const project = fileURLToPath(new URL("../../..", import.meta.url));

function modulesIn(folder: string): string[] {
  return readdirSync(path.join(project, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(ts|mjs)$/.test(file))
    .map((file) => path.join(folder, file));
}

/** The imports of a module: paths from the project's folder, or names of packages. */
function imports(file: string): string[] {
  const text = readFileSync(path.join(project, file), "utf8");
  const found = [...text.matchAll(/^(?:import|export)\b(?:[^"';]*\bfrom)? "([^"]+)";/gm)].map(([, name]) => name!);
  return found.map((name) =>
    name.startsWith(".") ? path.join(path.dirname(file), name).replace(/\.js$/, ".ts") : name,
  );
}

const isCdktf = (name: string) => name === "cdktf" || name === "constructs" || name.startsWith("@cdktf/");

/** Everything that a module imports, directly or through others. */
function reached(file: string, found = new Set<string>()): Set<string> {
  for (const each of imports(file)) {
    if (found.has(each)) continue;
    found.add(each);
    if (/\.(ts|mjs)$/.test(each)) reached(each, found);
  }
  return found;
}

/** `from -> to` for each import that is not allowed. */
const violations = (files: string[], isForbidden: (name: string, file: string) => boolean) =>
  files.flatMap((file) =>
    imports(file)
      .filter((name) => isForbidden(name, file))
      .map((name) => `${file} -> ${name}`),
  );

const top = (name: string) => name.split("/")[0]!;

describe("no import leads upward:", () => {
  test("imports are found", () => {
    expect(imports("constructs/caddy-site/caddy-site.ts")).toEqual([
      ...["cdktf", "constructs", "constructs/remote-host/host-removal.ts", "constructs/remote-host/host-resource.ts"],
      ...["constructs/remote-host/remote-host.ts", "constructs/caddy-site/render.ts"],
    ]);
    expect(imports("settings/environment.ts")).toContain("settings/defaults.ts");
  });

  test("constructs know nothing of environments, stacks or commands", () => {
    const above = ["settings", "stacks", "cli", "tools", "lab", "bench", "ci", "main.ts"];
    expect(violations(modulesIn("constructs"), (name) => above.includes(top(name)))).toEqual([]);
  });

  test("constructs/remote-host imports no other construct", () => {
    const isOther = (name: string) => name.startsWith("constructs/") && !name.startsWith("constructs/remote-host/");
    expect(violations(modulesIn("constructs/remote-host"), isOther)).toEqual([]);
  });

  test("stacks do not import commands, nor main.ts", () => {
    expect(
      violations(modulesIn("stacks"), (name) => ["cli", "tools", "lab", "ci", "main.ts"].includes(top(name))),
    ).toEqual([]);
  });

  test("the product does not import the lab or the tools", () => {
    const product = ["constructs", "settings", "stacks", "cli"].flatMap(modulesIn);
    expect(
      violations([...product, "main.ts"], (name) => ["lab", "tools", "bench", "__tests__"].includes(top(name))),
    ).toEqual([]);
  });
});

describe("host scripts follow the same layers:", () => {
  const scripts = readdirSync(path.join(project, "constructs"), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".sh"),
  );
  const needs = (file: string) => {
    const text = readFileSync(path.join(project, "constructs", file), "utf8");
    const [, field = ""] = /^# Needs {5}(.*(?:\n# {11}.*)*)/m.exec(text) ?? [];
    return field.split(/[\s#]+/).filter(Boolean);
  };

  test("those of constructs need no script of a command", () => {
    const all = scripts.flatMap(needs);
    expect(all.length).toBeGreaterThan(50);
    expect(all.filter((each) => !/^\*\*\/|\.c?[jt]s$/.test(each) && !scripts.includes(each))).toEqual([]);
  });

  test("those of constructs/remote-host name no other construct's", () => {
    const own = scripts.filter((file) => file.startsWith("remote-host/")).flatMap(needs);
    expect(own.filter((each) => !/^(remote-host|\*\*)\//.test(each))).toEqual([]);
  });
});

describe("without cdktf, which takes a second to load, are", () => {
  test("all settings, and everything that they import", () => {
    const loaded = modulesIn("settings").flatMap((file) => [...reached(file)]);
    expect(loaded.filter(isCdktf)).toEqual([]);
  });

  test.each([
    ...["ssh.ts", "shell-word.ts", "program.ts", "link.mjs"].map((file) => `constructs/remote-host/${file}`),
    "constructs/alerts/alert-policy.ts",
    "constructs/backup/backup-policy.ts",
    "constructs/nocodb/secrets.ts",
    "constructs/service-container/image-reference.ts",
    "constructs/service-container/cpus.ts",
    "constructs/caddy-site/render.ts",
  ])("%s, and everything that it imports", (file) => {
    expect([...reached(file)].filter(isCdktf)).toEqual([]);
  });
});

test("the linker imports no package, because the gate runs it where none is installed", () => {
  expect(imports("constructs/remote-host/link.mjs").filter((name) => !name.startsWith("node:"))).toEqual([]);
});
