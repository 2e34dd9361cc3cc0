// Bundles the operator's program and the synth into JavaScript once, each with its packages. To translate and find them at
// each start, file by file, takes longer than most commands run.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import module from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./packages.mjs";

const SOURCES = ["main.ts", "cli", "constructs", "settings", "stacks", "package-lock.json"];
const cache = path.join(root, "node_modules", ".cache", "nocodb-host");

/**
 * The address of a bundle, which is kept until a source or a package changes.
 *
 * @param {"cli/main" | "main"} source its path, without .ts
 * @throws an error with a code such as EROFS if it cannot be kept
 */
export async function bundled(source) {
  const folder = path.join(cache, stateOfSources());
  if (!existsSync(folder)) {
    const fresh = `${folder}-${process.pid}`;
    mkdirSync(cache, { recursive: true });
    for (const old of readdirSync(cache)) rmSync(path.join(cache, old), { recursive: true, force: true });
    await bundle(fresh);
    renameSync(fresh, folder);
  }
  module.enableCompileCache?.(path.join(folder, "compiled")); // Node 20 has none.
  return pathToFileURL(path.join(folder, `${source}.js`)).href;
}

/** A digest that changes with a source, a package, the project's folder or Node. */
function stateOfSources() {
  const hash = createHash("sha256").update(`${root} ${process.version}`);
  for (const source of SOURCES) {
    const top = path.join(root, source);
    const files = statSync(top).isDirectory() ? readdirSync(top, { recursive: true, encoding: "utf8" }).sort() : [""];
    for (const file of files) {
      const { size, mtimeMs } = statSync(path.join(top, file));
      if (/^$|\.m?[jt]s$/.test(file)) hash.update(`${source}/${file} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest("hex").slice(0, 16);
}

async function bundle(outdir) {
  const { build } = await import("esbuild");
  await build({
    ...{ entryPoints: ["cli/main.ts", "main.ts"], absWorkingDir: root, outbase: root, outdir, logLevel: "error" },
    ...{ bundle: true, splitting: true, platform: "node", format: "esm", target: "node20", external: ["esbuild"] },
    banner: { js: 'import { createRequire as from } from "node:module"; const require = from(import.meta.url);' },
    plugins: [
      {
        name: "sources find the files beside them",
        setup: (build) => build.onLoad({ filter: /\.m?ts$|link\.mjs$/ }, withOwnUrl),
      },
    ],
  });
}

function withOwnUrl({ path: file }) {
  if (file.includes("node_modules")) return undefined;
  const contents = readFileSync(file, "utf8").replaceAll("import.meta.url", JSON.stringify(pathToFileURL(file).href));
  return { contents, loader: file.endsWith("ts") ? "ts" : "js" };
}
