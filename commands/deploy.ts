import { spawnSync } from "node:child_process";

/**
 * `cdktf deploy` of one environment, on this terminal. CDKTF_OUTDIR says where else than in cdktf.out the stacks are, and
 * with them the state.
 *
 * @returns its exit status
 */
export function deploy(name: string): number {
  const outdir = process.env.CDKTF_OUTDIR;
  const command = ["cdktf", "deploy", name, "--auto-approve", ...(outdir ? ["--output", outdir] : [])];
  return spawnSync("npx", ["--no-install", ...command], { stdio: "inherit" }).status ?? 1;
}
