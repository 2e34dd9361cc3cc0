import type { ServicePlace, WebServiceProps } from "../web-service/web-service-props.js";
import type { NocodbConsumer } from "./consumers/nocodb-consumers.js";
import type { Redis, S3 } from "./storage.js";

/** The name and the kind of the service on a host. */
export const SERVICE = "nocodb";
/** NocoDB's own tables; those of bases have other names. */
export const OWN_TABLES = "^(nc|xc)_";
/** In seconds. NocoDB stops in about 2 s; only requests in progress and kept connections take longer. */
export const GRACE_PERIOD = 10;
/**
 * The official image runs node as a child of a shell script. SIGTERM ends the shell, and with it the container, before
 * node has answered the requests in progress. A shell that waits for its child ignores SIGINT, and NocoDB stops on
 * SIGINT as it does on SIGTERM.
 */
export const STOP_SIGNAL = "SIGINT";

/** Where NocoDB and its data are, enabled or not. */
export type NocodbPlace = Omit<ServicePlace, "name" | "kind" | "pinnedSecrets">;

/** Properties that this construct sets itself. */
type Own =
  | "capabilities"
  | "command"
  | "databasePath"
  | "dataMount"
  | "dataOwner"
  | "gracePeriod"
  | "healthPath"
  | "hold"
  | "port"
  | "secrets"
  | "secretsOwner"
  | "setSecretCommand"
  | "stopSignal";

/** How an enabled NocoDB runs. */
export interface NocodbProps extends Omit<WebServiceProps, Own> {
  /** Address that visitors use: `https://` and the host name of the site, and a port if it is not 443. */
  readonly siteUrl: string;
  /** Sign-in name of the super admin. */
  readonly adminEmail: string;
  /** Whether a super admin with another address that the database already has is renamed. @default refused */
  readonly renamesAdmin?: boolean;
  /** Titles of bases that are created if they are missing. */
  readonly bases: readonly string[];
  /** The consumers of the API; the construct adds the URLs of NocoDB. */
  readonly consumers: readonly (Omit<NocodbConsumer, "variables"> & {
    /** Whether NOCODB_BASE_URL is the site or NocoDB's name on the networks. */
    readonly baseUrl: "site" | "internal";
  })[];
  /** Whether an attachment has only addresses that are signed and expire. */
  readonly secureAttachments: boolean;
  /** How many proxies are in front of NocoDB; the last one tells it the client's address. */
  readonly trustedProxies: number;
  /** What may use private addresses, such as those of the containers beside NocoDB. */
  readonly privateNetwork: {
    /** Webhooks. */
    readonly webhooks: boolean;
    /** External data sources. */
    readonly dataSources: boolean;
  };
  /** Redis for cache and jobs. @default in memory */
  readonly redis?: Redis | undefined;
  /** Bucket for attachments. @default the data directory */
  readonly s3?:
    | (S3 & {
        /** Whether attachments in the data directory are left there. */
        readonly leavesLocal: boolean;
      })
    | undefined;
  /** Names of further variables that are secret: an operator sets their values by command. */
  readonly secrets: readonly string[];
  /** Further variables; they override the app's own NC_DISABLE_TELE. Those of NODE_OPTIONS come before the app's. */
  readonly variables: Readonly<Record<string, string>>;
}
