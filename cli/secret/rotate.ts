import { randomInt } from "node:crypto";
import type { Command } from "commander";
import { SECRET_LENGTH, type ServiceSecret } from "../../constructs/service-secrets/secret.js";
import { environmentNamed } from "../environment-files.js";
import { Failure } from "../exit-codes.js";
import { addVerb, ENVIRONMENT } from "../verb.js";
import { deployOption, putSecret, requireDeployable } from "./put-secret.js";
import { isOfCopies, secretNamed } from "./secret-name.js";

export function addSecretRotate(secret: Command): void {
  addVerb(secret, "rotate", {
    summary: "Generate a new value for a secret",
    details:
      "The next deploy puts it into use. database: PostgreSQL refuses the old password from then on. admin: the super admin is signed out. jwt: everybody is signed out; API tokens stay valid.",
    examples: ["secret rotate prod database", "secret rotate prod admin --deploy", "secret rotate prod jwt"],
  })
    .argument(...ENVIRONMENT)
    .argument("<name>", "database, admin or jwt")
    .addOption(deployOption())
    .action(rotate);
}

async function rotate(name: string, word: string, { deploy }: { deploy?: true }): Promise<void> {
  const environment = environmentNamed(name);
  const secret = secretNamed(environment, word, "rotate");
  if (isOfCopies(environment, secret)) {
    throw new Failure(`${secret.name}: is never rotated, because the copies of backups could not be opened any more`);
  }
  requireGenerated(secret, name);
  if (deploy) requireDeployable(environment);
  await putSecret(environment, secret, generatedSecret(), deploy);
}

function requireGenerated({ name, policy }: ServiceSecret, environment: string): void {
  if (policy === "generated") return;
  if (policy === "given" || policy === "host") {
    throw new Failure(
      `${name}: its value comes from you, so none is generated: npx nocodb-host secret set ${environment} ${name}`,
    );
  }
  throw new Failure(
    `${name}: is never rotated, because NocoDB could not read the credentials of its data sources with another key`,
  );
}

const CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Random letters and digits, each as likely as the others. */
function generatedSecret(): string {
  return Array.from({ length: SECRET_LENGTH }, () => CHARACTERS[randomInt(CHARACTERS.length)]).join("");
}
