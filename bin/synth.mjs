#!/usr/bin/env node
// Runs main.ts from a bundle, or with tsx if no bundle can be written. cdktf starts it for every command (cdktf.json).
import path from "node:path";
import { bundled } from "./bundle.mjs";
import { root, runTool } from "./packages.mjs";

const bundle = await bundled("main").catch(() => undefined);
if (bundle === undefined) process.exitCode = await runTool("tsx", [path.join(root, "main.ts")]);
else await import(bundle);
