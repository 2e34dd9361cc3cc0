import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { literal } from "./expressions.js";
import { mapValues } from "./host-step.js";
import type { RemoteHost } from "./remote-host.js";

export interface HostRemovalProps {
  /** The Docker host. */
  readonly host: RemoteHost;
  /** The program that removes one thing, such as `caddy-site/remove`. */
  readonly program: string;
  /** Inputs of the program, the same for each thing. If one changes, the thing is removed with the old value. */
  readonly input: Readonly<Record<string, string>>;
  /** Inputs of the program that are read from the configuration when the thing is removed: a change removes nothing. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Inputs of the program, as Terraform expressions that never change. */
  readonly identity?: Readonly<Record<string, string>>;
  /** The name of the input that holds the thing. */
  readonly each: string;
  /** The things that exist; one that leaves the list is removed from the host. */
  readonly things: readonly string[];
  /** What must exist before it. @default nothing */
  readonly dependsOn?: readonly ITerraformDependable[] | undefined;
}

/**
 * Removes things from the host, on destroy or when they leave the list.
 *
 * This is a separate resource whose triggers only identify the thing: a change of the thing must not remove it first.
 * It stays in the configuration with an empty list, because Terraform does not run the destroy-time provisioner of a
 * block that was deleted.
 */
export class HostRemoval extends Construct {
  /** Its resource, for `dependsOn` and for expressions. */
  readonly resource: Resource;

  constructor(scope: Construct, id: string, props: HostRemovalProps) {
    super(scope, id);
    const input = Object.entries(props.input).map(([name, value]) => [name, literal(value)]);
    const triggers: Record<string, string> = {
      ...Object.fromEntries(input),
      ...props.identity,
      [props.each]: "${each.key}",
    };
    this.resource = new Resource(this, "Resource", {
      triggers,
      ...(props.dependsOn && { dependsOn: [...props.dependsOn] }),
    });
    this.resource.addOverride("for_each", Object.fromEntries(props.things.map((thing) => [thing, thing])));
    const given = {
      ...Object.fromEntries(Object.keys(triggers).map((name) => [name, `\${self.triggers.${name}}`])),
      ...mapValues(props.settings ?? {}, literal),
    };
    this.resource.addOverride("provisioner", [props.host.provisioner(props.program, given, "destroy")]);
  }
}
