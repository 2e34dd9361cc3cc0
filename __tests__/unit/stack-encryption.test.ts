import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lacksOpenTofu } from "../../stacks/encryption.js";
import { environment, stackOf } from "./stack-of.js";

type Encryption = ReturnType<typeof environment>["stateEncryption"];
const prod = (stateEncryption: Encryption) => environment("prod", { stateEncryption });

test("nothing of it is in a stack that does not ask for it: Terraform would refuse the whole", () => {
  const { terraform, variable } = stackOf(prod("none"));
  expect(terraform).not.toHaveProperty("encryption");
  expect(variable).not.toHaveProperty("state_passphrase");
});

test("who is about to run Terraform over a state to be encrypted is told what to do", () => {
  const both = [prod("none"), prod("passphrase")];
  const told = (binary: string) =>
    `prod: stateEncryption: passphrase is for OpenTofu, and ${binary} would refuse the stack (No argument or block type is named "encryption"); set TERRAFORM_BINARY_NAME=tofu`;
  expect(lacksOpenTofu(both)).toEqual([told("terraform")]);
  expect(lacksOpenTofu(both, "/usr/bin/terraform")).toEqual([told("/usr/bin/terraform")]);
  expect(lacksOpenTofu(both, "/opt/bin/tofu")).toEqual([]);
});

const isOpenTofu = (program: string) =>
  spawnSync(program, ["version"], { encoding: "utf8" }).stdout?.includes("OpenTofu v");
const tofu = [process.env.TERRAFORM_BINARY_NAME ?? "", "tofu"].find((each) => each !== "" && isOpenTofu(each));
const inOpenTofu = tofu === undefined ? "in OpenTofu (skipped: there is no program tofu on PATH)" : "in OpenTofu";

describe.skipIf(tofu === undefined)(inOpenTofu, { timeout: 120_000 }, () => {
  const PASSPHRASE = "long enough, and with a blank";
  let place: string;
  beforeEach(() => {
    place = mkdtempSync(path.join(tmpdir(), "encryption-"));
  });
  afterEach(() => rmSync(place, { recursive: true, force: true }));

  /** What encrypts the stack's state, around something that needs no provider, applied where the last state is. */
  function apply(stateEncryption: Encryption, passphrase = PASSPHRASE, input = "kept in the state") {
    const { terraform, variable } = stackOf(prod(stateEncryption)) as ReturnType<typeof stackOf> & {
      terraform: { encryption?: object };
    };
    const stack = {
      ...(terraform.encryption && { terraform: { encryption: terraform.encryption } }),
      ...(variable.state_passphrase && { variable: { state_passphrase: variable.state_passphrase } }),
      resource: { terraform_data: { kept: { input } } },
    };
    writeFileSync(path.join(place, "main.tf.json"), JSON.stringify(stack));
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("TF_"));
    const env = {
      ...Object.fromEntries(inherited),
      TF_CLI_CONFIG_FILE: "/dev/null",
      TF_VAR_state_passphrase: passphrase,
    };
    const words = ["apply", "-auto-approve", "-input=false", "-no-color"];
    const { status, stdout, stderr } = spawnSync(tofu!, words, { cwd: place, env, encoding: "utf8" });
    return { status, stdout, said: stderr.replace(/[\s│╷╵]+/g, " ") };
  }

  const state = () => readFileSync(path.join(place, "terraform.tfstate"), "utf8");
  const readable = () => state().includes("kept in the state");

  test("the state is encrypted, and read again by the next apply", () => {
    expect(apply("passphrase")).toMatchObject({ status: 0 });
    expect([readable(), state().includes("encrypted_data")]).toEqual([false, true]);
    expect(apply("passphrase").stdout).toContain("0 added, 0 changed, 0 destroyed");
  });

  test.each([
    ["another passphrase", "another one that is long", "decryption failed"],
    ["one that is too short", "short", "passphrase is too short (minimum 16 characters)"],
  ])("%s stops it and leaves the state as it is", (_what, passphrase, reason) => {
    apply("passphrase");
    const before = state();
    const { status, said } = apply("passphrase", passphrase, "another input");
    expect([status, said]).toEqual([1, expect.stringContaining(reason)]);
    expect(state()).toBe(before);
  });

  test("a state that is not encrypted yet is not taken, unless it is the beginning", () => {
    apply("none");
    expect(readable()).toBe(true);
    expect(apply("passphrase", PASSPHRASE, "another")).toMatchObject({ status: 1 });
    expect(apply("passphrase-beginning").stdout).toContain("0 added, 0 changed, 0 destroyed");
    expect(readable()).toBe(false);
    expect(apply("passphrase").stdout).toContain("0 added, 0 changed, 0 destroyed");
  });

  test("and it ends the same way", () => {
    apply("passphrase");
    expect(apply("passphrase-ending").stdout).toContain("0 added, 0 changed, 0 destroyed");
    expect(readable()).toBe(true);
    expect(apply("none").stdout).toContain("0 added, 0 changed, 0 destroyed");
  });
});
