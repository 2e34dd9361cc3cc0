import { Password } from "@cdktf/provider-random/lib/password/index.js";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { quoted } from "./expressions.js";

/**
 * A value that only the host may receive.
 *
 * It is not a string and refuses to become one: if it gets into a text (a template literal, JSON), synth fails. A plan
 * may show its `fingerprint`; the value itself is available only from `revealTo`, for the two places that deliver
 * secrets: the standard input of a program and the variables of a container.
 */
export class Secret {
  readonly #expression: string;
  readonly #scope: Construct;
  /** Whether the value may be empty, which stands for "not given". */
  readonly optional: boolean;

  private constructor(scope: Construct, expression: string, optional = false) {
    this.#scope = scope;
    this.#expression = expression;
    this.optional = optional;
  }

  /** The value of a Terraform expression (without `${}`). */
  static of(scope: Construct, expression: string, optional = false): Secret {
    return new Secret(scope, expression, optional);
  }

  /** A text that contains secrets: `Secret.join(this, ["pg://db?p=", password.urlEncoded()])`. */
  static join(scope: Construct, parts: readonly (string | Secret)[]): Secret {
    const inside = parts.map((part) =>
      typeof part === "string" ? quoted(part).slice(1, -1) : `\${${part.#expression}}`,
    );
    return new Secret(scope, `"${inside.join("")}"`);
  }

  /** The value percent-encoded for a URL's query; a blank becomes `+` (Terraform's `urlencode`). */
  urlEncoded(): Secret {
    return Secret.of(this.#scope, `urlencode(${this.#expression})`);
  }

  /**
   * Salted SHA-256, for triggers: a plan shows that the secret changed, as `(sensitive value)`. The salt is generated
   * once and stays in the state.
   */
  get fingerprint(): string {
    return `\${sha256("\${${saltOf(this.#scope)}}\${${this.#expression}}")}`;
  }

  /** The value as a Terraform template, for the two places named above. */
  revealTo(_sink: "standard input" | "container variables"): string {
    return `\${${this.#expression}}`;
  }

  toString(): string {
    throw new Error("A secret was put into a text. Use Secret.join, which makes the whole text a secret.");
  }

  toJSON(): never {
    throw new Error(
      "A secret was put into JSON: only the variables of a container and the input of host scripts may hold secrets.",
    );
  }
}

function saltOf(scope: Construct): string {
  const stack = TerraformStack.of(scope);
  const salt =
    (stack.node.tryFindChild("salt") as Password | undefined) ??
    new Password(stack, "salt", { length: 32, special: false });
  return `random_password.${salt.friendlyUniqueId}.result`;
}
