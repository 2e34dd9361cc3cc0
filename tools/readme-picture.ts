import { mermaid } from "../cli/diagram/mermaid.js";
import { pictureOf } from "../cli/diagram/picture.js";
import { environmentNamed } from "../cli/environment-files.js";
import { stackJson } from "../cli/synthesized.js";

const BLOCK = /^```mermaid\n[\s\S]*?^```$/m;

/**
 * The README with the picture of environments/prod.yaml, as `nocodb-host diagram prod` prints it.
 *
 * @throws if the README has no block for it
 */
export function withPicture(readme: string): string {
  if (!BLOCK.test(readme)) throw new Error("README.md has no block ```mermaid for the picture of prod");
  return readme.replace(BLOCK, () => `\`\`\`mermaid\n${mermaid(pictureOf(stackJson(environmentNamed("prod"))))}\`\`\``);
}
