import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it, vi } from "vitest";
import { contractGround } from "../../lab/contract-ground.js";
import { testInstance } from "../../lab/instance.js";
import { cases } from "../../lab/stand-in-providers/contract/cases.js";
import { Ground } from "../../lab/stand-in-providers/contract/ground.js";
import { recording } from "../../lab/stand-in-providers/contract/recording.js";
import { availableTerraform } from "../../lab/terraform.js";

/** With NOCODB_LAB_PROVIDERS=real the cases run with the providers that the caller's Terraform installs. */
const real = process.env.NOCODB_LAB_PROVIDERS === "real";

let directory: string;
let ground: Ground;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "contract-"));
  // Even on a machine that can install the real providers, the stand-ins are tested.
  vi.stubEnv("NOCODB_LAB_PROVIDERS", real ? "real" : "stand-in");
  ground = await Ground.prepare({
    directory,
    env: (await availableTerraform()).env,
    ...contractGround(testInstance()),
  });
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe.concurrent(`${real ? "The real providers" : "The stand-in providers"} keep to the recorded contract:`, () => {
  // The steps of a case wait for one another, and five cases share the machine.
  const timeout = 600_000;

  for (const one of cases.filter((one) => !one.standInsOnly)) {
    it(one.rule, { timeout }, async ({ expect }) => {
      expect(await ground.run(one)).toEqual(await recording(one.rule));
    });
  }
  for (const one of cases.filter((one) => one.standInsOnly && !real)) {
    it(one.rule, { timeout }, async ({ expect }) => {
      const outcomes = await ground.run(one);
      expect(outcomes.map(({ failed }) => failed)).toEqual(one.steps.map(() => "plan"));
    });
  }
});
