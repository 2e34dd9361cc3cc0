/**
 * `npm run rotate-password -- prod database|admin|jwt [--yes]`: a new generated secret, by a deploy. What else differs from
 * the environment file is deployed along with it: `cdktf diff` shows it before.
 */
import { parseArgs } from "node:util";
import { agreed } from "./agreed.js";
import { deploy } from "./deploy.js";
import { environmentNamed } from "./on-host.js";

const USAGE = "npm run rotate-password -- ENVIRONMENT database|admin|jwt [--yes]";

/** The Terraform address of each, random_password.<secret>; the variable by which it can be given has the same name. */
const SECRETS: Readonly<Record<string, { secret: string; effect: string }>> = {
  database: {
    secret: "nocodb_database_password",
    effect: "PostgreSQL refuses the old one from then on",
  },
  admin: {
    secret: "nocodb_admin_password",
    effect: "the super admin is signed out; npm run sign-in prints the new one",
  },
  jwt: { secret: "nocodb_jwt_secret", effect: "everybody is signed out; API tokens stay valid" },
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { yes: { type: "boolean" } }, allowPositionals: true });
  const [name, which = ""] = positionals;
  const chosen = Object.hasOwn(SECRETS, which) ? SECRETS[which] : undefined;
  const environment = environmentNamed(chosen && name, USAGE);
  if (typeof environment === "string" || !chosen) {
    console.error(environment);
    return 2;
  }
  const { secret, effect } = chosen;
  if (process.env[`TF_VAR_${secret}`]) {
    console.error(
      `TF_VAR_${secret} is given, so none is generated: give another value in it and deploy (npx cdktf deploy ${name})`,
    );
    return 2;
  }
  if (environment.subdomain === "") {
    console.error(`${name} is switched off (subdomain is empty): switch it on first, then rotate`);
    return 2;
  }
  if (!values.yes && !(await agreed(`Replace the container with one that has a new ${which} secret (${effect})?`)))
    return 1;
  const more = process.env.TF_CLI_ARGS_apply ?? "";
  process.env.TF_CLI_ARGS_apply = `${more} -replace=random_password.${secret}`.trim();
  return deploy(environment.name);
}

process.exitCode = await main();
