import type { Command } from "commander";
import { environmentNamed } from "../environment-files.js";
import { runOnHost } from "../run-on-host.js";
import { addVerb, ENVIRONMENT } from "../verb.js";
import { backupArgument } from "./backup-argument.js";
import { copyInputOf } from "./copy-input.js";

export function addBackupFetch(backup: Command): void {
  addVerb(backup, "fetch", {
    summary: "Bring a copy from the repository of backups.copyTo back to the host",
    details:
      "Also to an empty host, once it has the repository's secrets (secret set BACKUP_PASSWORD). backup restore then restores it by its name.",
    examples: ["backup fetch prod", "backup fetch second 2026-11-24T030000Z-2026.09.0"],
  })
    .argument(...ENVIRONMENT)
    .addArgument(backupArgument("its name, as backup copy --list prints it"))
    .action(async (name: string, named: string) => {
      const environment = environmentNamed(name);
      const input = copyInputOf(environment);
      await runOnHost(environment, "backup/copy/fetch", { ...input, backup: named });
      console.log(`npx nocodb-host backup list ${name} shows it, and backup restore ${name} NAME restores it`);
    });
}
