import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const constructs = fileURLToPath(new URL("..", import.meta.url));
const cache = fileURLToPath(new URL("../../node_modules/.cache/nocodb-host-programs", import.meta.url));

const OPTIONS = {
  bundle: true,
  write: false,
  metafile: true,
  logLevel: "silent",
  tsconfigRaw: "{}",
  platform: "node",
  target: "node18",
  format: "iife",
  charset: "utf8",
  legalComments: "none",
} as const;

/** A bundle, and what it was made of: the digests of all its sources by their paths, and of esbuild with its options. */
interface Kept {
  readonly maker: string;
  readonly sources: Readonly<Record<string, string>>;
  readonly text: string;
}

/**
 * A TypeScript file and its imports as one JavaScript program for Node.js 18, which NocoDB's images have or exceed. The
 * text is the same on every machine: the gate knows it by its digest (ci/bundles.json).
 *
 * @param file path under constructs/
 */
export function bundle(file: string): string {
  return make(file).text;
}

/**
 * The same, but of a former run if no source, package or option has changed since: to start esbuild takes longer.
 *
 * @param folder where bundles are kept; one that cannot be written to only makes the next run slower
 */
export function keptBundle(file: string, folder = cache): string {
  const place = path.join(folder, `${file.replaceAll("/", "-")}.json`);
  const former = read(place);
  if (former !== undefined && isCurrent(former)) return former.text;
  const made = make(file);
  keep(place, made);
  return made.text;
}

function make(file: string): Kept {
  // Only here, because few commands need a program with JavaScript in it.
  const { buildSync }: typeof import("esbuild") = createRequire(import.meta.url)("esbuild");
  const { outputFiles, metafile } = buildSync({ ...OPTIONS, absWorkingDir: constructs, entryPoints: [file] });
  const sources = Object.keys(metafile.inputs).map((source) => [source, digestOf(source)]);
  return { maker: maker(), sources: Object.fromEntries(sources), text: outputFiles[0]!.text.trimEnd() };
}

function maker(): string {
  const { version } = createRequire(import.meta.url)("esbuild/package.json");
  return JSON.stringify({ version, ...OPTIONS });
}

function digestOf(source: string): string {
  return createHash("sha256")
    .update(readFileSync(path.join(constructs, source)))
    .digest("hex");
}

function isCurrent(kept: Kept): boolean {
  try {
    return kept.maker === maker() && Object.entries(kept.sources).every(([source, sum]) => digestOf(source) === sum);
  } catch {
    return false; // A source is gone.
  }
}

function read(place: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(place, "utf8"));
  } catch {
    return undefined;
  }
}

function keep(place: string, made: Kept): void {
  const fresh = `${place}-${process.pid}`;
  try {
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(fresh, JSON.stringify(made));
    renameSync(fresh, place);
  } catch {}
}
