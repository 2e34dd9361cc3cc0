import type { Command } from "commander";
import { environmentNamed } from "../environment-files.js";
import { readFromHost } from "../run-on-host.js";
import { addVerb, ENVIRONMENT, JSON_OUTPUT } from "../verb.js";
import { backupInputOf } from "./backup-input.js";

export function addBackupList(backup: Command): void {
  addVerb(backup, "list", {
    summary: "List the backups on the host, the newest first",
    examples: ["backup list prod", "backup list prod --json"],
  })
    .argument(...ENVIRONMENT)
    .option(...JSON_OUTPUT)
    .action(async (name: string, { json }: { json?: true }) => {
      const environment = environmentNamed(name);
      const printed = await readFromHost(environment, "backup/list", backupInputOf(environment));
      process.stdout.write(json ? `${JSON.stringify(backupsIn(printed))}\n` : printed);
    });
}

/** The lines of list.sh: name, size, reason. A line of another form says that there is none. */
function backupsIn(printed: string) {
  const lines = printed.matchAll(/^(\d{4}-\d\d-\d\dT\S+) +(\S+) {2}(.*)$/gm);
  return [...lines].map(([, name, size, reason]) => ({ name, size, reason }));
}
