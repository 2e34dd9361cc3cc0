import path from "node:path";
import { type TerraformStack, TerraformVariable } from "cdktf";
import type { Environment } from "../settings/environment.js";
import { encryptionVariables } from "../settings/rules/backend.js";

/**
 * Passes OpenTofu's encryption block through, and declares the variables that it refers to. Terraform refuses a stack
 * with such a block, so it is added only if the environment has one.
 */
export function encryptState(stack: TerraformStack, { stateEncryption }: Pick<Environment, "stateEncryption">): void {
  if (stateEncryption === undefined) return;
  const description = "Encrypts state and plans, which cannot be read without it";
  for (const name of encryptionVariables(stateEncryption)) {
    new TerraformVariable(stack, name, { type: "string", sensitive: true, nullable: false, description });
  }
  stack.addOverride("terraform.encryption", stateEncryption);
}

/**
 * Warns if Terraform is about to run over an encrypted state, because its own message does not help.
 *
 * @param binary the program that cdktf runs
 * @returns one line per environment with an encrypted state
 */
export function lacksOpenTofu(
  environments: readonly Pick<Environment, "name" | "stateEncryption">[],
  binary = "terraform",
): string[] {
  if (path.basename(binary).includes("tofu")) return [];
  return environments
    .filter(({ stateEncryption }) => stateEncryption !== undefined)
    .map(
      ({ name }) =>
        `${name}: stateEncryption needs OpenTofu, and ${binary} would refuse the stack (No argument or block type is named "encryption"); set TERRAFORM_BINARY_NAME=tofu`,
    );
}
