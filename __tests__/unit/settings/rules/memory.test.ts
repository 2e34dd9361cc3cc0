import { expect, test } from "vitest";
import { heapMiB } from "../../../../settings/environment.js";
import { heapInNodeOptions, parseMemory } from "../../../../settings/rules/memory.js";
import { rejects } from "../../support/rejects.js";

test.each([
  [220, 192],
  [256, 192],
  [384, 320],
  [512, 430],
  [1024, 860],
  [4096, 3440],
])("a container of %i MiB gets a heap of %i MiB", (memory, heap) => {
  expect(heapMiB(memory)).toBe(heap);
});

test("the heap is never below the least that NocoDB needs, and always below the limit", () => {
  for (let memory = 220; memory < 20_000; memory += 1) {
    const heap = heapMiB(memory);
    expect(heap).toBeGreaterThanOrEqual(192);
    expect(heap).toBeLessThan(memory);
  }
});

test.each([
  ["384M", 384],
  ["2G", 2048],
  ["384", undefined],
  ["1.5G", undefined],
  [" 1G", undefined],
])("%j is %s MiB", (text, mebibytes) => {
  expect(parseMemory(text)).toBe(mebibytes);
});

test.each([
  ["--max-old-space-size=430", 430],
  ["--max_old_space_size=430", 430],
  ["--inspect --max-old-space-size 430", 430],
  ["--max-old-space-size=1 --max-old-space-size=2", 2],
  ["--max-semi-space-size=16", undefined],
  ["", undefined],
])("NODE_OPTIONS %j requests a heap of %s", (options, heap) => {
  expect(heapInNodeOptions(options)).toBe(heap);
});

const amount = "is not an amount of memory";
const wholeNumber = "write a whole number with M or G, such as 384M";
rejects("memory", (memory) => ({ memory }), [
  [384, `384: ${amount}; did you mean 384M?`],
  ["384MB", `"384MB": ${amount}; did you mean 384M?`],
  ["384 m", `"384 m": ${amount}; did you mean 384M?`],
  ["1.5G", `"1.5G": ${amount}; did you mean 1536M?`],
  ["-1G", `"-1G": ${amount}; ${wholeNumber}`],
  ["lots", `"lots": ${amount}; ${wholeNumber}`],
  ["2000G", '"2000G": must be between 6M and 1024G; set what the container needs, such as 384M'],
]);
rejects("memoryReservation", (memoryReservation) => ({ memoryReservation }), [
  ["5M", '"5M": must be between 6M and 1024G; set what the container needs, such as 384M'],
]);
