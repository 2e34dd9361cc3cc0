// npm run faults [-- --last]
//
// Writes docs/faults.md from the faults that the tests recorded: runs the tiers integration and e2e first, or with --last
// uses the records of the last run.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { differencesOf, FAULTS, faultTable, recordedFaults, TABLE } from "./fault-table.js";

const USAGE = "usage: npm run faults [-- --last]";

function runTests(): boolean {
  const test = fileURLToPath(new URL("test.ts", import.meta.url));
  const words = [...process.execArgv, test, "integration", "e2e"];
  return spawnSync(process.execPath, words, { stdio: "inherit" }).status === 0;
}

function writeTable(): number {
  const faults = recordedFaults();
  if (faults.length === 0) {
    console.error(`${FAULTS} has no faults: run \`npm run faults\` without --last, which runs the tests first`);
    return 1;
  }
  const before = existsSync(TABLE) ? readFileSync(TABLE, "utf8") : "";
  writeFileSync(TABLE, faultTable(faults));
  console.log(`docs/faults.md: ${faults.length} rows`);
  for (const difference of differencesOf(before, faults)) console.log(`  before: ${difference}`);
  return 0;
}

function main(words: string[]): number {
  const last = words[0] === "--last";
  if (words.length > (last ? 1 : 0)) {
    console.error(USAGE);
    return 2;
  }
  if (!last && !runTests()) {
    console.error(
      "docs/faults.md is unchanged, because tests failed; `npm run faults -- --last` writes it from what was recorded",
    );
    return 1;
  }
  return writeTable();
}

process.exitCode = main(process.argv.slice(2));
