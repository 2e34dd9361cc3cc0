import { spawnSync } from "node:child_process";
import { root } from "./environment-files.js";
import { Failure } from "./exit-codes.js";

/**
 * `cdktf deploy` of one environment, on this terminal. CDKTF_OUTDIR names another folder than cdktf.out for the stacks,
 * and with them for the state.
 *
 * @param env variables for it, beside those of this process
 * @throws Failure without a message if it fails: it has printed why
 */
export function cdktfDeploy(name: string, env: NodeJS.ProcessEnv = {}): void {
  const outdir = process.env.CDKTF_OUTDIR;
  const command = ["cdktf", "deploy", name, "--auto-approve", ...(outdir ? ["--output", outdir] : [])];
  const { status } = spawnSync("npx", ["--no-install", ...command], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Failure();
}
