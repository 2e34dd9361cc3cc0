import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { literal } from "./expressions.js";
import type { RemoteHost } from "./remote-host.js";

/** Properties of a program that runs on the host. */
export interface HostStepProps {
  /** The Docker host. */
  readonly host: RemoteHost;
  /** The program that runs, such as `caddy-site/apply`. */
  readonly program: string;
  /** Inputs of the program. A plan shows all of them, and the program runs again when one changes. */
  readonly input: Readonly<Record<string, string>>;
  /** Values that make the program run again but are not inputs: Terraform expressions. */
  readonly triggers?: Readonly<Record<string, string>> | undefined;
  /** Inputs that do not make the program run again: Terraform expressions. */
  readonly extra?: Readonly<Record<string, string>> | undefined;
  /** What must exist before it. @default nothing */
  readonly dependsOn?: readonly ITerraformDependable[] | undefined;
}

/** A program that runs on the host when it is new, or when an input or trigger has changed. */
export class HostStep extends Construct {
  /** Its resource, for `dependsOn` and for expressions. */
  readonly resource: Resource;

  constructor(scope: Construct, id: string, props: HostStepProps) {
    super(scope, id);
    this.resource = new Resource(this, "Resource", {
      triggers: {
        ...mapValues(props.input, literal),
        ...props.triggers,
      },
      dependsOn: [props.host.start, ...(props.dependsOn ?? [])],
    });
    const input = {
      ...mapValues(props.input, (_, name) => `\${self.triggers.${name}}`),
      ...props.extra,
    };
    this.resource.addOverride("provisioner", [props.host.provisioner(props.program, input)]);
  }

  /** `null_resource.<name>`, for expressions and replace_triggered_by. */
  get address(): string {
    return `${this.resource.terraformResourceType}.${this.resource.friendlyUniqueId}`;
  }
}

export function mapValues(
  record: Readonly<Record<string, string>>,
  change: (value: string, name: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}
