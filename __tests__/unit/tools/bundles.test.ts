import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bundleDigests } from "../../../tools/bundle-digests.js";

test("the gate knows the JavaScript that this checkout makes: if this fails, run `npm run bundles`", () => {
  const known = JSON.parse(readFileSync(new URL("../../../ci/bundles.json", import.meta.url), "utf8"));
  expect(known).toEqual(bundleDigests());
  expect(Object.keys(known)).toEqual(["nocodb/consumers/api/consumers-api.ts"]);
});
