// npm run schema: writes environments/schema.json, which editors use to complete environment files, and
// docs/configuration.md.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { schemaFileText } from "../settings/schema.js";
import { configurationPage } from "./configuration/page.js";

const files = { "environments/schema.json": schemaFileText, "docs/configuration.md": configurationPage };
for (const [file, text] of Object.entries(files)) {
  writeFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), text());
  console.log(`${file}: written`);
}
