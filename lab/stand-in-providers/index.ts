import { createHash, randomUUID } from "node:crypto";
import { chmod, mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { PROVIDERS } from "../../constructs/remote-host/providers.js";

const sources = fileURLToPath(new URL(".", import.meta.url));

const packages = Object.values(PROVIDERS);
/** OpenTofu resolves the same names at its own registry. */
const registries = ["registry.terraform.io", "registry.opentofu.org"];
const platforms = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"];

/**
 * Makes a provider mirror of the stand-ins in `cacheDir` and a Terraform CLI configuration that uses it. Neither refers
 * to this clone. Name the file in TF_CLI_CONFIG_FILE.
 *
 * May run at any time and several times at once: every file is complete before it gets its name, and an existing file is
 * compared byte by byte. The bundle is always built, so that no old one must be trusted: that takes less time than
 * a start of Terraform. The bundle's name is a digest of its content, and the clone that ran this last decides which one is used.
 */
export async function prepareStandIns(cacheDir: string): Promise<{ cliConfigFile: string }> {
  const home = join(cacheDir, "stand-in-providers");
  const code = await bundled();
  const bundle = `provider-${createHash("sha256").update(code).digest("hex").slice(0, 16)}.cjs`;
  await place(join(home, bundle), code);
  await place(join(home, "provider.mjs"), launcher(bundle));

  const mirror = join(home, "mirror");
  for (const { source, version } of packages) {
    const type = source.split("/")[1]!;
    const folders = registries.flatMap((registry) =>
      platforms.map((platform) => [registry, source, version, platform]),
    );
    for (const folder of folders) {
      await place(join(mirror, ...folder, `terraform-provider-${type}_v${version}`), wrapper(type), 0o755);
    }
  }
  const cliConfigFile = join(home, "terraform.rc");
  await place(cliConfigFile, cliConfig(mirror));
  return { cliConfigFile };
}

/**
 * The program that Terraform starts. Its bytes are hashed into .terraform.lock.hcl, so they must be the same on every
 * machine and for every version of the stand-ins: it finds the bundle from its own place, six folders up. (Terraform
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
 * Runs the bundle with V8's compile cache, kept beside it for each version of Node: compiling is half of a provider's
 * start, and a plan starts nine providers. V8 itself refuses a cache that does not fit.
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
  const names = registries.flatMap((registry) => packages.map(({ source }) => `${registry}/${source}`));
  const list = JSON.stringify(names);
  return `# Terraform CLI configuration: stand-in providers instead of the registry's.
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
