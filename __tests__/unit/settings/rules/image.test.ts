import { describe, expect, test } from "vitest";
import { lacksFixes, pinnedImage, securityFloor } from "../../../../settings/rules/image.js";
import { complaints, environmentText } from "../../support/environment-text.js";
import { rejects } from "../../support/rejects.js";

const digest = `@sha256:${"0".repeat(64)}`;
const acknowledged = { acknowledgements: { "image-below-security-floor": "the lab has no newer image" } };

describe("the security floor", () => {
  test.each([
    "nocodb/nocodb:2026.10.1",
    "nocodb/nocodb:2026.10.12",
    "nocodb/nocodb:2026.11.0",
    "nocodb/nocodb:2026.11.0-rc1",
    "nocodb/nocodb:v2026.10.1",
    "nocodb/nocodb:2027.01.0",
    `nocodb/nocodb:2026.10.1${digest}`,
    "registry.example.com:5000/mirror/nocodb:2026.12.1",
  ])("accepts %s", (image) => {
    expect(complaints(environmentText({ image }))).toEqual([]);
  });

  test.each([
    ["nocodb/nocodb:0.301.3", "is below the security floor"],
    ["nocodb/nocodb:2026.10.0", "is below the security floor"],
    ["nocodb/nocodb:2025.12.0", "is below the security floor"],
    [`nocodb/nocodb:0.301.3${digest}`, "is below the security floor"],
    [`nocodb/nocodb${digest}`, "does not name a version of NocoDB"],
    [`nocodb/nocodb:latest${digest}`, "does not name a version of NocoDB"],
    ["nocodb/nocodb:2026.10.1-rc1", "is below the security floor"],
    ["nocodb/nocodb:9.1.0", "does not name a version of NocoDB"],
    ["nocodb/nocodb:2026.13.0", "does not name a version of NocoDB"],
  ])("refuses %s until it is acknowledged", (image, message) => {
    expect(complaints(environmentText({ image })).join()).toContain(message);
    expect(complaints(environmentText({ image, ...acknowledged }))).toEqual([]);
  });

  test.each(["nocodb/nocodb", "nocodb/nocodb:latest", "nocodb/nocodb@sha256:abc"])(
    "an acknowledgement does not make up for %s, which is not pinned",
    (image) => {
      expect(complaints(environmentText({ image, ...acknowledged }))).toHaveLength(1);
    },
  );

  test("lists the fixes that a version lacks, and only those", () => {
    const floor = {
      date: "2030-01-01",
      version: "2026.02.0",
      why: "",
      fixes: [
        { cve: "CVE-1", fixed: "2026.01.1" },
        { cve: "CVE-2", fixed: "2026.02.0" },
      ],
    };
    expect(lacksFixes("a/b:2026.01.1", floor)?.message).toBe(
      "is below the security floor 2026.02.0 of 2030-01-01: lacks the fixes of CVE-2",
    );
    expect(lacksFixes("a/b:2026.01.1", { ...floor, fixes: [] })?.message).toBe(
      "is below the security floor 2026.02.0 of 2030-01-01",
    );
  });

  test("contains every fix that it lists", () => {
    for (const { fixed } of securityFloor.fixes) {
      expect(lacksFixes(`a/b:${securityFloor.version}`, { ...securityFloor, version: fixed })).toBeUndefined();
    }
  });
});

test.each(["a/b:1", "host.example:5000/a/b.c_d-e:v1.0_x", `a/b${digest}`, `a/b:latest${digest}`])(
  "%s is pinned",
  (image) => {
    expect(pinnedImage(image)).toBeUndefined();
  },
);

rejects("image", (image) => ({ image }), [
  [
    "nocodb/nocodb",
    '"nocodb/nocodb": has neither tag nor digest, so Docker would take `latest`; pin a version, such as nocodb/nocodb:2026.10.1',
  ],
  [
    "nocodb/nocodb:latest",
    '"nocodb/nocodb:latest": follows `latest`, which changes under a running deployment; pin a version, such as nocodb/nocodb:2026.10.1',
  ],
  ["NocoDB:1 2", '"NocoDB:1 2": is not an image reference; pin a version, such as nocodb/nocodb:2026.10.1'],
  ["", '"": is not an image reference; pin a version, such as nocodb/nocodb:2026.10.1'],
  [
    "nocodb/nocodb:2026.09.3",
    '"nocodb/nocodb:2026.09.3": is below the security floor 2026.10.1 of 2026-11-28: lacks the fixes of CVE-2026-130725, CVE-2026-130687, CVE-2026-130691, CVE-2026-130695, CVE-2026-130701, CVE-2026-130705, CVE-2026-130713; pin at least 2026.10.1, or set acknowledgements.image-below-security-floor to the reason for staying',
  ],
  [
    "registry.example.com:5000/nocodb:develop",
    '"registry.example.com:5000/nocodb:develop": does not name a version of NocoDB, so its security fixes cannot be judged; pin a released version of at least 2026.10.1, or set acknowledgements.image-below-security-floor to the reason for staying',
  ],
]);
