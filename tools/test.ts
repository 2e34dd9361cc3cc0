// npm test [-- TIER… [VITEST ARGUMENT…]]
//
// Without arguments: lint and format, types, API reference, shellcheck, then the tiers unit, integration and e2e. With
// tiers: only those. What this machine cannot run is named and counts as skipped, by its number of files. `npm run tofu` is
// the tier e2e with OpenTofu.
// The last line is `N passed, N failed, N skipped`.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../lab/command.js";
import { whyNoEngine } from "../lab/engine.js";
import { ensurePrograms } from "../lab/packages.js";
import type { Counts } from "./counts-reporter.js";
import { differencesOf, FAULTS, recordedFaults, TABLE } from "./fault-table.js";
import { checkPrograms, shellcheckTargets } from "./shellcheck.js";
import { vitest } from "./vitest.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = (tool: string) => path.join(root, "node_modules", ".bin", tool);
const TIERS = ["unit", "integration", "e2e"];

const NONE: Counts = { passed: 0, failed: 0, skipped: 0 };
const PASSED: Counts = { ...NONE, passed: 1 };
const FAILED: Counts = { ...NONE, failed: 1 };

function sum(counts: readonly Counts[]): Counts {
  const total = (way: keyof Counts) => counts.reduce((number, each) => number + each[way], 0);
  return { passed: total("passed"), failed: total("failed"), skipped: total("skipped") };
}

async function step(title: string, argv: string[]): Promise<Counts> {
  const start = Date.now();
  const { code, stdout, stderr } = await run(argv, { cwd: root });
  console.log(`${title}: ${code === 0 ? "ok" : "FAILED"} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  if (code !== 0) console.log((stdout + stderr).trimEnd());
  return code === 0 ? PASSED : FAILED;
}

function skip(title: string, reason: string, count = 1): Counts {
  console.log(`${title}: skipped, ${reason}`);
  return { ...NONE, skipped: count };
}

function skipTier(tier: string, reason: string): Counts {
  const files = readdirSync(path.join(root, "__tests__", tier), { recursive: true, encoding: "utf8" });
  const { length } = files.filter((file) => file.endsWith(".test.ts"));
  return skip(`${tier}, ${length} files`, reason, length);
}

async function shellcheck(): Promise<Counts[]> {
  const scripts = await shellcheckTargets(root);
  if (scripts.length === 0) return [skip("shellcheck", "there are no scripts: this folder is not a git clone")];
  try {
    await ensurePrograms({ shellcheck: "shellcheck" }, console.log);
  } catch (error) {
    return [skip("shellcheck", (error as Error).message)];
  }
  const alone = await step(`shellcheck of ${scripts.length} scripts`, ["shellcheck", ...scripts]);
  const findings = await checkPrograms(root);
  console.log(`shellcheck of the host programs: ${findings.length === 0 ? "ok" : "FAILED"}`);
  for (const finding of findings) console.log(`  ${finding}`);
  return [alone, findings.length === 0 ? PASSED : FAILED];
}

async function onTheHost(tiers: string[], parameters: string[], all: boolean): Promise<Counts[]> {
  const reason = await whyNoEngine();
  if (reason !== undefined) return tiers.map((tier) => skipTier(tier, reason));
  // Only a run of all tests that record faults is complete; a run of some adds to what the last one recorded.
  if (tiers.length === 2 && parameters.length === 0) rmSync(FAULTS, { force: true });
  const counts: Counts[] = [];
  // One after another: when vitest goes on to another project, it may give two files at once the same worker's number.
  for (const tier of tiers) counts.push(await vitest(tier, parameters));
  return all ? [...counts, faults(sum(counts).failed)] : counts;
}

/** docs/faults.md has exactly the faults that the tests recorded. A test that fails may not have recorded its own. */
function faults(failures: number): Counts {
  if (failures > 0) return skip("docs/faults.md", "tests failed, so not all faults were recorded");
  const differences = differencesOf(existsSync(TABLE) ? readFileSync(TABLE, "utf8") : "", recordedFaults());
  console.log(`docs/faults.md: ${differences.length === 0 ? "ok" : "FAILED"}`);
  for (const difference of differences) console.log(`  ${difference}`);
  if (differences.length > 0) console.log("`npm run faults -- --last` writes it from this run");
  return differences.length === 0 ? PASSED : FAILED;
}

async function main(words: string[]): Promise<Counts[]> {
  const all = words.length === 0;
  const end = words.findIndex((word) => !TIERS.includes(word));
  const [named, parameters] = end === -1 ? [words, []] : [words.slice(0, end), words.slice(end)];
  const tiers = TIERS.filter((tier) => named.length === 0 || named.includes(tier));
  const results: Counts[] = [];
  if (all) {
    results.push(await step("lint and format", [bin("biome"), "check", "."]));
    results.push(await step("types", [bin("tsc"), "--noEmit"]));
    results.push(await step("API reference", [bin("typedoc"), "--emit", "none"]));
    results.push(...(await shellcheck()));
  }
  // The unit tier runs on its own, so that a host that does not come up cannot hide its results.
  if (tiers.includes("unit")) results.push(await vitest("unit", parameters));
  const rest = tiers.filter((tier) => tier !== "unit");
  if (rest.length > 0) results.push(...(await onTheHost(rest, parameters, all)));
  return results;
}

const { passed, failed, skipped } = sum(await main(process.argv.slice(2)));
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
