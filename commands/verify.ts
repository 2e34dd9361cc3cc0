/**
 * `npm run verify -- prod`: the look at the host that a plan takes, without Terraform and over one connection. Changes nothing;
 * exits 0 where all is as the last deploy left it, 2 where not, 1 where it could not look.
 */
import { environmentNamed } from "./on-host.js";
import { withSynthesized } from "./synthesized.js";

function main(name: string | undefined): number {
  const environment = environmentNamed(name, "npm run verify -- ENVIRONMENT");
  if (typeof environment !== "string") {
    return withSynthesized(environment, ({ probe }) => probe({ verify: "yes" }, "inherit"));
  }
  console.error(environment);
  return 1;
}

process.exitCode = main(process.argv[2]);
