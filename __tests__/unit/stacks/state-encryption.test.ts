import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StateEncryption } from "../../../settings/rules/backend.js";
import { encryptState, lacksOpenTofu } from "../../../stacks/state-encryption.js";
import { synthesize } from "../support/scope.js";

const encrypted = "method.aes_gcm.state";
const plain = "method.unencrypted.state";

/** The block of docs/state.md, and those that start and end the encryption. */
const block = {
  key_provider: { pbkdf2: { state: { passphrase: "${var.state_passphrase}" } } },
  method: { aes_gcm: { state: { keys: "${key_provider.pbkdf2.state}" } } },
  state: { method: encrypted, enforced: true },
  plan: { method: encrypted, enforced: true },
};
const method = { ...block.method, unencrypted: { state: {} } };
const start = { ...block, method, state: { method: encrypted, fallback: { method: plain } } };
const end = { ...block, method, state: { method: plain, fallback: { method: encrypted } } };

const stackWith = (stateEncryption: StateEncryption) =>
  synthesize((stack) => encryptState(stack, { stateEncryption })) as ReturnType<typeof synthesize> & {
    readonly terraform?: { readonly encryption?: object };
  };

test("without it a stack has no encryption block, which Terraform would refuse", () => {
  const stack = stackWith(undefined);
  expect(stack).not.toHaveProperty("terraform.encryption");
  expect(stack).not.toHaveProperty("variable");
});

test("the block of the environment is in the stack as it is, with its variable", () => {
  const { terraform, variable } = stackWith(block);
  expect(terraform?.encryption).toEqual(block);
  expect(variable).toMatchObject({ state_passphrase: { type: "string", sensitive: true, nullable: false } });
  expect(Object.keys(variable)).toHaveLength(1);
});

test("an operator who is about to run Terraform over an encrypted state is told what to do", () => {
  const both = [
    { name: "lab", stateEncryption: undefined },
    { name: "prod", stateEncryption: block },
  ];
  const warning = (binary: string) =>
    `prod: stateEncryption needs OpenTofu, and ${binary} would refuse the stack (No argument or block type is named "encryption"); set TERRAFORM_BINARY_NAME=tofu`;
  expect(lacksOpenTofu(both)).toEqual([warning("terraform")]);
  expect(lacksOpenTofu(both, "/usr/bin/terraform")).toEqual([warning("/usr/bin/terraform")]);
  expect(lacksOpenTofu(both, "/opt/bin/tofu")).toEqual([]);
});

const isOpenTofu = (program: string) =>
  spawnSync(program, ["version"], { encoding: "utf8" }).stdout?.includes("OpenTofu v");
const tofu = [process.env.TERRAFORM_BINARY_NAME ?? "", "tofu"].find((each) => each !== "" && isOpenTofu(each));
const inOpenTofu = tofu === undefined ? "in OpenTofu (skipped: there is no program tofu on PATH)" : "in OpenTofu";

describe.skipIf(tofu === undefined)(inOpenTofu, { timeout: 120_000 }, () => {
  const PASSPHRASE = "long enough, and with a space";
  let place: string;
  beforeEach(() => {
    place = mkdtempSync(path.join(tmpdir(), "encryption-"));
  });
  afterEach(() => rmSync(place, { recursive: true, force: true }));

  /** Applies a resource that needs no provider, with the stack's encryption, over the last state. */
  function apply(stateEncryption: StateEncryption, passphrase = PASSPHRASE, input = "kept in the state") {
    const { terraform, variable } = stackWith(stateEncryption);
    const stack = {
      ...(terraform?.encryption && { terraform: { encryption: terraform.encryption } }),
      ...(variable && { variable }),
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
    return { status, stdout, error: stderr.replace(/[\s│╷╵]+/g, " ") };
  }

  const state = () => readFileSync(path.join(place, "terraform.tfstate"), "utf8");
  const readable = () => state().includes("kept in the state");

  test("the state is encrypted, and the next apply reads it", () => {
    expect(apply(block)).toMatchObject({ status: 0 });
    expect([readable(), state().includes("encrypted_data")]).toEqual([false, true]);
    expect(apply(block).stdout).toContain("0 added, 0 changed, 0 destroyed");
  });

  test.each([
    ["another passphrase", "another one that is long", "decryption failed"],
    ["a short passphrase", "short", "passphrase is too short (minimum 16 characters)"],
  ])("%s is refused, and the state stays as it is", (_what, passphrase, reason) => {
    apply(block);
    const before = state();
    const { status, error } = apply(block, passphrase, "another input");
    expect([status, error]).toEqual([1, expect.stringContaining(reason)]);
    expect(state()).toBe(before);
  });

  test("a plain state is refused, except by the block that starts the encryption", () => {
    apply(undefined);
    expect(readable()).toBe(true);
    expect(apply(block, PASSPHRASE, "another")).toMatchObject({ status: 1 });
    expect(apply(start).stdout).toContain("0 added, 0 changed, 0 destroyed");
    expect(readable()).toBe(false);
    expect(apply(block).stdout).toContain("0 added, 0 changed, 0 destroyed");
  });

  test("the encryption ends the same way", () => {
    apply(block);
    expect(apply(end).stdout).toContain("0 added, 0 changed, 0 destroyed");
    expect(readable()).toBe(true);
    expect(apply(undefined).stdout).toContain("0 added, 0 changed, 0 destroyed");
  });
});
