import { LocalBackend } from "cdktf";
import type { Construct } from "constructs";
import { HostOwnership } from "../../constructs/host-ownership/host-ownership.js";
import { NetworkAttachment } from "../../constructs/network-attachment/network-attachment.js";
import { RemoteHost } from "../../constructs/remote-host/remote-host.js";
import { Secret } from "../../constructs/remote-host/secret.js";
import { GeneratedSecret } from "../../constructs/secret/generated-secret.js";
import { WebService } from "../../constructs/web-service/web-service.js";
import type { Environment } from "../../settings/environment.js";
import { AddressedStack } from "../../stacks/addressed-stack.js";
import { notesPlace } from "./notes-place.js";

/** The service `notes` on the host of an environment, with its own state, records, database, site and backups. */
export class NotesStack extends AddressedStack {
  constructor(scope: Construct, environment: Environment, image: string) {
    super(scope, "notes");
    new LocalBackend(this, { path: "../../../state/notes.tfstate" });
    const place = notesPlace(environment);
    const host = new RemoteHost(this, "host", { ssh: environment.ssh, recordsDirectory: place.recordsDirectory });
    const ownership = new HostOwnership(this, "ownership", { host });
    const password = new GeneratedSecret(this, "database_password", { description: "Password of role notes" }).secret;
    const networks = Object.entries(environment.networks).map(
      ([key, { name }]) => new NetworkAttachment(this, `${key}_network`, { host, name, aliases: ["notes"] }),
    );
    new WebService(this, "notes", { ...place, host, ownership }).enable({
      ...{ image, networks, alias: "notes", port: 8080, healthPath: "/health", databasePath: "/database" },
      ...{ memory: 128, memoryReservation: 64, cpus: 0.5, capabilities: [] },
      siteHost: `notes.${environment.domain}`,
      siteImports: environment.caddy.snippets,
      variables: { DATABASE_URL: Secret.join(this, ["postgres://notes:", password.urlEncoded(), "@postgresql/notes"]) },
      databasePassword: password,
      ...{ dataOwner: "1000:1000", dataMount: "/data", deployUser: environment.ssh.user },
      onDestroy: { database: "keep", data: "keep", backups: "keep" },
    });
  }
}
