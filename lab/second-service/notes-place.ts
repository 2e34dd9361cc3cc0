// Without cdktf, so that backup.ts starts quickly.
import type { ServicePlace } from "../../constructs/web-service/web-service-props.js";
import type { Environment } from "../../settings/environment.js";

/** Where `notes` and its data are on the host of an environment. */
export function notesPlace({ name, project, baseDirectory, caddy, postgresql }: Environment) {
  const configDirectory = `${baseDirectory}/configs/notes`;
  const place: Omit<ServicePlace, "host" | "ownership"> = {
    environmentName: name,
    name: "notes",
    containerName: `${project}_notes`,
    caddy,
    postgresql: { ...postgresql, database: "notes", role: "notes" },
    configDirectory,
    dataDirectory: `${baseDirectory}/data/notes`,
    backups: {
      directory: `${baseDirectory}/backups/notes`,
      keep: 7,
      restoreCommand: `npx tsx lab/second-service/backup.ts ${name} restore`,
    },
  };
  return { ...place, recordsDirectory: `${configDirectory}/records` };
}
