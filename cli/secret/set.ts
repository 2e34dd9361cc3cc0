import type { Command } from "commander";
import { environmentNamed } from "../environment-files.js";
import { addVerb, ENVIRONMENT } from "../verb.js";
import { deployOption, putSecret, requireDeployable } from "./put-secret.js";
import { SECRET, secretNamed } from "./secret-name.js";
import { readSecret } from "./secret-value.js";

export function addSecretSet(secret: Command): void {
  addVerb(secret, "set", {
    summary: "Set a secret to a value from standard input, or from a prompt that shows nothing",
    details:
      "One line of printable characters; a newline at its end does not count. The host keeps it for the next deploy. The encryption key can be set once, if NocoDB has none, and never again.",
    examples: [
      "secret set prod NC_SMTP_PASSWORD",
      "secret set prod admin --deploy",
      "secret set prod encryption-key < key",
    ],
  })
    .argument(...ENVIRONMENT)
    .argument(...SECRET)
    .addOption(deployOption())
    .action(set);
}

async function set(name: string, word: string, { deploy }: { deploy?: true }): Promise<void> {
  const environment = environmentNamed(name);
  const secret = secretNamed(environment, word, "set");
  if (deploy) requireDeployable(environment);
  await putSecret(environment, secret, await readSecret(secret), deploy);
}
