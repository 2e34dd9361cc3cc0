import { expect, test } from "vitest";
import { withDefaults } from "../../../../settings/defaults.js";
import { checkEnvironment } from "../../../../settings/read.js";
import { complaints, environmentText } from "../../support/environment-text.js";

const s3 = { bucket: "acme", region: "eu-central-1" };

test.each([
  [{ redis: { host: "redis:6379" } }, 'redis.host: "redis:6379": is not a host name'],
  [{ redis: { host: "redis", database: 15 } }, "redis.database: 15: must be a whole number from 0 to 14"],
  [
    { attachments: { s3: { ...s3, bucket: "s3://acme" } } },
    'attachments.s3.bucket: "s3://acme": is not the name of a bucket',
  ],
  [
    { attachments: { s3: { ...s3, region: "Frankfurt" } } },
    'attachments.s3.region: "Frankfurt": is not the name of a region',
  ],
  [
    { attachments: { s3: { ...s3, endpoint: "https://s3.example.com/acme" } } },
    'attachments.s3.endpoint: "https://s3.example.com/acme": is not the address of an S3 server',
  ],
  [
    { redis: { host: "redis" }, variables: { NC_REDIS_URL: "redis://other" } },
    "variables.NC_REDIS_URL: (not shown): may not be set beside redis",
  ],
  [
    { attachments: { s3 }, variables: { NC_S3_REGION: "eu-1" } },
    "variables.NC_S3_REGION: (not shown): may not be set beside attachments.s3",
  ],
])("%j is refused", (over, complaint) => {
  expect(complaints(environmentText(over))).toEqual([expect.stringContaining(complaint)]);
});

test("the secrets that Redis and the bucket need are required", () => {
  const secrets = (over: Record<string, unknown>) =>
    withDefaults("prod", checkEnvironment("prod", environmentText(over), {}).settings!).secrets;
  expect(secrets({})).toEqual([]);
  expect(secrets({ redis: { host: "redis", password: "none" } })).toEqual([]);
  expect(secrets({ redis: { host: "redis" }, attachments: { s3 }, secrets: ["REDIS_PASSWORD"] })).toEqual([
    ...["NC_S3_ACCESS_KEY", "NC_S3_ACCESS_SECRET", "REDIS_PASSWORD"],
  ]);
});
