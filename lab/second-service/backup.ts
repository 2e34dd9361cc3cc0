/**
 * Backups of `notes`: `npx tsx lab/second-service/backup.ts ENVIRONMENT create | list | restore [BACKUP]`. A restore prints the
 * image that the backup was made under; deploy that image next.
 */
import { runOnHost } from "../../cli/run-on-host.js";
import { backupInput } from "../../constructs/backup/backup-policy.js";
import { backupPolicyOf } from "../../constructs/web-service/backups.js";
import { loadEnvironments } from "../../settings/environment.js";
import { notesPlace } from "./notes-stack.js";

const [name, verb, backup = "latest"] = process.argv.slice(2);
const { environments } = loadEnvironments(process.env.NOCODB_ENVIRONMENTS ?? "environments", process.env);
const environment = environments.find((each) => each.name === name);
if (environment === undefined) throw new Error(`there is no environment ${name}`);
const place = notesPlace(environment);
const input = { records: place.recordsDirectory, ...backupInput(backupPolicyOf(place)) };
const restore = { container: place.containerName, backup, discard: "no", grace_period: "10", owned_tables: "" };

if (verb === "create") runOnHost(environment, "backup/create", { ...input, reason: "requested" });
if (verb === "list") runOnHost(environment, "backup/list", input);
if (verb === "restore") {
  runOnHost(environment, "backup/restore", { ...input, ...restore, confirmed: "no" });
  runOnHost(environment, "backup/restore", { ...input, ...restore, confirmed: "yes" });
}
