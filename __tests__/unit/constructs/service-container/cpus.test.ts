import { expect, test } from "vitest";
import { cpusText } from "../../../../constructs/service-container/cpus.js";

// The provider compares text: "1" would be a change in every plan.
test.each([
  [0.5, "0.5"],
  [1, "1.0"],
  [1.25, "1.25"],
  [4, "4.0"],
  [10, "10."],
  [16, "16.0"],
  [10.5, "10.5"],
])("%d cpus are written as the provider reads them back", (cpus, text) => {
  expect(cpusText(cpus)).toBe(text);
});

test.each([
  [0.05, "0.1"],
  [10.05, "10.1"],
  [1 / 3, "0.333333333"],
])("%d cpus, which the provider reads back as %s, are refused", (cpus, text) => {
  expect(() => cpusText(cpus)).toThrow(
    `'cpus' (${cpus}) is read back by the docker provider as ${text}, and every plan would replace the container. Did you mean ${text}?`,
  );
});

test.each([0, -1, Number.NaN])("%d cpus are refused", (cpus) => {
  expect(() => cpusText(cpus)).toThrow(`'cpus' (${cpus}) must be more than 0`);
});
