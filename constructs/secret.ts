import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { Password } from "@cdktf/provider-random/lib/password/index.js";
import { TerraformLocal, TerraformStack, TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import { quoted } from "./expressions.js";

/**
 * A value that only the host may learn.
 *
 * It is no string, and it refuses to become one: where TypeScript would let it slip into a text (a template literal,
 * JSON), synth stops. A plan may show its `fingerprint`; the value itself leaves through `revealTo`, which the two
 * places that deliver secrets call: the standard input of a host script and the environment of a container.
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

  /** A text with secrets in it: `Secret.join(this, ["pg://db?p=", password.urlEncoded()])`. */
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
   * Salted SHA-256, for triggers: a plan shows that the secret changed, as `(sensitive value)`. The salt is made once
   * and stays in the state.
   */
  get fingerprint(): string {
    return `\${sha256("\${${saltOf(this.#scope)}}\${${this.#expression}}")}`;
  }

  /** The value as a Terraform template, for the two kinds of sinks named above. */
  revealTo(_sink: "standard input" | "container environment"): string {
    return `\${${this.#expression}}`;
  }

  toString(): string {
    throw new Error("A secret was put into a text. Use Secret.join: the text is then secret as a whole.");
  }

  toJSON(): never {
    throw new Error("A secret was put into JSON: only the environment of a container and host scripts take secrets.");
  }
}

function saltOf(scope: Construct): string {
  const stack = TerraformStack.of(scope);
  const salt =
    (stack.node.tryFindChild("salt") as Password | undefined) ??
    new Password(stack, "salt", { length: 32, special: false });
  return `random_password.${salt.friendlyUniqueId}.result`;
}

export interface GeneratedSecretProps {
  /** What it is for, in a sentence: the variable's description. */
  readonly description: string;
  /** Length of the generated value in characters. @default 40 */
  readonly length?: number;
  /** Fewest characters that a given value may have. @default 1 */
  readonly minLength?: number;
}

/**
 * A secret that is generated once and kept in the state, unless the Terraform variable of the same name is given
 * (`TF_VAR_<name>`): any printable characters, no control characters. An empty value counts as not given.
 */
export class GeneratedSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, props: GeneratedSecretProps) {
    super(scope, id);
    const name = secretVariable(this, props);
    const lifecycle = { precondition: conditions(name, props) };
    const generated = new Password(this, "Resource", { length: props.length ?? 40, special: false, lifecycle });
    this.secret = named(this, name, `coalesce(var.${name}, random_password.${generated.friendlyUniqueId}.result)`);
  }
}

/** A secret that is there only when its Terraform variable is given. */
export class GivenSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, props: Omit<GeneratedSecretProps, "length">) {
    super(scope, id);
    const name = secretVariable(this, props);
    new Resource(this, "Resource", { lifecycle: { precondition: conditions(name, props) } });
    this.secret = Secret.of(this, `var.${name}`, true);
  }
}

/** A local value keeps the places that use the secret short in the synthesized JSON. */
function named(scope: Construct, name: string, expression: string): Secret {
  new TerraformLocal(scope, "local", `\${${expression}}`).overrideLogicalId(name);
  return Secret.of(scope, `local.${name}`);
}

/** The variable by which a secret may be given; returns its name, which is the construct's own address. */
function secretVariable(scope: Construct, props: GeneratedSecretProps): string {
  const name = TerraformStack.of(scope).getLogicalId(scope.node);
  const variable = new TerraformVariable(scope, "variable", {
    type: "string",
    description: props.description,
    sensitive: true,
    default: "",
    nullable: false,
  });
  variable.overrideLogicalId(name);
  return name;
}

/**
 * What holds of a given value. It stands on a resource, not on the variable: where a variable's own validation fails,
 * Terraform prints the value, sensitive or not (seen with 1.11.4).
 */
function conditions(name: string, { minLength = 1 }: GeneratedSecretProps) {
  return [
    {
      condition: `\${var.${name} == "" || length(var.${name}) >= ${minLength}}`,
      errorMessage: `variable ${name}: shorter than ${minLength} characters. Give a longer value in TF_VAR_${name}, or none at all.`,
    },
    {
      condition: `\${!can(regex("[[:cntrl:]]", var.${name}))}`,
      errorMessage: `variable ${name}: holds a line break or another control character. Give printable characters in TF_VAR_${name}.`,
    },
  ];
}
