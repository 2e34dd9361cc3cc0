/** `npm run backup -- prod`: a backup of database and data directory, now. `npm run backups -- prod`: those there are. */
import { backupsOf, environmentNamed, runOnHost } from "./on-host.js";

function main(script: string | undefined, name: string | undefined): number {
  const command = script === "list-backups.sh" ? "backups" : "backup";
  const environment = environmentNamed(name, `npm run ${command} -- ENVIRONMENT`);
  if (typeof environment === "string") {
    console.error(environment);
    return 2;
  }
  return runOnHost(environment, ["backup.sh", script!], { ...backupsOf(environment), reason: "asked for" });
}

process.exitCode = main(process.argv[2], process.argv[3]);
