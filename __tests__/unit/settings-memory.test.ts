import { expect, test } from "vitest";
import { heapMiB } from "../../settings/environment.js";
import { heapInNodeOptions, parseMemory } from "../../settings/memory.js";

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

test("the heap is never under what NocoDB needs, and always under the limit", () => {
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
])("NODE_OPTIONS %j asks for a heap of %s", (options, heap) => {
  expect(heapInNodeOptions(options)).toBe(heap);
});
