// node bin/with-packages.mjs TOOL [ARGUMENT…]
//
// Runs node_modules/.bin/TOOL, after `npm ci` if the packages are missing, so that a fresh clone needs one command.
// Passes on the tool's exit code, and signals to it.
import { ensurePackages, runTool } from "./packages.mjs";

const [tool, ...parameters] = process.argv.slice(2);
if (tool === undefined) {
  console.error("usage: node bin/with-packages.mjs TOOL [ARGUMENT…]");
  process.exitCode = 2;
} else {
  process.exitCode = (await ensurePackages()) || (await runTool(tool, parameters));
}
