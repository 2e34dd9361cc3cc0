import type { Command } from "commander";
import { environmentNamed } from "../environment-files.js";
import { runOnHost } from "../run-on-host.js";
import { addVerb, ENVIRONMENT } from "../verb.js";
import { backupArgument } from "./backup-argument.js";
import { backupInputOf } from "./backup-input.js";

export function addBackupVerify(backup: Command): void {
  addVerb(backup, "verify", {
    summary: "Test that a backup can be restored",
    details:
      "Restores it into a database of its own beside NocoDB's, compares tables and rows with those noted when it was made, and drops that database. NocoDB goes on serving. The host keeps the result. Exit code: 1 if the backup failed.",
    examples: ["backup verify prod", "backup verify prod 2026-11-24T030000Z-2026.09.0"],
  })
    .argument(...ENVIRONMENT)
    .addArgument(backupArgument())
    .action((name: string, named: string) => {
      const environment = environmentNamed(name);
      return runOnHost(environment, "backup/verify", {
        ...backupInputOf(environment),
        backup: named,
        reason: "requested",
      });
    });
}
