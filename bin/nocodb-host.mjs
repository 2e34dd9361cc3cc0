#!/usr/bin/env node
// npx nocodb-host VERB ENVIRONMENT …
//
// The operator's program, in cli/. Installs the packages first if they are missing, so that it runs in a fresh clone.
import path from "node:path";
import { ensurePackages, root, runTool } from "./packages.mjs";

const main = path.join(root, "cli", "main.ts");
// Exit codes: see cli/exit-codes.ts. npm has codes of its own, and some of them mean something else here.
process.exitCode = (await ensurePackages()) === 0 ? await runTool("tsx", [main, ...process.argv.slice(2)]) : 1;
