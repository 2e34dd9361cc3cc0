import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");

test("docs/reuse.md shows the stack as the end-to-end tests deploy it", () => {
  expect(read("docs/reuse.md")).toContain(`\`\`\`ts\n${read("lab/second-service/notes-stack.ts")}\`\`\``);
});

test("the stack of the second service has at most 40 lines", () => {
  expect(read("lab/second-service/notes-stack.ts").trimEnd().split("\n").length).toBeLessThanOrEqual(40);
});
