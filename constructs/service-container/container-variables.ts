import { TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import { literal } from "../remote-host/expressions.js";
import { Secret } from "../remote-host/secret.js";

/**
 * The variables of a service, from one list: those of its container, the content of its env file (`NAME=value`, one a
 * line, without quoting), and what a plan may show of both.
 */
export class ContainerVariables extends Construct {
  private readonly list: TerraformLocal;
  private readonly variables: Readonly<Record<string, string | Secret>>;

  /** @param variables an optional secret that is not given omits its variable */
  constructor(scope: Construct, id: string, variables: Readonly<Record<string, string | Secret>>) {
    super(scope, id);
    this.variables = variables;
    const lines = Object.entries(variables).map(([name, value]) => {
      if (typeof value === "string") return `${name}=${literal(value)}`;
      const line = `${name}=${value.revealTo("container variables")}`;
      return value.optional ? `\${"${line}" == "${name}=" ? "" : "${line}"}` : line;
    });
    this.list = new TerraformLocal(this, "Resource", lines);
  }

  /** For `env` of a docker_container. */
  get forContainer(): string {
    return `\${compact(local.${this.list.friendlyUniqueId})}`;
  }

  /** The env file, with further lines for the programs on the host, which the container does not get. */
  asFile(further: Readonly<Record<string, Secret>> = {}): Secret {
    const lines = Object.entries(further).map(([name, value]) => `"${name}=${value.revealTo("standard input")}"`);
    const all = `concat(compact(local.${this.list.friendlyUniqueId}), [${lines.join(", ")}])`;
    return Secret.of(this, `join("", formatlist("%s\\n", ${all}))`);
  }

  /** One trigger for each variable: its value, or a fingerprint if it is secret. */
  get visible(): Record<string, string> {
    const entries = Object.entries(this.variables).map(([name, value]) =>
      typeof value === "string" ? [`env ${name}`, literal(value)] : [`secret ${name}`, value.fingerprint],
    );
    return Object.fromEntries(entries);
  }
}
