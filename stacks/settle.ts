import { chmodSync, copyFileSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { App } from "cdktf";

/**
 * Gives what was synthesized the same bytes and modes everywhere, so that two synths can be compared. What Terraform has put
 * beside it stays as it is.
 *
 * cdktf takes modes from umask and checkout, and whoever packs a stack for a remote run packs them too. Nobody else gets to
 * read it all the same: the folder above is its owner's alone.
 */
export function settle({ outdir, manifest }: App): void {
  const stacks = Object.values(manifest.stacks);
  for (const folder of ["stacks", ...stacks.map(({ workingDirectory }) => workingDirectory)]) {
    chmodSync(path.join(outdir, folder), 0o755);
  }
  for (const { workingDirectory, synthesizedStackPath } of stacks) {
    const json = rewrite(path.join(outdir, synthesizedStackPath));
    open(path.join(outdir, synthesizedStackPath));
    open(path.join(outdir, workingDirectory, "assets"));
    limitUpload(path.join(outdir, workingDirectory), "cloud" in json.terraform);
  }
  open(path.join(outdir, "manifest.json"));
}

/** cdktf and its successor sort in the same way, but break lines differently in what is empty. */
function rewrite(file: string): { terraform: object } {
  const json = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify(json, null, 2));
  return json;
}

/** Terraform packs the folder for a remote run; .terraformignore says what of it. */
function limitUpload(folder: string, isRemote: boolean): void {
  const file = path.join(folder, ".terraformignore");
  rmSync(file, { force: true });
  if (!isRemote) return;
  copyFileSync(fileURLToPath(new URL("terraformignore", import.meta.url)), file);
  open(file);
}

/** A file, or a folder with all that is in it. */
function open(place: string): void {
  const isFolder = lstatSync(place).isDirectory();
  chmodSync(place, isFolder ? 0o755 : 0o644);
  if (isFolder) for (const name of readdirSync(place)) open(path.join(place, name));
}
