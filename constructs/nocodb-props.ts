import type { Backups } from "./backups.js";
import type { CaddyConfiguration } from "./caddy-site.js";
import type { Claim } from "./claim.js";
import type { OnDestroy } from "./ending.js";
import type { NetworkAttachment } from "./network-attachment.js";
import type { NocodbConsumer } from "./nocodb-consumers.js";
import type { RemoteHost } from "./remote-host.js";

/** Where NocoDB and its data are, served or not. */
export interface NocodbPlace {
  readonly host: RemoteHost;
  /** The mark of the state on the host. */
  readonly claim: Claim;
  readonly environmentName: string;
  /** Name of the container. */
  readonly containerName: string;
  readonly caddy: CaddyConfiguration;
  readonly postgresql: {
    readonly container: string;
    readonly superuser: string;
    /** Name and port on the network. */
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly role: string;
  };
  /** Directory for nocodb.env, of the deploy user. */
  readonly configDirectory: string;
  /** Directory for NocoDB's own files, mounted at /data. */
  readonly dataDirectory: string;
  /** Where backups go, and how many stay. */
  readonly backups: Pick<Backups, "directory" | "keep"> & {
    /** When the host itself makes one: systemd's OnCalendar. @default never */
    readonly schedule?: string | undefined;
  };
}

export interface NocodbProps extends NocodbPlace {
  readonly image: string;
  /** Limit in MiB. */
  readonly memory: number;
  /** In MiB. */
  readonly memoryReservation: number;
  readonly cpus: number;
  /** Host name of the site. */
  readonly siteHost: string;
  /** Snippets of the Caddyfile that the site imports: the VPN gate. */
  readonly siteImports: readonly string[];
  readonly networks: readonly NetworkAttachment[];
  /** The name under which its neighbours, Caddy among them, find it; an alias on the networks. */
  readonly alias: string;
  readonly deployUser: string;
  /** What `destroy` does with what holds the data. */
  readonly onDestroy: OnDestroy;
  readonly adminEmail: string;
  /** A super admin of another name that the database already has is renamed. @default refused */
  readonly renamesAdmin?: boolean;
  /** Who calls the API; the step adds where NocoDB is found. */
  readonly consumers: readonly (Omit<NocodbConsumer, "variables"> & {
    /** Whether NOCODB_BASE_URL is the site or NocoDB's name on the networks. */
    readonly baseUrl: "site" | "internal";
  })[];
  /** Further variables; they win over the app's own NODE_OPTIONS and NC_DISABLE_TELE. */
  readonly environment: Readonly<Record<string, string>>;
}
