/** `npm run sign-in -- prod`: prints where and as whom to sign in, read from nocodb.env on the host. */
import { configDirectory } from "../settings/environment.js";
import { environmentNamed, runOnHost } from "./on-host.js";

function main(name: string | undefined): number {
  const environment = environmentNamed(name, "npm run sign-in -- ENVIRONMENT");
  if (typeof environment !== "string") {
    return runOnHost(environment, ["print-sign-in.sh"], { env_file: `${configDirectory(environment)}/nocodb.env` });
  }
  console.error(environment);
  return 2;
}

process.exitCode = main(process.argv[2]);
