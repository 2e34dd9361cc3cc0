import path from "node:path";
import { type TerraformStack, TerraformVariable } from "cdktf";
import type { Environment } from "../settings/environment.js";

const ENCRYPTED = "method.aes_gcm.state";
const PLAIN = "method.unencrypted.state";

/** Where the passphrase comes from: TF_VAR_state_passphrase, 16 characters or more. */
const VARIABLE = "state_passphrase";

/**
 * Has OpenTofu encrypt state and saved plans before they leave its memory. Terraform has no such thing and refuses the whole
 * stack, so the block is there only where the environment asks for it.
 */
export function encryptState(stack: TerraformStack, { stateEncryption }: Environment): void {
  if (stateEncryption === "none") return;
  const description = "Encrypts state and plans; without it neither can be read";
  new TerraformVariable(stack, VARIABLE, { type: "string", sensitive: true, nullable: false, description });
  stack.addOverride("terraform.encryption", {
    key_provider: { pbkdf2: { state: { passphrase: `\${var.${VARIABLE}}` } } },
    method: {
      aes_gcm: { state: { keys: "${key_provider.pbkdf2.state}" } },
      ...(stateEncryption !== "passphrase" && { unencrypted: { state: {} } }),
    },
    state: stateMethods(stateEncryption),
    plan: { method: ENCRYPTED, enforced: true },
  });
}

/** How the state is written, and how else it may still be found. */
function stateMethods(encryption: Exclude<Environment["stateEncryption"], "none">) {
  switch (encryption) {
    case "passphrase":
      return { method: ENCRYPTED, enforced: true };
    case "passphrase-beginning":
      return { method: ENCRYPTED, fallback: { method: PLAIN } };
    case "passphrase-ending":
      return { method: PLAIN, fallback: { method: ENCRYPTED } };
  }
}

/**
 * What to tell who may be about to run Terraform over an encrypted state; Terraform's own words are no help.
 *
 * @param binary the program that cdktf runs
 * @returns lines, none where there is nothing to tell
 */
export function lacksOpenTofu(environments: readonly Environment[], binary = "terraform"): string[] {
  if (path.basename(binary).includes("tofu")) return [];
  return environments
    .filter(({ stateEncryption }) => stateEncryption !== "none")
    .map(
      ({ name, stateEncryption }) =>
        `${name}: stateEncryption: ${stateEncryption} is for OpenTofu, and ${binary} would refuse the stack (No argument or block type is named "encryption"); set TERRAFORM_BINARY_NAME=tofu`,
    );
}
