import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inputIn, NocodbHost } from "../../support/nocodb-host.js";

const name = "2026-11-24T030000Z-2026.09.0";
const files = {
  metadata: "service=nocodb\n",
  "database.dump": "the dump",
  "data.tar": "files",
  secrets: "KEY=s3same\n",
};

let host: NocodbHost;
let here: string;
beforeEach(() => {
  host = new NocodbHost();
  here = path.join(host.folder, "here");
  const there = path.join(host.folder, "there", name);
  mkdirSync(there, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(there, file), text);
  const described = Object.entries(files).map(
    ([file, text]) => `${file}=${text.length} ${createHash("sha256").update(text).digest("hex")}`,
  );
  host.standIn(
    "ssh",
    `if grep -q '^# Describes' "$sent"; then printf '%s\\n' name=${name} ${described.map((line) => `'${line}'`).join(" ")}
else tar -C "${path.dirname(there)}" -cf - ${name}; fi`,
  );
});
afterEach(() => host.remove());

test("the newest backup arrives under its name, and a second pull compares it", async () => {
  expect(await host.run(["backup", "pull", "prod", here])).toEqual({
    code: 0,
    stdout: `${path.join(here, name)}: 0.0 MB, as on docker.example.com by size and SHA-256\n`,
    stderr: "",
  });
  expect(readdirSync(path.join(here, name)).sort()).toEqual(Object.keys(files).sort());
  expect(host.calls("ssh").map(({ sent }) => inputIn(sent, "backup"))).toEqual(["latest", name]);
  expect(await host.run(["backup", "pull", "prod", here])).toMatchObject({
    code: 0,
    stdout: `${path.join(here, name)} exists already, as on the host by size and SHA-256\n`,
  });
});

test("a backup is chosen by its name", async () => {
  await host.run(["backup", "pull", "prod", here, name]);
  expect(inputIn(host.calls("ssh")[0]!.sent, "backup")).toBe(name);
});

test("a directory of that name with other content is not touched", async () => {
  mkdirSync(path.join(here, name), { recursive: true });
  expect(await host.run(["backup", "pull", "prod", here])).toEqual({
    code: 1,
    stdout: "",
    stderr: `${path.join(here, name)} exists and is not what the host has: move it away, and pull again\n`,
  });
  expect(readdirSync(path.join(here, name))).toEqual([]);
});

test("a directory that cannot be made is named, with what to do", async () => {
  writeFileSync(here, "");
  const below = path.join(here, "below");
  expect(await host.run(["backup", "pull", "prod", below])).toEqual({
    code: 1,
    stdout: "",
    stderr: `${below}: cannot be created (ENOTDIR): name a directory of this machine\n`,
  });
});
