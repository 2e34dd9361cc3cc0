// npm run bundles: writes ci/bundles.json, the digests by which the gate knows the JavaScript in host programs.
import { writeFileSync } from "node:fs";
import { bundleDigests } from "./bundle-digests.js";

writeFileSync(new URL("../ci/bundles.json", import.meta.url), `${JSON.stringify(bundleDigests(), null, 2)}\n`);
console.log("ci/bundles.json: written");
