import type { Construct } from "constructs";
import type { HostFile } from "../host-file/host-file.js";
import { HostResource } from "../remote-host/host-resource.js";
import type { RemoteHost } from "../remote-host/remote-host.js";
import type { Secret } from "../remote-host/secret.js";

export interface PostgresDatabaseProps {
  readonly host: RemoteHost;
  /** PostgreSQL's container; its superuser needs no password at the socket in the container. */
  readonly container: string;
  readonly superuser: string;
  /** Login role, owner of the database. */
  readonly role: string;
  readonly database: string;
  readonly password: Secret;
  /** Where the program reads the password on the host: an env file and the variable in it. */
  readonly passwordFile: HostFile;
  readonly passwordVariable: string;
  /** Regular expression for the names of tables in schema public that the role must own. @default all of them */
  readonly ownedTables?: string | undefined;
}

/**
 * A login role and a database that it owns. Existing ones are adopted: owner and password are set, and every row stays.
 * This construct never drops them, not even on destroy.
 */
export class PostgresDatabase extends HostResource {
  constructor(scope: Construct, id: string, props: PostgresDatabaseProps) {
    super(scope, id, {
      host: props.host,
      program: "postgres-database/apply",
      input: {
        container: props.container,
        superuser: props.superuser,
        role: props.role,
        database: props.database,
        password_file: props.passwordFile.path,
        password_variable: props.passwordVariable,
        owned_tables: props.ownedTables ?? "",
      },
      triggers: { "secret password": props.password.fingerprint },
      dependsOn: [props.passwordFile.resource],
    });
    props.host.require(`postgresql ${props.container} ${props.superuser}`);
  }
}
