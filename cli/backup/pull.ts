import { mkdirSync } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import { environmentNamed } from "../environment-files.js";
import { Failure } from "../exit-codes.js";
import { programCommand, readFromHost } from "../run-on-host.js";
import { addVerb, ENVIRONMENT } from "../verb.js";
import { backupArgument } from "./backup-argument.js";
import { BackupCopy, bytesOf, FILES, megabytes, type Sums, takeCopy } from "./backup-copy.js";
import { backupInputOf } from "./backup-input.js";
import { metadataIn } from "./metadata.js";

export function addBackupPull(backup: Command): void {
  addVerb(backup, "pull", {
    summary: "Copy a backup from the host into a directory of this machine",
    details:
      "All of it or nothing, compared with the host's by size and SHA-256. A copy that is already there is compared.",
    examples: ["backup pull prod /srv/backups", "backup pull prod /srv/backups 2026-11-24T030000Z-2026.09.0"],
  })
    .argument(...ENVIRONMENT)
    .argument("<directory>", "the copy is a directory in it, with the backup's name")
    .addArgument(backupArgument())
    .action(pull);
}

async function pull(name: string, directory: string, named: string): Promise<void> {
  const environment = environmentNamed(name);
  const input = backupInputOf(environment);
  const described = await readFromHost(environment, "backup/describe", { ...input, backup: named });
  const { name: backup = "", ...sums } = metadataIn(described);
  const folder = path.join(directory, backup);
  if (await stat(folder).catch(() => undefined)) return compare(new BackupCopy(folder), sums);
  makeDirectory(directory);
  await takeCopy(
    directory,
    backup,
    sums,
    programCommand(environment, "backup/send", { backups: input.backups!, backup }),
  );
  console.log(`${folder}: ${megabytes(bytesOf(sums))}, as on ${environment.ssh.host} by size and SHA-256`);
}

/** @throws Failure with the reason if it neither exists nor can be created */
function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure(`${directory}: cannot be created (${code}): name a directory of this machine`);
  }
}

async function compare(copy: BackupCopy, sums: Sums): Promise<void> {
  const own: Sums = await copy.sums().catch(() => ({}));
  if (FILES.some((file) => own[file] !== sums[file])) {
    throw new Failure(`${copy.folder} exists and is not what the host has: move it away, and pull again`);
  }
  console.log(`${copy.folder} exists already, as on the host by size and SHA-256`);
}
