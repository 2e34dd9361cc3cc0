import { chmodSync, copyFileSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { App } from "cdktf";

/**
 * Gives the synthesized files the same bytes and modes on every machine, so that two synths can be compared.
 * Terraform's own files beside them are not changed.
 *
 * cdktf takes modes from umask and checkout, and a remote run uploads them, too. Readable files expose nothing: only
 * the owner can read the folder above.
 */
export function normalizeOutput({ outdir, manifest }: App): void {
  const stacks = Object.values(manifest.stacks);
  for (const folder of ["stacks", ...stacks.map(({ workingDirectory }) => workingDirectory)]) {
    chmodSync(path.join(outdir, folder), 0o755);
  }
  for (const { workingDirectory, synthesizedStackPath } of stacks) {
    const json = rewrite(path.join(outdir, synthesizedStackPath));
    open(path.join(outdir, synthesizedStackPath));
    open(path.join(outdir, workingDirectory, "assets"));
    limitUpload(path.join(outdir, workingDirectory), runsRemotely(json.terraform));
  }
  open(path.join(outdir, "manifest.json"));
}

interface TerraformBlock {
  readonly cloud?: object;
  readonly backend?: Readonly<Record<string, object>>;
}

const runsRemotely = ({ cloud, backend }: TerraformBlock) => cloud !== undefined || backend?.remote !== undefined;

/** cdktf and cdktn sort in the same way, but break lines differently in empty objects and lists. */
function rewrite(file: string): { terraform: TerraformBlock } {
  const json = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify(json, null, 2));
  return json;
}

/** For a remote run Terraform uploads the folder; .terraformignore limits what it uploads. */
function limitUpload(folder: string, isRemote: boolean): void {
  const file = path.join(folder, ".terraformignore");
  rmSync(file, { force: true });
  if (!isRemote) return;
  copyFileSync(fileURLToPath(new URL("terraformignore", import.meta.url)), file);
  open(file);
}

/** Makes a file, or a folder with everything in it, readable for everyone. */
function open(place: string): void {
  const stat = lstatSync(place);
  const isFolder = stat.isDirectory();
  const mode = isFolder ? 0o755 : 0o644;
  if ((stat.mode & 0o777) !== mode) chmodSync(place, mode);
  if (isFolder) for (const name of readdirSync(place)) open(path.join(place, name));
}
