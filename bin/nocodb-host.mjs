#!/usr/bin/env node
// npx nocodb-host VERB ENVIRONMENT …
//
// The operator's program, in cli/. Installs the packages first if they are missing, so that it runs in a fresh clone.
import path from "node:path";
import { bundled } from "./bundle.mjs";
import { ensurePackages, root, runTool } from "./packages.mjs";

// Exit codes: see cli/exit-codes.ts. npm has codes of its own, and some of them mean something else here.
async function main(words) {
  if ((await ensurePackages()) !== 0) return 1;
  const bundle = await bundled("cli/main").catch(() => undefined);
  if (bundle === undefined) return runTool("tsx", [path.join(root, "cli", "main.ts"), ...words]);
  const { run } = await import(bundle);
  return run(words);
}

process.exitCode = await main(process.argv.slice(2));
