import type { Command } from "commander";
import { cdktfDeploy } from "../cdktf-deploy.js";
import { confirm } from "../confirm.js";
import { environmentNamed } from "../environment-files.js";
import { Failure } from "../exit-codes.js";
import { addVerb, ENVIRONMENT, YES } from "../verb.js";

interface GeneratedSecret {
  readonly verb: string;
  readonly title: string;
  /** Its Terraform address is random_password.<name>, and TF_VAR_<name> gives it. */
  readonly name: string;
  readonly effect: string;
}

const SECRETS: readonly GeneratedSecret[] = [
  {
    verb: "database",
    title: "password of NocoDB's role in PostgreSQL",
    name: "nocodb_database_password",
    effect: "PostgreSQL refuses the old one from then on",
  },
  {
    verb: "admin",
    title: "password of the super admin",
    name: "nocodb_admin_password",
    effect: "the super admin is signed out; npx nocodb-host sign-in prints the new one",
  },
  {
    verb: "jwt",
    title: "secret that signs sessions",
    name: "nocodb_jwt_secret",
    effect: "everybody is signed out; API tokens stay valid",
  },
];

/** The verbs for generated secrets. */
export function addRotateSecrets(rotate: Command): void {
  for (const secret of SECRETS) {
    const { verb, title, effect } = secret;
    addVerb(rotate, verb, {
      summary: `Generate a new ${title}, by a deploy`,
      details: `${effect[0]!.toUpperCase()}${effect.slice(1)}. The deploy also applies all other edits of the environment file: npx cdktf diff shows them.`,
      examples: [`rotate ${verb} prod`, `rotate ${verb} prod --yes`],
    })
      .argument(...ENVIRONMENT)
      .option(...YES)
      .action((name: string, { yes }: { yes?: true }) => rotateSecret(secret, name, yes));
  }
}

async function rotateSecret(
  { title, name, effect }: GeneratedSecret,
  environmentName: string,
  yes?: true,
): Promise<void> {
  const environment = environmentNamed(environmentName);
  if (process.env[`TF_VAR_${name}`]) {
    throw new Failure(
      `TF_VAR_${name} is given, so none is generated: set it to another value and deploy (npx cdktf deploy ${environmentName})`,
    );
  }
  if (environment.subdomain === "") {
    throw new Failure(`subdomain: "": NocoDB is disabled in ${environmentName}; set it and deploy, then rotate`);
  }
  await confirm(`Replace the container with one that has a new ${title} (${effect})?`, yes);
  const others = process.env.TF_CLI_ARGS_apply ?? "";
  cdktfDeploy(environmentName, { TF_CLI_ARGS_apply: `${others} -replace=random_password.${name}`.trim() });
}
