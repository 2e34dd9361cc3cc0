import { readdirSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { must, run } from "../../../lab/command.js";
import { root } from "../../../lab/deployment.js";
import { availableTerraform } from "../../../lab/terraform.js";
import { consumers, deployment, neighbours } from "../lifecycle.js";

const names = readdirSync(join(root, "environments"))
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => file.replace(".yaml", ""));

describe("every environment of the repository becomes a stack that Terraform accepts", () => {
  let env: Record<string, string>;
  let stacks: string;

  beforeAll(async () => {
    await deployment.begin();
    await neighbours.begin();
    await consumers.begin();
    const CDKTF_OUTDIR = join(deployment.folder, "repository/cdktf.out");
    await mkdir(dirname(CDKTF_OUTDIR));
    stacks = join(CDKTF_OUTDIR, "stacks");
    env = { ...(await availableTerraform()).env, CDKTF_OUTDIR };
    await must([join(root, "node_modules/.bin/tsx"), "main.ts"], { cwd: root, env });
  });

  it.each(names)("%s is valid", async (name) => {
    const { TERRAFORM_BINARY_NAME: terraform = "terraform" } = env;
    // By itself, as an agent gets it.
    const cwd = join(deployment.folder, "elsewhere", name);
    await cp(join(stacks, name), cwd, { recursive: true });
    await must([terraform, "init", "-backend=false", "-input=false"], { cwd, env });
    const { stdout } = await run([terraform, "validate", "-json"], { cwd, env });
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, diagnostics: [] });
  });
});
