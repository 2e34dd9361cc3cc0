import { access, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { PROVIDERS } from "../constructs/remote-host/providers.js";
import { cacheDirectory, cachedPart, contentKey } from "./cache.js";
import { must, run } from "./command.js";
import { ensurePrograms, programPath } from "./packages.js";
import { LabProblem } from "./problem.js";
import { phase, type Report } from "./progress.js";
import { prepareStandIns } from "./stand-in-providers/index.js";

/** Fetched if Terraform is not installed. Digests of the official release zips, by architecture. */
const RELEASE = {
  version: "1.11.4",
  sha256: {
    amd64: "1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc",
    arm64: "a43d1d0da9b9bab214a8305a39db0e40869572594ccf50c416a7756499143633",
  } as Record<string, string>,
};

/** Time limit for the installation of the real providers. */
const PROBE_SECONDS = 90;

export type ProviderKind = "real" | "stand-in";

export interface AvailableTerraform {
  readonly kind: ProviderKind;
  /** To add to the env of cdktf and Terraform. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Terraform and providers that work on this machine: the real providers if `terraform init` can install them with the
 * caller's configuration (registry, mirror, plugin cache), else the stand-ins of this repository. NOCODB_LAB_PROVIDERS=real
 * or stand-in forces a kind.
 *
 * @throws LabProblem without Terraform, or if the real providers are forced and cannot be installed
 */
export async function availableTerraform(report: Report = () => {}): Promise<AvailableTerraform> {
  const forced = forcedKind(process.env.NOCODB_LAB_PROVIDERS);
  const binary = await terraformBinary(report);
  const common = { TERRAFORM_BINARY_NAME: binary, CHECKPOINT_DISABLE: "1", CDKTF_SKIP_PROVIDER_LOCK: "true" };
  if (forced !== "stand-in") {
    const env = { ...common, ...(await pluginCache()) };
    const refusal = await whyNotReal(binary, env);
    if (refusal === undefined) {
      report("providers: real");
      return { kind: "real", env };
    }
    if (forced === "real") {
      throw new LabProblem(
        `terraform init cannot install the real providers: ${refusal}`,
        "Unset NOCODB_LAB_PROVIDERS to use the stand-ins instead",
      );
    }
  }
  const { cliConfigFile } = await prepareStandIns(cacheDirectory());
  report(`providers: stand-ins of this repository${forced ? "" : " (terraform init cannot install the real ones)"}`);
  // The caller's plugin cache would provide real ones, or keep stand-ins under the names of real ones.
  return { kind: "stand-in", env: { ...common, TF_CLI_CONFIG_FILE: cliConfigFile, TF_PLUGIN_CACHE_DIR: "" } };
}

/** What a shell needs to run cdktf as the lab does: `export NAME=VALUE …`, or nothing if it has all of it. */
export function exportsFor({ kind, env }: AvailableTerraform, shell: NodeJS.ProcessEnv = process.env): string {
  const wanted: Record<string, string | undefined> = {};
  const { TERRAFORM_BINARY_NAME: binary = "" } = env;
  if (binary.startsWith(cacheDirectory())) wanted.TERRAFORM_BINARY_NAME = binary;
  if (kind === "stand-in") {
    wanted.TF_CLI_CONFIG_FILE = env.TF_CLI_CONFIG_FILE;
    wanted.TF_PLUGIN_CACHE_DIR = env.TF_PLUGIN_CACHE_DIR;
  }
  const missing = Object.entries(wanted).filter(([name, value]) => (shell[name] ?? "") !== value);
  return missing.length === 0 ? "" : `export ${missing.map(([name, value]) => `${name}=${value}`).join(" ")}`;
}

/** @throws LabProblem for a value that is neither kind */
export function forcedKind(value: string | undefined): ProviderKind | undefined {
  if (value === undefined || value === "") return undefined;
  if (value === "real" || value === "stand-in") return value;
  throw new LabProblem(`NOCODB_LAB_PROVIDERS is "${value}"`, "Set it to real or stand-in, or unset it");
}

/** A plugin cache of the lab's own, unless the caller has configured Terraform. */
async function pluginCache(): Promise<Record<string, string>> {
  const configuration = process.env.TF_CLI_CONFIG_FILE || join(homedir(), ".terraformrc");
  if (process.env.TF_PLUGIN_CACHE_DIR || (await exists(configuration))) return {};
  const folder = join(cacheDirectory(), "terraform-plugins");
  await mkdir(folder, { recursive: true });
  // Without the second variable, Terraform uses a cached provider only if a lock file already names it.
  return { TF_PLUGIN_CACHE_DIR: folder, TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "true" };
}

async function whyNotReal(binary: string, env: Record<string, string>): Promise<string | undefined> {
  const cwd = await mkdtemp(join(tmpdir(), "nocodb-lab-providers-"));
  try {
    const configuration = { terraform: { required_providers: [PROVIDERS] } };
    await writeFile(join(cwd, "main.tf.json"), JSON.stringify(configuration));
    const init = await run([binary, "init", "-backend=false", "-input=false", "-no-color"], {
      ...{ cwd, env, timeoutSeconds: PROBE_SECONDS },
    });
    return init.code === 0 ? undefined : firstError(init.stderr);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

/** The first error in Terraform's output, in one line. */
export function firstError(said: string): string {
  const [title = said, why = ""] = said.slice(Math.max(said.search(/^Error: /m), 0)).split("\n\n");
  return (why || title).replace(/\s+/g, " ").trim();
}

/**
 * Removes the providers of the other kind from a folder in which `terraform init` ran. Both kinds have the same versions
 * but different bytes, so a lock file of one kind refuses the other.
 */
export async function forgetOtherProviders(stackFolder: string, kind: ProviderKind): Promise<void> {
  const note = join(stackFolder, ".providers");
  if ((await readFile(note, "utf8").catch(() => "")) === kind) return;
  for (const name of [".terraform.lock.hcl", ".terraform"]) {
    await rm(join(stackFolder, name), { recursive: true, force: true });
  }
  await mkdir(stackFolder, { recursive: true });
  await writeFile(note, kind);
}

/** The caller's Terraform, else the pinned release. */
async function terraformBinary(report: Report): Promise<string> {
  const name = process.env.TERRAFORM_BINARY_NAME || "terraform";
  const binary = name.includes("/") ? name : await programPath(name);
  if (!binary || !(await exists(binary))) {
    if (!process.env.TERRAFORM_BINARY_NAME) return fetchTerraform(report);
    throw new LabProblem(`TERRAFORM_BINARY_NAME is "${name}", which does not exist`, "Correct it, or unset it");
  }
  // A warning may come first, such as about a missing CLI configuration.
  const said = await must([binary, "version"], { env: { CHECKPOINT_DISABLE: "1" } });
  const release = /^(Terraform|OpenTofu) v\S+/m.exec(said)?.[0] ?? said.trim();
  if (!recentEnough(release)) {
    throw new LabProblem(`${binary} is ${release}`, "The app needs Terraform >= 1.10 or OpenTofu >= 1.11");
  }
  return binary;
}

/** Whether a release, such as `OpenTofu v1.11.0`, has ephemeral resources. */
export function recentEnough(release: string): boolean {
  const [, product, major, minor] = /^(\w+) v(\d+)\.(\d+)/.exec(release) ?? [];
  const least = product === "OpenTofu" ? 11 : 10;
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= least);
}

async function fetchTerraform(report: Report): Promise<string> {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const sha256 = RELEASE.sha256[architecture];
  const url = `https://releases.hashicorp.com/terraform/${RELEASE.version}/terraform_${RELEASE.version}_linux_${architecture}.zip`;
  const byHand = `Install Terraform >= 1.10 (https://developer.hashicorp.com/terraform/install) or OpenTofu >= 1.11 on PATH, or name its program in TERRAFORM_BINARY_NAME`;
  if (process.platform !== "linux" || !sha256) throw new LabProblem("There is no terraform on PATH", byHand);
  await ensurePrograms({ curl: "curl", unzip: "unzip", sha256sum: "coreutils" }, report);
  return cachedPart(`terraform-${RELEASE.version}-${contentKey({ sha256 })}`, (work) =>
    phase(report, `Terraform ${RELEASE.version}, fetched`, async () => {
      const zip = join(work, "terraform.zip");
      const got = await run(["curl", "-fsSL", "--connect-timeout", "10", "--max-time", "600", "-o", zip, url]);
      if (got.code !== 0) {
        throw new LabProblem(
          `There is no terraform on PATH, and ${url} cannot be fetched: ${got.stderr.trim()}`,
          byHand,
        );
      }
      await must(["sha256sum", "--check", "--quiet"], { input: `${sha256}  ${zip}\n` });
      await must(["unzip", "-q", zip, "terraform", "-d", work]);
      return join(work, "terraform");
    }),
  );
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
