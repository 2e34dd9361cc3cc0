import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundle, keptBundle } from "../../../../constructs/remote-host/bundle.js";

const FILE = "nocodb/consumers/api/consumers-api.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "bundles-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Changes what a former run has kept, which shows whether a bundle comes from there. */
function change(edit: (kept: { maker: string; sources: Record<string, string>; text: string }) => void): void {
  const place = path.join(folder, readdirSync(folder)[0]!);
  const kept = JSON.parse(readFileSync(place, "utf8"));
  edit(kept);
  writeFileSync(place, JSON.stringify(kept));
}

test("a bundle is made once, and is the one that the gate knows", () => {
  expect(keptBundle(FILE, folder)).toBe(bundle(FILE));
  change((kept) => {
    kept.text = "kept";
  });
  expect(keptBundle(FILE, folder)).toBe("kept");
});

test.each<[string, Parameters<typeof change>[0]]>([
  ["a source has changed", ({ sources }) => Object.assign(sources, { [FILE]: "another digest" })],
  ["a source is gone", ({ sources }) => Object.assign(sources, { "nocodb/gone.ts": "its digest" })],
  ["esbuild or an option is another", (kept) => Object.assign(kept, { maker: "{}" })],
])("it is made again if %s", (_, edit) => {
  keptBundle(FILE, folder);
  change((kept) => {
    kept.text = "kept";
    edit(kept);
  });
  expect(keptBundle(FILE, folder)).toBe(bundle(FILE));
});

test("it knows all of its sources", () => {
  keptBundle(FILE, folder);
  change(({ sources }) => {
    expect(Object.keys(sources).length).toBeGreaterThan(3);
    expect(sources).toHaveProperty([FILE]);
  });
});

test("a folder that cannot be written to does no harm", () => {
  writeFileSync(path.join(folder, "file"), "");
  expect(keptBundle(FILE, path.join(folder, "file"))).toBe(bundle(FILE));
});
