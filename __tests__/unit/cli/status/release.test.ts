import { expect, test } from "vitest";
import { releaseRow } from "../../../../cli/status/release.js";
import { withDefaults } from "../../../../settings/defaults.js";
import { checkEnvironment } from "../../../../settings/read.js";
import { securityFloor } from "../../../../settings/rules/image.js";
import { environmentText } from "../../support/environment-text.js";

function detail(image: string, acknowledgements = {}): string {
  const { settings } = checkEnvironment("prod", environmentText({ image, acknowledgements }), {});
  return releaseRow(withDefaults("prod", settings!)).detail;
}
const { version, date } = securityFloor;

test("a pin at the floor is the newest known release", () => {
  expect(detail(`nocodb/nocodb:${version}`)).toBe(
    `newest known ${version}; the image is not below the security floor ${version} of ${date}`,
  );
});

test("a newer pin is the newest known release itself", () => {
  expect(detail("nocodb/nocodb:2099.01.0")).toMatch(/^newest known 2099\.01\.0; /);
});

test("a pin below the floor has the reason of the environment file", () => {
  const below = detail("nocodb/nocodb:0.301.3", { "image-below-security-floor": "until Monday" });
  expect(below).toBe(
    `newest known ${version}; the image is below the security floor ${version} of ${date}, accepted: until Monday`,
  );
});
