import { parseRelease, releaseKey } from "../service-container/image-reference.js";

/** Differences between NocoDB's versions in the container's settings; for its API see consumers/api/. */
interface Version {
  /** The first version that this applies to. */
  readonly since: string;
  /** Names of the variable that holds NocoDB's public address; NocoDB reads the first that is set. */
  readonly siteUrl: readonly string[];
  /** Names of the variable that holds the directory of NocoDB's own files. */
  readonly dataDirectory: readonly string[];
  /** Name of the variable for the number of proxies whose word about a client's address counts. */
  readonly trustedProxies: readonly string[];
  /** Names of the variable that lets webhooks call private addresses. */
  readonly privateWebhooks: readonly string[];
  /** Names of the variable that lets data sources be at private addresses. */
  readonly privateDataSources: readonly string[];
  /** Answers 200 once the routes exist, without a query to the database. */
  readonly healthPath: string;
  /** Answers 200 if the database can be used, 400 if it is down or not NocoDB's. */
  readonly databasePath: string;
  readonly source: string;
}

const PATHS = { healthPath: "/api/v1/health", databasePath: "/api/v1/db/meta/nocodb/info" };

/** Newest first. */
const VERSIONS: readonly Version[] = [
  {
    ...PATHS,
    since: "2026.04.0-alpha", // a pre-release has the names of its release
    // If an image sets a new name itself, it overrides an old name from us, so both are set.
    siteUrl: ["NC_SITE_URL", "NC_PUBLIC_URL"],
    dataDirectory: ["NC_APP_DATA_DIR", "NC_TOOL_DIR"],
    trustedProxies: ["NC_TRUST_PROXY"],
    privateWebhooks: ["NC_WEBHOOK_ALLOW_PRIVATE_NETWORK", "NC_ALLOW_LOCAL_HOOKS"],
    privateDataSources: ["NC_ALLOW_LOCAL_EXTERNAL_DBS"],
    source:
      "nocodb.com/docs/self-hosting/environment-variables, 'Backward compatibility'; nocodb/nocodb, packages/nocodb/src/utils: trustProxy.ts, ssrf.ts; not run by the tests",
  },
  {
    ...PATHS,
    since: "0",
    siteUrl: ["NC_PUBLIC_URL"],
    dataDirectory: ["NC_TOOL_DIR"],
    trustedProxies: [], // it trusts every proxy
    privateWebhooks: ["NC_ALLOW_LOCAL_HOOKS"],
    privateDataSources: [], // it accepts every address
    source: "0.301.3, which the tests run",
  },
];

/**
 * The properties of an image's version. An image whose tag is not a version (a digest alone, `latest`) counts as the
 * newest.
 */
export function versionOf(image: string): Version {
  const key = releaseKey(image);
  return VERSIONS.find(({ since }) => key === "" || key >= parseRelease(since)!.key)!;
}
