import type { Construct } from "constructs";
import type { HostFile } from "./host-file.js";
import { KeptOnHost } from "./host-step.js";
import type { RemoteHost } from "./remote-host.js";
import type { Secret } from "./secret.js";

export interface PostgresDatabaseProps {
  readonly host: RemoteHost;
  /** PostgreSQL's container; its superuser needs no password at the socket inside. */
  readonly container: string;
  readonly superuser: string;
  /** Login role, owner of the database. */
  readonly role: string;
  readonly database: string;
  readonly password: Secret;
  /** Where the script reads the password on the host: an env file and the variable in it. */
  readonly passwordFile: HostFile;
  readonly passwordVariable: string;
}

/**
 * A login role and a database that it owns. What is there already is taken over: owner and password as wanted, every
 * row as it was. Never dropped, not by `destroy` either.
 */
export class PostgresDatabase extends KeptOnHost {
  constructor(scope: Construct, id: string, props: PostgresDatabaseProps) {
    super(scope, id, {
      host: props.host,
      scripts: ["ensure-database.sh"],
      input: {
        container: props.container,
        superuser: props.superuser,
        role: props.role,
        database: props.database,
        password_file: props.passwordFile.path,
        password_variable: props.passwordVariable,
      },
      triggers: { "secret password": props.password.fingerprint },
      dependsOn: [props.passwordFile.resource],
    });
    props.host.require(`postgresql ${props.container} ${props.superuser}`);
  }
}
