import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PinnedSecret } from "../../../../constructs/secret/pinned-secret.js";
import { secretIn, synthesize } from "../../support/scope.js";
import { apply } from "../../support/terraform.js";

const problem = "variable key: not the value it has run with. Give the former value in TF_VAR_key.";
const json = synthesize((stack) => void new PinnedSecret(stack, "pinned", { secret: secretIn(stack, "key"), problem }));

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "pinned-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test.each(["", "s3cret"])("a secret that stays %j is not a change", async (key) => {
  await apply(directory, json, { key });
  expect(await apply(directory, json, { key })).toContain("No changes.");
});

test.each([
  ["s3cret", "another"],
  ["s3cret", ""],
  ["", "s3cret"],
])("%j that becomes %j fails the plan, which says what to do and prints neither", async (first, second) => {
  await apply(directory, json, { key: first });
  const message = await apply(directory, json, { key: second }).catch((error: Error) => error.message);
  expect(message).toContain(problem);
  expect(message).not.toMatch(/s3cret|another/);
});

test("after a refusal the former value is still accepted", async () => {
  await apply(directory, json, { key: "s3cret" });
  await expect(apply(directory, json, { key: "another" })).rejects.toThrow(problem);
  expect(await apply(directory, json, { key: "s3cret" })).toContain("No changes.");
});
