import { isIPv4 } from "node:net";
import type { Finding, Placed } from "../diagnostics/problems.js";
import type { EnvironmentFile } from "../schema.js";
import { mapping } from "./checks.js";

/** The secrets that `redis` and `attachments.s3` need on the host, by the setting that needs them. */
export const STORAGE_SECRETS = {
  redis: ["REDIS_PASSWORD"],
  s3: ["NC_S3_ACCESS_KEY", "NC_S3_ACCESS_SECRET"],
} as const;

/** Variables that the app sets from a section, so that `variables` may not set them beside it. */
const VARIABLES = {
  redis: ["NC_REDIS_URL", "NC_REDIS_JOB_URL"],
  "attachments.s3": [
    ...["NC_S3_BUCKET_NAME", "NC_S3_REGION", "NC_S3_ENDPOINT", "NC_S3_FORCE_PATH_STYLE"],
    ...STORAGE_SECRETS.s3,
  ],
} as const;

const hostName = /^(?=.{1,253}$)[a-zA-Z0-9](?:[a-zA-Z0-9._-]*[a-zA-Z0-9])?$/;

/** The name or address of Redis, without a port. */
export function redisHost(host: string): Finding | undefined {
  if (isIPv4(host) || hostName.test(host)) return undefined;
  return {
    message: "is not a host name: letters, digits, ., _ and -, starting and ending with a letter or digit",
    remedy: "set the name of the Redis container on NocoDB's networks, or its host name; redis.port has the port",
  };
}

/** A numbered database of Redis that has a successor, which NocoDB's jobs use. */
export function redisDatabase(database: number): Finding | undefined {
  if (Number.isInteger(database) && database >= 0 && database <= 14) return undefined;
  const remedy = "set a database that nothing else uses, and whose successor nothing else uses, such as 2";
  return { message: "must be a whole number from 0 to 14", remedy };
}

/** The name of an S3 bucket. */
export function bucketName(bucket: string): Finding | undefined {
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) return undefined;
  return {
    message: "is not the name of a bucket: 3 to 63 of a-z, 0-9, . and -, starting and ending with a letter or digit",
    remedy: "set the bucket's name without its address, such as acme-nocodb",
  };
}

/** The name of an S3 region. */
export function regionName(region: string): Finding | undefined {
  if (/^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$/.test(region)) return undefined;
  return {
    message: "is not the name of a region: a-z, 0-9 and -",
    remedy: "set the region such as eu-central-1; servers of your own mostly accept us-east-1",
  };
}

/** The address of an S3 server: its origin, without a path. */
export function s3Endpoint(endpoint: string): Finding | undefined {
  if (/^https?:\/\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?$/.test(endpoint)) return undefined;
  return {
    message: "is not the address of an S3 server: https://, a host name in lower case, and perhaps a port",
    remedy:
      "write an address that NocoDB and browsers reach, such as https://s3.example.com; attachments.s3.bucket has the bucket",
  };
}

/** `redis` and `attachments.s3` are not set a second time in `variables` or `secrets`. */
export function storageRules(_name: string, file: EnvironmentFile): Placed[] {
  const isSet = { redis: file.redis !== undefined, "attachments.s3": mapping(file.attachments).s3 !== undefined };
  return Object.entries(VARIABLES).flatMap(([section, names]) => {
    if (!isSet[section as keyof typeof isSet]) return [];
    const again = Object.keys(mapping(file.variables)).filter((name) => names.some((each) => each === name));
    const message = `may not be set beside ${section}, from which the app sets it`;
    return again.map((name): Placed => [["variables", name], { message, remedy: "remove one of the two" }]);
  });
}
