import { chmodSync, lstatSync, readdirSync } from "node:fs";
import path from "node:path";
import type { App } from "cdktf";

/**
 * Gives what was synthesized the same modes everywhere. cdktf takes them from umask and checkout, and whoever packs a stack
 * for a remote run packs them too. Nobody else gets to read it all the same: the folder above is its owner's alone. What
 * Terraform has put beside it stays as it is.
 */
export function settleModes({ outdir, manifest }: App): void {
  const stacks = Object.values(manifest.stacks);
  settle(path.join(outdir, "manifest.json"));
  for (const folder of ["stacks", ...stacks.map(({ workingDirectory }) => workingDirectory)]) {
    chmodSync(path.join(outdir, folder), 0o755);
  }
  for (const { workingDirectory, synthesizedStackPath } of stacks) {
    settle(path.join(outdir, synthesizedStackPath));
    settle(path.join(outdir, workingDirectory, "assets"));
  }
}

/** A file, or a folder with all that is in it. */
function settle(place: string): void {
  const isFolder = lstatSync(place).isDirectory();
  chmodSync(place, isFolder ? 0o755 : 0o644);
  if (isFolder) for (const name of readdirSync(place)) settle(path.join(place, name));
}
