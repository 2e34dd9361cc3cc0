import type { Command } from "commander";
import { environmentNamed } from "../environment-files.js";
import { readFromHost } from "../run-on-host.js";
import { addVerb, ENVIRONMENT, JSON_OUTPUT } from "../verb.js";

export function addStateRelease(state: Command): void {
  addVerb(state, "release", {
    summary: "Let another Terraform state manage the host",
    details:
      "For a state that is lost: removes its owner marker from the host, where NocoDB goes on serving. The next state that deploys becomes the owner.",
    examples: ["state release prod", "state release prod --json"],
  })
    .argument(...ENVIRONMENT)
    .option(...JSON_OUTPUT)
    .action(async (name: string, { json }: { json?: true }) => {
      const printed = await readFromHost(environmentNamed(name), "host-ownership/release", {});
      const message = printed.trimEnd();
      console.log(json ? JSON.stringify({ released: message.startsWith("released: "), message }) : message);
    });
}
