import type { Command } from "commander";
import { environmentNamed } from "../environment-files.js";
import { runOnHost } from "../run-on-host.js";
import { addVerb, ENVIRONMENT } from "../verb.js";
import { copyInputOf } from "./copy-input.js";

interface Flags {
  readonly list?: true;
  readonly password?: true;
}

export function addBackupCopy(backup: Command): void {
  addVerb(backup, "copy", {
    summary: "Copy the backups that are not in the repository of backups.copyTo yet",
    details:
      "After each backup the host does that by itself; this repeats it after a failure. Copies older than backups.copyTo.keepDays are removed.",
    examples: ["backup copy prod", "backup copy prod --list", "backup copy prod --password"],
  })
    .argument(...ENVIRONMENT)
    .option("--list", "only list the copies, the newest first")
    .option("--password", "only print the repository and its password: for your terminal, not for a log")
    .action((name: string, flags: Flags) => {
      const environment = environmentNamed(name);
      const input = copyInputOf(environment);
      if (flags.password) {
        const { copy_to, copy_secrets } = input;
        return runOnHost(environment, "backup/copy/password", { copy_to: copy_to!, secrets: copy_secrets! });
      }
      return runOnHost(environment, flags.list ? "backup/copy/list" : "backup/copy/run", input);
    });
}
