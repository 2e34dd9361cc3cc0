// npm run schema: writes what is derived from the settings and the environment files: environments/schema.json, which
// editors use to complete them, docs/configuration.md, and the picture in the README.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { schemaFileText } from "../settings/schema.js";
import { configurationPage } from "./configuration/page.js";
import { withPicture } from "./readme-picture.js";

const pathOf = (file: string) => fileURLToPath(new URL(`../${file}`, import.meta.url));

const files = {
  "environments/schema.json": schemaFileText,
  "docs/configuration.md": configurationPage,
  "README.md": () => withPicture(readFileSync(pathOf("README.md"), "utf8")),
};
for (const [file, text] of Object.entries(files)) {
  writeFileSync(pathOf(file), text());
  console.log(`${file}: written`);
}
