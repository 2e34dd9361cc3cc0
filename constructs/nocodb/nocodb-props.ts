import type { ServicePlace, WebServiceProps } from "../web-service/web-service-props.js";
import type { NocodbConsumer } from "./consumers/nocodb-consumers.js";

/** Its name, and its kind, among the services on a host. */
export const SERVICE = "nocodb";
/** Tables of NocoDB's own; those of bases have other names. */
export const OWN_TABLES = "^(nc|xc)_";
/** In seconds. It takes about 2 s to stop, and longer only for connections that are kept alive. */
export const GRACE_PERIOD = 10;

/** Where NocoDB and its data are, enabled or not. */
export type NocodbPlace = Omit<ServicePlace, "name" | "kind">;

/** What NocoDB decides itself. */
type Own =
  | "capabilities"
  | "command"
  | "databasePassword"
  | "databasePath"
  | "dataMount"
  | "dataOwner"
  | "gracePeriod"
  | "healthPath"
  | "hold"
  | "port"
  | "unchangingVariables";

export interface NocodbProps extends Omit<WebServiceProps, Own> {
  readonly adminEmail: string;
  /** A super admin of another name that the database already has is renamed. @default refused */
  readonly renamesAdmin?: boolean;
  /** Who calls the API; the construct adds where NocoDB is found. */
  readonly consumers: readonly (Omit<NocodbConsumer, "variables"> & {
    /** Whether NOCODB_BASE_URL is the site or NocoDB's name on the networks. */
    readonly baseUrl: "site" | "internal";
  })[];
  /** Further variables; they win over the app's own NODE_OPTIONS and NC_DISABLE_TELE. */
  readonly variables: Readonly<Record<string, string>>;
}
