import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { environmentText } from "./environment-text.js";

export const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Environments by name, with one backend each. */
export const backends: Readonly<Record<string, object>> = {
  prod: { type: "local" },
  team: { type: "cloud", organization: "acme", workspaces: { name: "nocodb" } },
  tagged: { type: "cloud", hostname: "tfe.acme.org", organization: "acme", workspaces: { tags: ["nocodb"] } },
  enterprise: { type: "remote", hostname: "tfe.acme.org", organization: "acme", workspaces: { name: "nocodb" } },
  bucket: { type: "s3", bucket: "acme-state", region: "eu-central-1" },
  database: { type: "pg" },
};

/** Copies the sources of a synth, with those environments, into a folder of their own, without node_modules. */
export function copySources(place: string): void {
  const sources = ["main.ts", "cli", "constructs", "stacks", "settings", "package.json", "tsconfig.json", "cdktf.json"];
  for (const each of sources) cpSync(path.join(root, each), path.join(place, each), { recursive: true });
  mkdirSync(path.join(place, "environments"));
  for (const [name, backend] of Object.entries(backends)) {
    writeFileSync(path.join(place, "environments", `${name}.yaml`), environmentText({ project: name, backend }));
  }
}

/**
 * Runs main.ts in a working copy.
 *
 * @param before shell words in front of it
 * @returns the folder that it wrote
 * @throws with its standard error, if it printed anything there or failed
 */
export function synthIn(place: string, env: Readonly<Record<string, string>> = {}, before = ""): string {
  const { CDKTF_OUTDIR: _, NOCODB_ENVIRONMENTS: __, ...own } = { ...process.env, ...env };
  const command = ["-c", `${before} exec "$0" --import tsx main.ts`, process.execPath];
  const { status, stderr } = spawnSync("sh", command, { cwd: place, env: own, encoding: "utf8" });
  if (status !== 0 || stderr !== "") throw new Error(`status ${status}: ${stderr}`);
  return path.join(place, "cdktf.out");
}

/** Every file below a folder, by its path. */
export function filesIn(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const paths = files.map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name))).sort();
  return Object.fromEntries(paths.map((each) => [each, readFileSync(path.join(folder, each), "utf8")]));
}
