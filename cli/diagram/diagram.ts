import type { Command } from "commander";
import { environmentNamed } from "../environment-files.js";
import { addVerb, ENVIRONMENT } from "../verb.js";
import { mermaid } from "./mermaid.js";
import { pictureOf } from "./picture.js";
import { svg } from "./svg.js";

export function addDiagram(program: Command): void {
  addVerb(program, "diagram", {
    summary: "Draw the environment: host, networks, containers, data, and who talks to whom",
    details:
      "From the JSON that Terraform gets, without the host. Prints Mermaid, which GitHub and GitLab show in a block ```mermaid of a page or a pull request.",
    examples: ["diagram prod", "diagram prod --svg >prod.svg"],
  })
    .argument(...ENVIRONMENT)
    .option("--svg", "print an SVG file instead")
    .action(diagram);
}

async function diagram(name: string, options: { svg?: true }): Promise<void> {
  const environment = environmentNamed(name);
  const { stackJson } = await import("../synthesized.js");
  const picture = pictureOf(stackJson(environment));
  process.stdout.write(options.svg ? await svg(picture) : mermaid(picture));
}
