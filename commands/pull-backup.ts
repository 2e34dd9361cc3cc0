/**
 * `npm run pull-backup -- prod [BACKUP] DIRECTORY`: copies a backup (the latest without a name) from the host into a directory
 * of this machine: all of it or nothing, compared with the host's by size and SHA-256. Ends with 0, too, where it is there.
 */
import { mkdirSync } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { BackupCopy, bytesOf, FILES, megabytes, type Sums, takeCopy } from "./backup-copy.js";
import { factsIn } from "./backup-facts.js";
import { backupsOf, environmentNamed, sayOnHost, scriptsOnHost } from "./on-host.js";

const USAGE = "npm run pull-backup -- ENVIRONMENT [BACKUP] DIRECTORY";

async function main([name, ...words]: readonly string[]): Promise<number> {
  const environment = environmentNamed(name, USAGE);
  if (typeof environment === "string" || words.length < 1 || words.length > 2) {
    console.error(typeof environment === "string" ? environment : `usage: ${USAGE}`);
    return 2;
  }
  const directory = words.pop()!;
  const input = { ...backupsOf(environment), backup: words[0] ?? "latest" };
  const described = sayOnHost(environment, ["backup.sh", "describe-backup.sh"], input);
  if (described.status !== 0) return described.status;
  const { name: backup = "", ...sums } = factsIn(described.said);
  const folder = path.join(directory, backup);
  if (await stat(folder).catch(() => undefined)) return compare(new BackupCopy(folder), sums);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const from = scriptsOnHost(environment, ["backup.sh", "send-backup.sh"], { ...input, backup });
  await takeCopy(directory, backup, sums, from);
  console.log(`${folder}: ${megabytes(bytesOf(sums))}, as on ${environment.ssh.host} by size and SHA-256`);
  return 0;
}

async function compare(copy: BackupCopy, sums: Sums): Promise<number> {
  const own: Sums = await copy.sums().catch(() => ({}));
  if (FILES.every((file) => own[file] === sums[file])) {
    console.log(`${copy.folder} is there already, as on the host by size and SHA-256`);
    return 0;
  }
  console.error(`${copy.folder} is there and is not what the host has: move it away`);
  return 1;
}

process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
  console.error(`${error.message}; nothing was kept of it`);
  return 1;
});
