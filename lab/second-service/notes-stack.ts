import { LocalBackend } from "cdktf";
import type { Construct } from "constructs";
import * as on from "../../constructs/index.js";
import type { Environment } from "../../settings/environment.js";
import { placesOf } from "../../settings/places.js";
import { AddressedStack } from "../../stacks/addressed-stack.js";

/** The service `notes` on an environment's host, with its own state, records, database, site and backups. */
export class NotesStack extends AddressedStack {
  constructor(scope: Construct, environment: Environment, image: string) {
    super(scope, "notes");
    new LocalBackend(this, { path: "../../../state/notes.tfstate" });
    const { ssh, domain, caddy } = environment;
    const host = new on.RemoteHost(this, "host", { ssh, ...placesOf(environment, "notes") });
    const ownership = new on.HostOwnership(this, "ownership", { host });
    const DATABASE_URL = `postgres://notes:${on.inUrl("DATABASE_PASSWORD")}@postgresql/notes`;
    const networks = Object.entries(environment.networks).map(
      ([key, { name }]) => new on.NetworkAttachment(this, `${key}_network`, { host, name, aliases: ["notes"] }),
    );
    new on.WebService(this, "notes", { ...notesPlace(environment), host, ownership }).enable({
      ...{ image, networks, alias: "notes", port: 8080, healthPath: "/health", databasePath: "/database" },
      ...{ memory: 128, memoryReservation: 64, cpus: 0.5, dataOwner: "1000:1000", dataMount: "/data" },
      ...{ siteHost: `notes.${domain}`, siteImports: caddy.snippets, deployUser: ssh.user },
      ...{ variables: { DATABASE_URL, NODE_OPTIONS: on.preloadOption("notes") }, secretsOwner: "1000:1000" },
    });
  }
}

/** Where the service and its data are; backup.ts reads it, too. */
export function notesPlace(environment: Environment) {
  const { name: environmentName, caddy } = environment;
  const places = placesOf(environment, "notes");
  const postgresql = { ...environment.postgresql, database: "notes", role: "notes" };
  const restoreCommand = `npx tsx lab/second-service/backup.ts ${environmentName} restore`;
  const backups = { directory: places.backupsDirectory, keep: 7, restoreCommand };
  return { name: "notes", environmentName, caddy, postgresql, backups, ...places };
}
