/**
 * `npm run verify -- prod`: the look at the host that a plan takes, without Terraform and over one connection. Changes nothing;
 * exits 0 where all is as the last deploy left it, 2 where not, 1 where it could not look. It compares with what that
 * deploy noted on the host, so edits of the environment file since then count for nothing.
 */
import { VERIFY } from "../constructs/probe.js";
import { configDirectory } from "../settings/environment.js";
import { environmentNamed, runOnHost } from "./on-host.js";

function main(name: string | undefined): number {
  const environment = environmentNamed(name, "npm run verify -- ENVIRONMENT");
  if (typeof environment === "string") {
    console.error(environment);
    return 1;
  }
  // common.sh comes first everywhere.
  const [, ...scripts] = VERIFY;
  const status = runOnHost(environment, scripts, { manifest: `${configDirectory(environment)}/manifest` });
  return status === 255 ? 1 : status;
}

process.exitCode = main(process.argv[2]);
