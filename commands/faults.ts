// npm run faults [-- --last]
//
// Writes docs/faults.md from what the tests record: runs the tiers that do (integration and e2e) first, or with --last
// takes what the last run has left.
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
    console.error(`${FAULTS} holds nothing: run \`npm run faults\` without --last, which runs the tests first`);
    return 1;
  }
  const before = existsSync(TABLE) ? readFileSync(TABLE, "utf8") : "";
  writeFileSync(TABLE, faultTable(faults));
  console.log(`docs/faults.md: ${faults.length} rows`);
  for (const difference of differencesOf(before, faults)) console.log(`  it had not been so: ${difference}`);
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
      "docs/faults.md was left as it is, because tests failed; `npm run faults -- --last` takes what was recorded",
    );
    return 1;
  }
  return writeTable();
}

process.exitCode = main(process.argv.slice(2));
