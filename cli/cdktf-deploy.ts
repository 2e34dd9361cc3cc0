import { stripVTControlCharacters } from "node:util";
import { root } from "./environment-files.js";
import { runQuietly } from "./terraform.js";

/**
 * `cdktf deploy` of one environment, with progress on the terminal, and then the words of the host scripts. CDKTF_OUTDIR
 * names another folder than cdktf.out for the stacks, and with them for the state.
 *
 * @throws Failure if it fails: with what matters of its output, and the name of the file that holds all of it
 */
export async function cdktfDeploy(name: string): Promise<void> {
  const outdir = process.env.CDKTF_OUTDIR;
  const command = ["cdktf", "deploy", name, "--auto-approve", ...(outdir ? ["--output", outdir] : [])];
  const { all } = await runQuietly({ what: `deploying ${name}`, argv: ["npx", "--no-install", ...command], cwd: root });
  console.log([...hostWords(all), `${name} is deployed. ${summary(all)}`.trim()].join("\n"));
}

/** What the scripts on the host have printed: Terraform puts the step before each line. */
function hostWords(output: string): string[] {
  const lines = stripVTControlCharacters(output).matchAll(/\(local-exec\): (?!(?:local-exec: )?Executing: )(.*\S)/g);
  return [...lines].map(([, words]) => words!);
}

/** Terraform's own last sentence. */
function summary(output: string): string {
  return /No changes\.|Apply complete! .*\./.exec(stripVTControlCharacters(output))?.[0] ?? "";
}
