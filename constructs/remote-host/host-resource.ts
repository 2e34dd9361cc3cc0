import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { HostStep, type HostStepProps } from "./host-step.js";

/**
 * A thing on the host, handled like a provider's resource: its program `apply` creates or corrects it and writes a
 * record; at plan time the probe runs its drift_* function, which compares the record with the host. So a plan shows a
 * manual change as `status = "…" -> "file edited"`, and a plain deploy corrects it.
 */
export class HostResource extends HostStep {
  constructor(scope: Construct, id: string, props: HostStepProps) {
    const key = recordKey(scope, id);
    super(scope, id, {
      ...props,
      triggers: { ...props.triggers, status: props.host.status(key) },
      extra: { ...props.extra, key, status: "${self.triggers.status}" },
    });
  }
}

/** The record's name on the host: the address of the resource that writes it, without its type. */
export function recordKey(scope: Construct, id: string): string {
  const parent = TerraformStack.of(scope).getLogicalId(scope.node);
  return [parent, id].filter((part) => part !== "" && part !== "Resource").join("_");
}
