import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { HostStep, type HostStepProps } from "./host-step.js";

/**
 * A thing kept on the host, in the way of a provider's resource: its program `apply` creates or corrects it and writes
 * a record; the probe runs its drift_* function at plan time, which compares the record with the host. What someone
 * changed by hand therefore stands in the plan as `status = "…" -> "file edited"`, and a plain deploy corrects it.
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
