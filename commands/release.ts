/** `npm run release -- prod`: takes the mark of a Terraform state that is lost off the host, so that another may manage it. */
import { configDirectory } from "../settings/environment.js";
import { environmentNamed, runOnHost } from "./on-host.js";

function main(name: string | undefined): number {
  const environment = environmentNamed(name, "npm run release -- ENVIRONMENT");
  if (typeof environment !== "string") {
    return runOnHost(environment, ["claim.sh", "release-claim.sh"], {
      manifest: `${configDirectory(environment)}/manifest`,
    });
  }
  console.error(environment);
  return 2;
}

process.exitCode = main(process.argv[2]);
