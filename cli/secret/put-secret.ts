import { Option } from "commander";
import { ADMIN_SECRET } from "../../constructs/postgres-database/server.js";
import type { ServiceSecret } from "../../constructs/service-secrets/secret.js";
import type { Environment } from "../../settings/environment.js";
import { cdktfDeploy } from "../cdktf-deploy.js";
import { Failure } from "../exit-codes.js";
import { readFromHost } from "../run-on-host.js";
import { isOfCopies, secretsInput } from "./secret-name.js";

/** A flag of the verbs that change a secret. */
export const deployOption = () => new Option("--deploy", "deploy at once (npx cdktf deploy), which restarts NocoDB");

/** @throws Failure if a deploy would not start NocoDB */
export function requireDeployable({ name, subdomain }: Environment): void {
  if (subdomain !== "") return;
  throw new Failure(
    `subdomain: "": NocoDB is disabled in ${name}, so a deploy would not start it with the new value: leave --deploy out, or set subdomain first`,
  );
}

/** Leaves the value on the host for the next deploy, and runs that deploy if it is wanted. */
export async function putSecret(
  environment: Environment,
  secret: ServiceSecret,
  value: string,
  deploy?: true,
): Promise<void> {
  const { container } = environment.postgresql;
  const server = secret.name === ADMIN_SECRET.name ? { server: container } : {};
  const input = { ...secretsInput(environment, secret), name: secret.name, value, ...server };
  const printed = await readFromHost(environment, "service-secrets/set", input);
  process.stdout.write(printed);
  if (deploy) await cdktfDeploy(environment.name);
  else if (printed.startsWith("pending: ")) {
    console.log(`npx cdktf deploy ${environment.name} ${effectOf(environment, secret)}`);
  }
}

function effectOf(environment: Environment, secret: ServiceSecret): string {
  if (environment.subdomain === "") return "after subdomain is set";
  if (isOfCopies(environment, secret)) return "puts it into use for the copies of backups";
  return environment.engine === "swarm"
    ? "replaces NocoDB's tasks one after another with it"
    : "restarts NocoDB with it";
}
