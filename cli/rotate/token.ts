import type { Command } from "commander";
import { environmentNamed } from "../environment-files.js";
import { runOnHost } from "../run-on-host.js";
import { addVerb, ENVIRONMENT } from "../verb.js";

export function addRotateToken(rotate: Command): void {
  addVerb(rotate, "token", {
    summary: "Make a new API token for one consumer",
    details:
      "Written into its env file on the host, without a deploy. NocoDB refuses the old one at once; the next plan is empty.",
    examples: ["rotate token prod n8n"],
  })
    .argument(...ENVIRONMENT)
    .argument("<consumer>", "its name under consumers in the environment file")
    .action((name: string, consumer: string) => {
      // Everything else comes from the record of the last deploy.
      const input = { key: "nocodb_consumers", rotate: consumer };
      return runOnHost(environmentNamed(name), "nocodb/consumers/apply", input);
    });
}
