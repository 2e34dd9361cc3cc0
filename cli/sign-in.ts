import type { Command } from "commander";
import { placesOf } from "../settings/places.js";
import { environmentNamed } from "./environment-files.js";
import { runOnHost } from "./run-on-host.js";
import { addVerb, ENVIRONMENT } from "./verb.js";

export function addSignIn(program: Command): void {
  addVerb(program, "sign-in", {
    summary: "Print the address, and the super admin's email and password",
    details: "Read on the host. For your terminal, not for a log; so there is no --json.",
    examples: ["sign-in prod"],
  })
    .argument(...ENVIRONMENT)
    .action((name: string) => {
      const environment = environmentNamed(name);
      const { environmentFile, secretsDirectory } = placesOf(environment);
      return runOnHost(environment, "nocodb/sign-in", { env_file: environmentFile, secrets: secretsDirectory });
    });
}
