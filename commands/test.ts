// npm test [-- TIER… [VITEST ARGUMENT…]]
//
// Without arguments: lint and format, types, shellcheck, then the tiers unit, integration and e2e, and e2e once more with
// OpenTofu. With tiers: only those. What this machine cannot run is said and counted as skipped. The last line is
// `N passed, N failed, N skipped`.
import { type StdioOptions, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { differencesOf, FAULTS, recordedFaults, TABLE } from "./fault-table.js";
import { type Counts, countReport, failed, passed, sum, whyNotOnAHost } from "./test-counts.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = (tool: string) => path.join(root, "node_modules", ".bin", tool);
const tiers = ["unit", "integration", "e2e"];

/** Runs a program to its end; with `show`, its output goes straight to the terminal. */
function run(
  program: string,
  parameters: string[],
  { show = false, env = {} }: { show?: boolean; env?: Record<string, string> } = {},
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const stdio = show ? "inherit" : (["ignore", "pipe", "pipe"] satisfies StdioOptions);
    const child = spawn(program, parameters, { cwd: root, env: { ...process.env, ...env }, stdio });
    let output = "";
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    child.on("error", (error) => resolve({ code: 127, output: String(error) }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

async function step(title: string, program: string, parameters: string[]): Promise<Counts> {
  const start = Date.now();
  const { code, output } = await run(program, parameters);
  console.log(`${title}: ${code === 0 ? "ok" : "FAILED"} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  if (code !== 0) console.log(output.trimEnd());
  return code === 0 ? passed : failed;
}

function skip(title: string, reason: string, count = 1): Counts {
  console.log(`${title}: skipped, ${reason}`);
  return { passed: 0, failed: 0, skipped: count };
}

const rootOnDebian = () => process.getuid?.() === 0 && existsSync("/etc/debian_version");

async function whyNoHost(): Promise<string | undefined> {
  return whyNotOnAHost(
    await run("docker", ["version", "--format", "{{.Server.Version}}"]),
    rootOnDebian() && !process.env.DOCKER_HOST,
  );
}

function skipTier(tier: string, reason: string, how = ""): Counts {
  const files = readdirSync(path.join(root, "__tests__", tier)).filter((file) => file.endsWith(".test.ts"));
  return skip(`${tier}${how}, ${files.length} files`, reason, files.length);
}

async function shellcheck(): Promise<Counts> {
  const listed = await run("git", [
    "ls-files",
    "-z",
    "--cached",
    "--others",
    "--exclude-standard",
    "--",
    "*.sh",
    ".ci/run",
  ]);
  const scripts = listed.output.split("\0").filter((file) => file !== "" && existsSync(path.join(root, file)));
  if (listed.code !== 0) return skip("shellcheck", "this folder is no git clone, so there is no list of scripts");
  const found = async () => (await run("shellcheck", ["--version"])).code === 0;
  if (!(await found())) {
    if (!rootOnDebian()) return skip("shellcheck", "it is not installed; install the package shellcheck");
    console.log("shellcheck: apt-get install shellcheck");
    const install = ["-c", "apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq shellcheck"];
    const { output } = await run("sh", install);
    if (!(await found()))
      return skip("shellcheck", `apt-get could not install it: ${output.trim().split("\n").at(-1)}`);
  }
  return step(`shellcheck of ${scripts.length} scripts`, "shellcheck", scripts);
}

async function vitest(projects: string[], parameters: string[], env: Record<string, string> = {}): Promise<Counts> {
  const directory = mkdtempSync(path.join(tmpdir(), "vitest-report-"));
  const report = path.join(directory, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  try {
    const selected = projects.flatMap((project) => ["--project", project]);
    const { code } = await run(bin("vitest"), ["run", ...selected, ...reporters, ...parameters], { show: true, env });
    return countReport(existsSync(report) ? readFileSync(report, "utf8") : undefined, code);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The end-to-end tests once more with OpenTofu, unless TERRAFORM_BINARY_NAME has chosen for all of them. */
async function openTofu(): Promise<Counts[]> {
  if (process.env.TERRAFORM_BINARY_NAME) return [];
  if ((await run("tofu", ["version"])).code !== 0)
    return [skipTier("e2e", "there is no program tofu on PATH", " with OpenTofu")];
  console.log("e2e with OpenTofu");
  return [await vitest(["e2e"], [], { TERRAFORM_BINARY_NAME: "tofu" })];
}

/** docs/faults.md is about what the tests have recorded, neither less nor more. A failed test may not have come to it. */
function faults(failures: number): Counts {
  if (failures > 0) return skip("docs/faults.md", "as tests failed, what they recorded is not complete");
  if (!existsSync(TABLE))
    return skip("docs/faults.md", "there is none: `npm run faults -- --last` writes it from this run");
  const differences = differencesOf(readFileSync(TABLE, "utf8"), recordedFaults());
  console.log(`docs/faults.md: ${differences.length === 0 ? "ok" : "FAILED"}`);
  for (const difference of differences) console.log(`  ${difference}`);
  if (differences.length > 0) console.log("`npm run faults -- --last` writes it anew, from this run");
  return differences.length === 0 ? passed : failed;
}

async function main(words: string[]): Promise<Counts[]> {
  const first = words.findIndex((word) => !tiers.includes(word));
  const named = first === -1 ? words : words.slice(0, first);
  const parameters = first === -1 ? [] : words.slice(first);
  const wanted = named.length === 0 ? tiers : tiers.filter((tier) => named.includes(tier));
  const results: Counts[] = [];

  if (words.length === 0) {
    results.push(await step("lint and format", bin("biome"), ["check", "."]));
    results.push(await step("types", bin("tsc"), ["--noEmit"]));
    results.push(await shellcheck());
  }
  // The unit tier runs on its own, so that a host that will not come up cannot hide its results.
  if (wanted.includes("unit")) results.push(await vitest(["unit"], parameters));
  const onTheHost = wanted.filter((tier) => tier !== "unit");
  const reason = onTheHost.length === 0 ? undefined : await whyNoHost();
  if (reason !== undefined) results.push(...onTheHost.map((tier) => skipTier(tier, reason)));
  else if (onTheHost.length > 0) {
    // All that record a fault run now; a run of some of them adds to what the last one has left.
    const complete = onTheHost.length === 2 && parameters.length === 0;
    if (complete) rmSync(FAULTS, { force: true });
    results.push(await vitest(onTheHost, parameters));
    if (words.length === 0) results.push(faults(sum(results).failed), ...(await openTofu()));
  }
  return results;
}

const total = sum(await main(process.argv.slice(2)));
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
