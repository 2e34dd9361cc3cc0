import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { backends, copySources, filesIn, root, synthIn } from "../support/working-copy.js";

const directory = mkdtempSync(path.join(tmpdir(), "cdktn-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const packages = Object.keys(JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).dependencies);
const installed = (name: string) => path.join(root, "node_modules", name);

/**
 * A working copy in which `cdktf` is what npm puts there for `"cdktf": "npm:<library>@…"`. Packages that ask for cdktf
 * themselves are copied: node looks for it from where they really are.
 */
function workingCopyWith(library: string): string {
  const place = path.join(directory, library);
  copySources(place);
  for (const name of [...packages, "tsx"]) {
    const link = path.join(place, "node_modules", name);
    mkdirSync(path.dirname(link), { recursive: true });
    if (name.startsWith("@cdktf/")) cpSync(installed(name), link, { recursive: true });
    else symlinkSync(installed(name === "cdktf" ? library : name), link);
  }
  return place;
}

let outs: { cdktf: Record<string, string>; cdktn: Record<string, string> };
beforeAll(() => {
  const out = (library: string) => filesIn(synthIn(workingCopyWith(library)));
  outs = { cdktf: out("cdktf"), cdktn: out("cdktn") };
}, 120_000);

const metadata = (json: string) => JSON.parse(json)["//"].metadata;

/** The text without the block `//`, which names the library and its version. */
function withoutMetadata(text: string): string {
  const without = text.replace(/^ {2}"\/\/": \{\n(?: {4}.*\n)* {2}\},?\n/m, "");
  if (without === text) throw new Error("the JSON has no metadata");
  return without;
}

test("the successor of cdktf writes the same files", () => {
  expect(Object.keys(outs.cdktn)).toEqual(Object.keys(outs.cdktf));
  const others = Object.keys(outs.cdktf).filter((file) => !/cdk\.tf\.json$|^manifest\.json$/.test(file));
  expect(others).toContain("stacks/prod/assets/host_programs/sh/run-remote.sh");
  for (const file of others) expect(outs.cdktn[file], file).toBe(outs.cdktf[file]);
});

test.each(Object.keys(backends))("the successor of cdktf writes the same JSON for %s, byte for byte", (name) => {
  const file = `stacks/${name}/cdk.tf.json`;
  expect(withoutMetadata(outs.cdktn[file]!)).toBe(withoutMetadata(outs.cdktf[file]!));
  // Each of them ran where it was asked for.
  expect([outs.cdktf, outs.cdktn].map((files) => metadata(files[file]!).version)).toEqual(["0.21.0", "0.24.0"]);
});
