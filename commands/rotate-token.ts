/**
 * `npm run rotate-token -- prod n8n`: a new token for one consumer, written into its env file; NocoDB refuses the old one
 * from then on. All else stays as the last deploy has left it, so the next plan is empty.
 */
import { LIBRARIES } from "../constructs/nocodb-consumers.js";
import { configDirectory } from "../settings/environment.js";
import { environmentNamed, runOnHost } from "./on-host.js";

function main(name: string | undefined, consumer: string | undefined): number {
  const usage = "npm run rotate-token -- ENVIRONMENT CONSUMER";
  const environment = environmentNamed(consumer === undefined ? undefined : name, usage);
  if (typeof environment === "string") {
    console.error(environment);
    return 2;
  }
  const manifest = `${configDirectory(environment)}/manifest`;
  const input = { manifest, key: "nocodb_consumers", rotate: consumer ?? "" };
  return runOnHost(environment, [...LIBRARIES, "ensure-consumers.sh"], input);
}

process.exitCode = main(process.argv[2], process.argv[3]);
