import type { AlertPolicy } from "../alerts/alert-policy.js";
import type { BackupPolicy } from "../backup/backup-policy.js";
import type { CaddyConfiguration } from "../caddy-site/caddy-site.js";
import type { DestroyPolicy } from "../data-retention/data-retention.js";
import type { HostOwnership } from "../host-ownership/host-ownership.js";
import type { NetworkAttachment } from "../network-attachment/network-attachment.js";
import type { ServerTls } from "../postgres-database/server.js";
import type { RemoteHost } from "../remote-host/remote-host.js";
import type { ServiceSecret } from "../service-secrets/secret.js";
import type { ClusterProps } from "../swarm-service/cluster.js";

/** Where a service and its data are on the host, enabled or not. */
export interface ServicePlace {
  /** The Docker host. */
  readonly host: RemoteHost;
  /** The state that manages the service. */
  readonly ownership: HostOwnership;
  /** Name of the environment, part of the container's label. */
  readonly environmentName: string;
  /** Name of the service, part of everything that it keeps on the host. Lower case letters, digits, `-`. */
  readonly name: string;
  /** How the service's data is recognized: see kind.sh. @default generic, by any table in its database */
  readonly kind?: string | undefined;
  /** Name of the container. */
  readonly containerName: string;
  /** The Caddy that serves its site. */
  readonly caddy: CaddyConfiguration;
  /** The PostgreSQL that holds its database. */
  readonly postgresql: {
    /** Its container, or the address of one elsewhere, as `serverAddress` writes it. */
    readonly container: string;
    /** Superuser inside the container, or the administrator of a server elsewhere. */
    readonly superuser: string;
    /** Name on the network, or that of a server elsewhere. */
    readonly host: string;
    /** Port there. */
    readonly port: number;
    /** How the service's connection to a server elsewhere is protected. @default a container's is not */
    readonly tls?: ServerTls | undefined;
    /** The service's database. */
    readonly database: string;
    /** The service's login role, owner of the database. */
    readonly role: string;
    /** Regular expression for the names of tables in schema public that the role must own. @default all of them */
    readonly ownedTables?: string | undefined;
  };
  /** Directory for the env file and the secrets, owned by the deploy user. */
  readonly configDirectory: string;
  /** Names of the secrets without which the service's data cannot be read. @default none */
  readonly pinnedSecrets?: readonly string[] | undefined;
  /** Directory for the service's own files. */
  readonly dataDirectory: string;
  /** The directory of backups, how many to keep, their copies, and the command that restores one. */
  readonly backups: Pick<BackupPolicy, "directory" | "keep" | "copy" | "restoreCommand"> & {
    /** When the host makes a backup itself: systemd's OnCalendar. @default never */
    readonly schedule?: string | undefined;
    /** When the host tests itself that the newest backup can be restored: systemd's OnCalendar. @default never */
    readonly verify?: string | undefined;
  };
  /** Who is told when something breaks. @default nobody */
  readonly alerts?: AlertPolicy | undefined;
}

/** How an enabled service runs. */
export interface WebServiceProps {
  /** Reference with a tag or a digest. The image must contain `wget`. */
  readonly image: string;
  /** Command that replaces the image's own. @default the image's */
  readonly command?: readonly string[] | undefined;
  /** Limit in MiB. */
  readonly memory: number;
  /** In MiB; less than `memory`. */
  readonly memoryReservation: number;
  /** Cores, for example 0.5. */
  readonly cpus: number;
  /** Kernel capabilities that it keeps, without the prefix CAP_. @default none */
  readonly capabilities?: readonly string[] | undefined;
  /** How it runs in a Docker Swarm. @default it is one container */
  readonly cluster?: ClusterProps | undefined;
  /** Networks that it is attached to. */
  readonly networks: readonly NetworkAttachment[];
  /** The name by which other containers, such as Caddy, reach it; an alias on the networks. */
  readonly alias: string;
  /** TCP port that it listens on inside its container. */
  readonly port: number;
  /** Path that answers 200 once the service can be used. */
  readonly healthPath: string;
  /** Path that answers 200 only while it can use its database. @default not checked */
  readonly databasePath?: string | undefined;
  /** Host name of the site. */
  readonly siteHost: string;
  /** Snippets of the Caddyfile that the site imports, such as the VPN gate. @default none: the site is open */
  readonly siteImports?: readonly string[] | undefined;
  /** Origins that the site's page may call besides its own. @default all of them: no Content-Security-Policy */
  readonly siteAllowedOrigins?: readonly string[] | undefined;
  /**
   * Seconds Caddy holds a request during a replacement: more than the grace period and a start together. @default 60
   */
  readonly hold?: number | undefined;
  /** Signal that asks it to stop. @default the image's, which is SIGTERM unless it says otherwise */
  readonly stopSignal?: string | undefined;
  /** Seconds between that signal and SIGKILL. @default 10 */
  readonly gracePeriod?: number | undefined;
  /** `host` for an engine with userns-remap: its files belong to the host's users. @default the engine's */
  readonly usernsMode?: "host" | undefined;
  /** Variables of the container. `inUrl(NAME)` in one stands for a secret. */
  readonly variables: Readonly<Record<string, string>>;
  /** Secrets of the service, beside the password of its role, DATABASE_PASSWORD. @default none */
  readonly secrets?: readonly ServiceSecret[] | undefined;
  /** The command that sets a secret; its name follows. Needed if the policy of one is `given`. */
  readonly setSecretCommand?: string | undefined;
  /** Who reads the secrets in the container, as `uid:gid`. @default root */
  readonly secretsOwner?: string | undefined;
  /** Owner of the data directory: a user's name, or `uid:gid`. */
  readonly dataOwner: string;
  /** Path in the container at which the data directory is mounted. */
  readonly dataMount: string;
  /** Owner of the env file. */
  readonly deployUser: string;
  /** Whether a destroy keeps or deletes the service's data. @default everything is kept */
  readonly onDestroy?: DestroyPolicy | undefined;
}
