import { describe, expect, test } from "vitest";
import { lacksFixes, pinnedImage, securityFloor } from "../../settings/image.js";
import { complaints, environmentText } from "./environment-text.js";

const digest = `@sha256:${"0".repeat(64)}`;
const acknowledged = { acknowledgements: { "image-below-security-floor": "the lab has no newer one" } };

describe("the security floor", () => {
  test.each([
    "nocodb/nocodb:2026.09.0",
    "nocodb/nocodb:2026.09.12",
    "nocodb/nocodb:2026.10.0",
    "nocodb/nocodb:2027.01.0",
    `nocodb/nocodb:2026.09.0${digest}`,
    "registry.example.com:5000/mirror/nocodb:2026.12.1",
  ])("lets %s through", (image) => {
    expect(complaints(environmentText({ image }))).toEqual([]);
  });

  test.each([
    ["nocodb/nocodb:0.301.3", "is below the security floor"],
    ["nocodb/nocodb:2026.08.99", "is below the security floor"],
    ["nocodb/nocodb:2025.12.0", "is below the security floor"],
    [`nocodb/nocodb:0.301.3${digest}`, "is below the security floor"],
    [`nocodb/nocodb${digest}`, "names no released version"],
    [`nocodb/nocodb:latest${digest}`, "names no released version"],
    ["nocodb/nocodb:2026.09.0-rc1", "names no released version"],
    ["nocodb/nocodb:2026.13.0", "names no released version"],
  ])("stops %s until it is acknowledged", (image, message) => {
    expect(complaints(environmentText({ image })).join()).toContain(message);
    expect(complaints(environmentText({ image, ...acknowledged }))).toEqual([]);
  });

  test.each(["nocodb/nocodb", "nocodb/nocodb:latest", "nocodb/nocodb@sha256:abc"])(
    "an acknowledgement does not let %s through, which is not pinned",
    (image) => {
      expect(complaints(environmentText({ image, ...acknowledged }))).toHaveLength(1);
    },
  );

  test("names the fixes that a version lacks, and only those", () => {
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

  test("holds every fix it lists", () => {
    for (const { fixed } of securityFloor.fixes) {
      expect(lacksFixes(`a/b:${securityFloor.version}`, { ...securityFloor, version: fixed })).toBeUndefined();
    }
  });
});

test.each(["a/b:1", "b:1", "host.example:5000/a/b.c_d-e:v1.0_x", `a/b${digest}`])(
  "%s is an image reference",
  (image) => {
    expect(pinnedImage(image)).toBeUndefined();
  },
);

test.each(["A/b:1", "a/b:", "a b:1", "-a/b:1", "a/b:1@sha256:xyz", "http://a/b:1", `a/b:${"t".repeat(129)}`])(
  "%s is none",
  (image) => {
    expect(pinnedImage(image)?.message).toBe("is no image reference");
  },
);
