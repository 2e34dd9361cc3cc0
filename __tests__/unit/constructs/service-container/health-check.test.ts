import { expect, test } from "vitest";
import { duration } from "../../../../constructs/service-container/health-check.js";

test.each([
  [0, "0s"],
  [30, "30s"],
  [60, "1m0s"],
  [90, "1m30s"],
  [3600, "1h0m0s"],
  [3661, "1h1m1s"],
])("%i seconds are written as the provider reads them back", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
