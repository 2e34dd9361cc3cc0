import type { ServiceSecret } from "../service-secrets/secret.js";

/** A PostgreSQL at an address of its own: managed, on another machine, or a container that the host's programs may not enter. */
export interface PostgresServer {
  /** Name or IPv4 address. */
  readonly host: string;
  /** TCP port. */
  readonly port: number;
  /** Image whose psql, pg_dump and pg_restore are used; its major version is at least the server's. */
  readonly image: string;
  /** Docker network from which they connect. */
  readonly network: string;
  /** How the connection is protected. */
  readonly tls: ServerTls;
  /** Directory on the host with the administrator's password. */
  readonly secretsDirectory: string;
}

/** How a connection to PostgreSQL is protected. */
export interface ServerTls {
  /** `verify-full` checks the certificate and its name, `require` only encrypts, `disable` does neither. */
  readonly mode: "verify-full" | "require" | "disable";
  /** File on the host with the certificate authority in PEM format. @default the authorities of the system */
  readonly ca?: string | undefined;
}

/** The password of the role that administers a server elsewhere. It is the only secret of its directory. */
export const ADMIN_SECRET = {
  name: "POSTGRESQL_ADMIN_PASSWORD",
  policy: "host",
  title: "password of PostgreSQL's administrator",
} as const satisfies ServiceSecret;

const SCHEME = "postgresql://";

/** The word by which all programs know a server elsewhere. See server.sh. */
export function serverAddress({ host, port, image, network, tls, secretsDirectory }: PostgresServer): string {
  const ca = tls.ca === undefined ? "" : `&ca=${tls.ca}`;
  return `${SCHEME}${host}:${port}?image=${image}&network=${network}&tls=${tls.mode}${ca}&secrets=${secretsDirectory}`;
}

/** Whether a word names a server elsewhere, and not a container. */
export const isElsewhere = (container: string): boolean => container.startsWith(SCHEME);

/** Where a service finds the certificate authority of its database's server, if there is a file of its own. */
export const authoritiesMount = (service: string): string => `/run/${service}-postgresql-ca.crt`;
