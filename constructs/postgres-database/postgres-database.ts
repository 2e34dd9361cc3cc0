import type { Construct } from "constructs";
import { literal } from "../remote-host/expressions.js";
import { HostResource } from "../remote-host/host-resource.js";
import { mapValues } from "../remote-host/host-step.js";
import type { RemoteHost } from "../remote-host/remote-host.js";
import type { ServiceSecrets } from "../service-secrets/service-secrets.js";
import { isElsewhere } from "./server.js";

/** Properties of a role and its database. */
export interface PostgresDatabaseProps {
  /** The Docker host. */
  readonly host: RemoteHost;
  /**
   * PostgreSQL's container, whose superuser needs no password at the socket in it; or one elsewhere, as `serverAddress`
   * writes it.
   */
  readonly container: string;
  /** Superuser. On a server elsewhere, a role with CREATEROLE and CREATEDB is enough. */
  readonly superuser: string;
  /** Login role, owner of the database. */
  readonly role: string;
  /** Name of the database. */
  readonly database: string;
  /** The secrets that hold the password. */
  readonly secrets: ServiceSecrets;
  /** The name of the password among the secrets. */
  readonly passwordName: string;
  /** The container that uses the role: it is restarted while its password changes. @default none */
  readonly client?:
    | {
        /** Its name on the host. */
        readonly container: string;
        /** Seconds between the signal that asks it to stop and SIGKILL. */
        readonly gracePeriod: number;
        /** Caddy's container, which holds requests meanwhile. */
        readonly caddy: string;
        /** `name:port` by which Caddy reaches it. */
        readonly upstream: string;
      }
    | undefined;
  /** Regular expression for the names of tables in schema public that the role must own. @default all of them */
  readonly ownedTables?: string | undefined;
  /** The command that sets a secret; its name follows. Needed for a server elsewhere, whose superuser has a password. */
  readonly setSecretCommand?: string | undefined;
}

/**
 * A login role and a database that it owns. Existing ones are adopted: owner and password are set, and every row stays.
 * Both get a mark of the environment, and those of another environment of the host are refused.
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
        secrets: props.secrets.directory,
        password_name: props.passwordName,
        owned_tables: props.ownedTables ?? "",
      },
      triggers: { secrets_id: props.secrets.resource.id },
      extra: {
        ...mapValues(clientInput(props), literal),
        requirements: props.host.requirements,
        checked: props.host.checked,
      },
    });
    const { container, superuser, database, role, setSecretCommand = "" } = props;
    props.host.require(
      `postgresql ${container} ${superuser}${isElsewhere(container) ? ` ${setSecretCommand}` : ""}`,
      `own_database ${container} ${superuser} ${database} ${role}`,
    );
  }
}

function clientInput({ client }: PostgresDatabaseProps): Record<string, string> {
  if (client === undefined) return {};
  const { container, gracePeriod, caddy, upstream } = client;
  return { client: container, grace_period: String(gracePeriod), caddy, upstream };
}
