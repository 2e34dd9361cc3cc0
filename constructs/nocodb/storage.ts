import { inUrl } from "../service-secrets/secret.js";
import { secretsDirectoryOf } from "../web-service/backups.js";
import type { NocodbPlace, NocodbProps } from "./nocodb-props.js";

/** A Redis that NocoDB uses for cache, jobs and messages between several NocoDBs. */
export interface Redis {
  /** Name on the networks of NocoDB, or a host name or address. */
  readonly host: string;
  /** TCP port, 1 to 65535. */
  readonly port: number;
  /** Whether it expects TLS. */
  readonly tls: boolean;
  /** Number of a database that nothing else uses, because NocoDB empties it at each start. Jobs use the next number. */
  readonly database: number;
  /** Whether the secret REDIS_PASSWORD opens it. */
  readonly password: "secret" | "none";
}

/** A bucket for attachments; the secrets NC_S3_ACCESS_KEY and NC_S3_ACCESS_SECRET open it. */
export interface S3 {
  /** Address of the server, which browsers must reach too. @default AWS */
  readonly endpoint?: string | undefined;
  /** Name of the bucket, which must exist. */
  readonly bucket: string;
  /** Region of the bucket, such as eu-central-1. */
  readonly region: string;
  /** Whether the bucket is in the path of addresses, not in their host name. */
  readonly forcePathStyle: boolean;
}

/**
 * The variables for Redis. A start of NocoDB empties the database of the cache, so jobs have another one. The library for
 * jobs takes TLS only from the query, that for the rest only from the scheme.
 */
export function redisVariables(redis: Redis | undefined): Record<string, string> {
  if (redis === undefined) return {};
  const { host, port, tls, database, password } = redis;
  const server = `${tls ? "rediss" : "redis"}://${password === "secret" ? `:${inUrl("REDIS_PASSWORD")}@` : ""}${host}:${port}`;
  return {
    NC_REDIS_URL: `${server}/${database}`,
    NC_REDIS_JOB_URL: `${server}/${database + 1}${tls ? "?tls=true" : ""}`,
  };
}

/** The variables for a bucket, which NocoDB writes into its own settings at each start. */
export function s3Variables(s3: S3 | undefined): Record<string, string> {
  if (s3 === undefined) return {};
  return {
    NC_S3_BUCKET_NAME: s3.bucket,
    NC_S3_REGION: s3.region,
    ...(s3.endpoint !== undefined && { NC_S3_ENDPOINT: s3.endpoint }),
    NC_S3_FORCE_PATH_STYLE: String(s3.forcePathStyle),
  };
}

/** The origin from which browsers load attachments. */
export function originOf({ endpoint, bucket, region, forcePathStyle }: S3): string {
  const server = endpoint ?? `https://s3.${region}.amazonaws.com`;
  return forcePathStyle ? server : server.replace("://", `://${bucket}.`);
}

/** What the host must meet for Redis and the bucket. */
export function storageRequirements(place: NocodbPlace, { redis, s3, image, networks }: NocodbProps): string[] {
  const where = `${image} ${secretsDirectoryOf(place)}`;
  const names = networks.map((network) => network.nameOnHost).join(" ");
  const found: string[] = [];
  if (redis !== undefined) {
    const { host, port, tls, database, password } = redis;
    found.push(`redis ${where} ${host} ${port} ${tls ? "tls" : "plain"} ${database} ${password} ${names}`);
  }
  if (s3 !== undefined) {
    found.push(
      `bucket ${where} ${originOf(s3)} ${s3.bucket} ${s3.region} ${s3.forcePathStyle ? "path" : "host"} ${names}`,
    );
    if (!s3.leavesLocal) found.push(`no_local_attachments ${place.containerName} ${place.dataDirectory} ${s3.bucket}`);
  }
  return found;
}
