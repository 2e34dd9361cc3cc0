import { expect, test } from "vitest";
import { didYouMean } from "../../../../settings/diagnostics/spelling.js";

test.each([
  ["prot", "port"],
  ["Port", "port"],
  ["hots", undefined],
  ["", undefined],
])("%j is read as %s", (word, expected) => {
  expect(didYouMean(word, ["port", "identityFile"])).toBe(expected);
});
