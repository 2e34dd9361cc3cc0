import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { type ITerraformDependable, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { literal } from "./expressions.js";
import type { RemoteHost } from "./remote-host.js";
import type { Secret } from "./secret.js";

export interface HostStepProps {
  readonly host: RemoteHost;
  /** Files of constructs/host/, the last one being the script proper; common.sh always comes first. */
  readonly scripts: readonly string[];
  /** What the script expects. All of it stands in the plan; the script runs again when any of it changes. */
  readonly input: Readonly<Record<string, string>>;
  /** Secrets the script expects. The plan shows only that one changed; the script's output is then suppressed. */
  readonly secrets?: Readonly<Record<string, Secret>> | undefined;
  /** What the script does not need, and what makes it run again all the same: Terraform expressions. */
  readonly triggers?: Readonly<Record<string, string>> | undefined;
  /** What the script needs and what does not make it run again: Terraform expressions. */
  readonly extra?: Readonly<Record<string, string>> | undefined;
  readonly dependsOn?: readonly ITerraformDependable[] | undefined;
}

/** A script that runs on the host when it is new or when something it depends on has changed. */
export class HostStep extends Construct {
  readonly resource: Resource;

  constructor(scope: Construct, id: string, props: HostStepProps) {
    super(scope, id);
    const secrets = Object.entries(props.secrets ?? {});
    this.resource = new Resource(this, "Resource", {
      triggers: {
        ...mapValues(props.input, literal),
        ...Object.fromEntries(secrets.map(([name, secret]) => [`secret ${name}`, secret.fingerprint])),
        ...props.triggers,
      },
      dependsOn: [props.host.start, ...(props.dependsOn ?? [])],
    });
    const input = {
      ...mapValues(props.input, (_, name) => `\${self.triggers.${name}}`),
      ...Object.fromEntries(secrets.map(([name, secret]) => [name, secret.revealTo("standard input")])),
      ...props.extra,
    };
    this.resource.addOverride("provisioner", [props.host.provisioner(["common.sh", ...props.scripts], input)]);
  }

  /** `null_resource.<name>`, for expressions and replace_triggered_by. */
  get address(): string {
    return `${this.resource.terraformResourceType}.${this.resource.friendlyUniqueId}`;
  }
}

/**
 * A thing kept on the host by a pair of scripts: the probe (observe.sh) says at plan time what is wrong with it, the
 * step's own script puts it right and notes what it left under `key`. What someone changed by hand therefore stands in
 * the plan as `observed = "…" -> "file edited"`, and a plain deploy repairs it.
 */
export class KeptOnHost extends HostStep {
  constructor(scope: Construct, id: string, props: HostStepProps) {
    const key = keyOf(scope, id);
    super(scope, id, {
      ...props,
      triggers: { ...props.triggers, observed: props.host.observation(key) },
      extra: { ...props.extra, key, observed: "${self.triggers.observed}" },
    });
  }
}

/** The record's name on the host: the address of the resource that writes it, without its type. */
export function keyOf(scope: Construct, id: string): string {
  const parent = TerraformStack.of(scope).getLogicalId(scope.node);
  return parent === "" ? id : `${parent}_${id}`;
}

export function mapValues(
  record: Readonly<Record<string, string>>,
  change: (value: string, name: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}
