import { describe, expect, test } from "vitest";
import { versionOf } from "../../../../constructs/nocodb/version.js";

describe("the tag of an image decides its variables:", () => {
  test.each([
    ["nocodb/nocodb:0.301.3"],
    ["nocodb/nocodb:0.9"],
    ["registry.example.com:5000/nocodb:v0.301.3"],
    ["nocodb/nocodb:2026.03.9"],
    [`nocodb/nocodb:0.301.3@sha256:${"0".repeat(64)}`],
  ])("%s has one name for each variable", (image) => {
    expect(versionOf(image)).toMatchObject({
      siteUrl: ["NC_PUBLIC_URL"],
      dataDirectory: ["NC_TOOL_DIR"],
      privateWebhooks: ["NC_ALLOW_LOCAL_HOOKS"],
    });
  });

  test.each([
    ["nocodb/nocodb:2026.04.0"],
    ["nocodb/nocodb:2026.4"],
    ["nocodb/nocodb:2026.10.1"],
    ["nocodb/nocodb:2027"],
    ["nocodb/nocodb:2026.04.0-rc1"],
  ])("%s has the new names and the old ones", (image) => {
    expect(versionOf(image)).toMatchObject({
      siteUrl: ["NC_SITE_URL", "NC_PUBLIC_URL"],
      dataDirectory: ["NC_APP_DATA_DIR", "NC_TOOL_DIR"],
      trustedProxies: ["NC_TRUST_PROXY"],
      privateWebhooks: ["NC_WEBHOOK_ALLOW_PRIVATE_NETWORK", "NC_ALLOW_LOCAL_HOOKS"],
      privateDataSources: ["NC_ALLOW_LOCAL_EXTERNAL_DBS"],
    });
  });

  test.each([
    [`nocodb/nocodb@sha256:${"0".repeat(64)}`],
    ["nocodb/nocodb"],
    ["registry.example.com:5000/nocodb"],
    ["nocodb/nocodb:latest"],
    ["nocodb/nocodb:ours-0.301.3"],
  ])("%s does not name a version, and counts as the newest", (image) => {
    expect(versionOf(image)).toBe(versionOf("nocodb/nocodb:9999.0.0"));
  });
});
