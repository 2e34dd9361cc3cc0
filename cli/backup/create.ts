import type { Command } from "commander";
import { environmentNamed } from "../environment-files.js";
import { runOnHost } from "../run-on-host.js";
import { addVerb, ENVIRONMENT } from "../verb.js";
import { backupInputOf } from "./backup-input.js";

export function addBackupCreate(backup: Command): void {
  addVerb(backup, "create", {
    summary: "Make a backup of database and data directory, now",
    details: "NocoDB goes on serving. Backups beyond backups.keep are removed, the oldest first.",
    examples: ["backup create prod"],
  })
    .argument(...ENVIRONMENT)
    .action((name: string) => {
      const environment = environmentNamed(name);
      return runOnHost(environment, "backup/create", { ...backupInputOf(environment), reason: "requested" });
    });
}
