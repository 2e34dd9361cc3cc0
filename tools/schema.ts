// npm run schema: writes environments/schema.json, which editors use to complete environment files.
import { writeFileSync } from "node:fs";
import { schemaFileText } from "../settings/schema.js";

writeFileSync(new URL("../environments/schema.json", import.meta.url), schemaFileText());
console.log("environments/schema.json: written");
