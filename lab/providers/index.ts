import { createHash, randomUUID } from "node:crypto";
import { chmod, mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const sources = fileURLToPath(new URL(".", import.meta.url));

/** What is stood in for, at the versions the app pins. */
const packages = [
  "kreuzwerker/docker/4.5.0",
  "hashicorp/random/3.7.2",
  "hashicorp/null/3.2.4",
  "hashicorp/external/2.4.0",
];
/** OpenTofu resolves the same names at its own registry. */
const registries = ["registry.terraform.io", "registry.opentofu.org"];
const platforms = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"];

/**
 * Makes a provider mirror of the stand-ins under `cacheDir` and a Terraform CLI configuration that uses it; both hold
 * no reference to this clone. Name the file in TF_CLI_CONFIG_FILE.
 *
 * May run at any time and several times at once: every file is complete before it gets its name, and one that is there
 * already is compared byte by byte. Making the bundle takes less time than a start of Terraform, so it is always made:
 * nothing has to be trusted. Its name says its content, and the clone that ran this last decides which one is used.
 */
export async function prepareStandIns(cacheDir: string): Promise<{ cliConfigFile: string }> {
  const home = join(cacheDir, "stand-in-providers");
  const code = await bundled();
  const bundle = `provider-${createHash("sha256").update(code).digest("hex").slice(0, 16)}.cjs`;
  await place(join(home, bundle), code);
  await place(join(home, "provider.mjs"), launcher(bundle));

  const mirror = join(home, "mirror");
  for (const folder of product(registries, packages, platforms)) {
    const [, type, version] = folder[1]!.split("/") as [string, string, string];
    const file = join(mirror, ...folder, `terraform-provider-${type}_v${version}`);
    await place(file, wrapper(type), 0o755);
  }
  const cliConfigFile = join(home, "terraform.rc");
  await place(cliConfigFile, cliConfig(mirror));
  return { cliConfigFile };
}

/**
 * What Terraform starts. Its bytes are hashed into .terraform.lock.hcl, so they must be the same on every machine and
 * for every version of the stand-ins: the bundle is found from the place of this file, six folders up. (Terraform
 * links the folder into .terraform, hence `pwd -P`.)
 */
function wrapper(type: string): string {
  return `#!/bin/sh
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
exec node "$here/../../../../../../provider.mjs" ${type}
`;
}

/**
 * Runs the bundle with what V8 compiled of it the last time, kept beside it for each version of node: half of what a
 * provider's start costs is compiling, and a plan starts nine. A cache that does not fit is refused by V8 itself.
 */
function launcher(bundle: string): string {
  return `import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

const filename = fileURLToPath(new URL("./${bundle}", import.meta.url));
const cache = filename + "." + process.version + "-" + process.arch;
let cachedData;
try {
  cachedData = readFileSync(cache);
} catch {}
const code = "(function (require) {" + readFileSync(filename, "utf8") + "\\n})";
const script = new Script(code, { filename, cachedData });
if (!cachedData || script.cachedDataRejected) process.on("exit", keep);
script.runInThisContext()(createRequire(import.meta.url));

function keep(status) {
  if (status !== 0) return;
  try {
    const temporary = cache + "." + process.pid;
    writeFileSync(temporary, script.createCachedData());
    renameSync(temporary, cache);
  } catch {}
}
`;
}

function cliConfig(mirror: string): string {
  const names = registries.flatMap((registry) => packages.map((name) => `${registry}/${name.replace(/\/[^/]*$/, "")}`));
  const list = JSON.stringify(names);
  return `# Terraform CLI configuration: the lab's stand-in providers instead of the registry's.
provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirror)}
    include = ${list}
  }
  direct {
    exclude = ${list}
  }
}
`;
}

async function bundled(): Promise<Uint8Array> {
  const result = await build({
    entryPoints: [join(sources, "main.ts")],
    absWorkingDir: sources,
    bundle: true,
    minify: true,
    write: false,
    platform: "node",
    target: "node20.9",
    format: "cjs",
    logLevel: "error",
  });
  return result.outputFiles[0]!.contents;
}

/** Writes a file under a temporary name and renames it, unless it is already there with this content. */
async function place(file: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  const wanted = Buffer.from(content);
  const present = await readFile(file).catch(() => undefined);
  if (present?.equals(wanted)) return;
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}.tmp`;
  const handle = await open(temporary, "w", mode);
  await handle.writeFile(wanted);
  await handle.sync();
  await handle.close();
  await chmod(temporary, mode);
  await rename(temporary, file);
}

function product(...axes: string[][]): string[][] {
  return axes.reduce<string[][]>((rows, axis) => rows.flatMap((row) => axis.map((value) => [...row, value])), [[]]);
}
