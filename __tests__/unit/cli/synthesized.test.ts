import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { withSynthesized } from "../../../cli/synthesized.js";
import { environment } from "../support/stack-of.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "synthesized-"));
  mkdirSync(path.join(folder, "tmp"));
  vi.stubEnv("TMPDIR", path.join(folder, "tmp"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const temporary = () => readdirSync(path.join(folder, "tmp")).filter((name) => name.startsWith("stack-"));

test("the settings of a step are read from the stack, which exists only meanwhile", async () => {
  await withSynthesized(environment("prod"), ({ triggers }) => {
    expect(temporary()).toHaveLength(1);
    expect(triggers("nocodb_site")).toMatchObject({
      site: "noco.example.com",
      caddyfile: "/opt/acme/configs/caddy/Caddyfile",
    });
  });
  expect(temporary()).toEqual([]);
});

test("a text that Terraform would take for an expression stays a text", async () => {
  const recreate = "echo ${HOME} %{x} $$";
  const consumers = environment("prod").consumers.map((each) => ({ ...each, recreate }));
  await withSynthesized(environment("prod", { consumers }), ({ triggers }) => {
    expect(triggers("nocodb_consumers").consumers).toContain(` recreate ${recreate}`);
  });
});

test("nothing stays of the stack after an error either", async () => {
  const failing = () =>
    withSynthesized(environment("prod"), () => {
      throw new Error("stop");
    });
  await expect(failing()).rejects.toThrow("stop");
  expect(temporary()).toEqual([]);
});
