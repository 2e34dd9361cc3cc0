/** What differs between versions of NocoDB, as far as the app sets it. What the API answers: constructs/host/nocodb-api.sh. */
interface Version {
  /** The first version that this holds for. */
  readonly since: string;
  /** Names of the variable with the address that links and mails begin with. The first one that is set counts. */
  readonly siteUrl: readonly string[];
  /** Names of the variable with the directory for NocoDB's own files. */
  readonly dataDirectory: readonly string[];
  /** Answers 200 once the routes are there, without a look at the database. */
  readonly healthPath: string;
  /** Answers 400 when the database is down or not NocoDB's, 200 when it can be used. */
  readonly databasePath: string;
  readonly source: string;
}

const PATHS = { healthPath: "/api/v1/health", databasePath: "/api/v1/db/meta/nocodb/info" };

/** Newest first. */
const VERSIONS: readonly Version[] = [
  {
    ...PATHS,
    since: "2026.04.0",
    // An image that sets a new name itself would win over an old one from us: both are set.
    siteUrl: ["NC_SITE_URL", "NC_PUBLIC_URL"],
    dataDirectory: ["NC_APP_DATA_DIR", "NC_TOOL_DIR"],
    source: "nocodb.com/docs/self-hosting/environment-variables, 'Backward compatibility'; not run by the tests",
  },
  {
    ...PATHS,
    since: "0",
    siteUrl: ["NC_PUBLIC_URL"],
    dataDirectory: ["NC_TOOL_DIR"],
    source: "0.301.3, which the tests run",
  },
];

/**
 * What holds for the version that an image has by its tag. A tag that is none (a digest alone, a name of one's own) counts
 * as the newest.
 */
export function versionOf(image: string): Version {
  const tag = /:([^/:@]+)(?:@|$)/.exec(image)?.[1] ?? "";
  const number = /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1];
  return VERSIONS.find(({ since }) => number === undefined || compare(number, since) >= 0)!;
}

function compare(one: string, other: string): number {
  const [left, right] = [one, other].map((each) => each.split(".").map(Number)) as [number[], number[]];
  const at = left.findIndex((part, index) => part !== (right[index] ?? 0));
  return at < 0 ? 0 : left[at]! - (right[at] ?? 0);
}
