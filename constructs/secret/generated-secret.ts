import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { Password } from "@cdktf/provider-random/lib/password/index.js";
import { TerraformLocal, TerraformStack, TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import { Secret } from "../remote-host/secret.js";

export interface GeneratedSecretProps {
  /** Its purpose, in a sentence: the description of the variable. */
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

/** A secret that exists only if its Terraform variable is given. */
export class GivenSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, props: Omit<GeneratedSecretProps, "length">) {
    super(scope, id);
    const name = secretVariable(this, props);
    new Resource(this, "Resource", { lifecycle: { precondition: conditions(name, props) } });
    this.secret = Secret.of(this, `var.${name}`, true);
  }
}

/** A local value keeps references to the secret short in the synthesized JSON. */
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
 * Conditions of a given value. They are on a resource, not on the variable: if a variable's own validation fails,
 * Terraform prints the value, even a sensitive one (observed with 1.11.4).
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
