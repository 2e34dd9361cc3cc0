import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const cli = "cli";
const files = readdirSync(cli, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

/** Packages that a file loads at once, through its own imports and those of the files that it imports. */
function packagesOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  // What is imported as a type, or by import(), is not loaded at once.
  const statements = readFileSync(file, "utf8").matchAll(/^(?:import|export) (?!type )[^;]*?from "([^"]+)";/gm);
  return [...statements].flatMap(([, from = ""]) => {
    if (!from.startsWith(".")) return [from];
    const source = path.join(path.dirname(file), from).replace(/\.js$/, ".ts");
    return packagesOf(source, seen);
  });
}

test("only synthesized.ts loads cdktf, which takes longer than most verbs; the verbs that need it import it late", () => {
  const slow = files.filter((file) =>
    packagesOf(path.join(cli, file)).some((each) => /^(cdktf|constructs|@cdktf)(\/|$)/.test(each)),
  );
  expect(slow).toEqual(["synthesized.ts"]);
});

test("the packages of all verbs are few", () => {
  const packages = packagesOf(path.join(cli, "main.ts")).filter((each) => !each.startsWith("node:"));
  expect([...new Set(packages)].sort()).toEqual(["commander", "yaml", "zod"]);
});
