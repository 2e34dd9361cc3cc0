import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { dependable } from "cdktf";
import { Construct } from "constructs";
import { type BackupPolicy, backupInput } from "../backup/backup-policy.js";
import { literal } from "../remote-host/expressions.js";
import type { HostStep } from "../remote-host/host-step.js";
import type { RemoteHost } from "../remote-host/remote-host.js";
import type { ServiceContainer } from "./service-container.js";

export interface ReplacementGuardProps {
  readonly host: RemoteHost;
  readonly service: ServiceContainer;
  /** Steps that are replaced with the container; if the guard stops the deploy, they stay, too. */
  readonly protects: readonly HostStep[];
  readonly backups: BackupPolicy;
  /** The next site: `siteInput` of caddy-site.ts, and its `upstream`. */
  readonly site: Readonly<Record<string, string>>;
}

/**
 * Runs while the old container still serves, and stops the deploy there if its successor could not be started: the host
 * is not ready, the image cannot be pulled, or Caddy refuses its configuration.
 *
 * It depends on the container and on everything after it, and is replaced with them, so its destroy-time provisioner
 * runs first; values from the configuration are already the new ones then. It must not have create_before_destroy,
 * which would skip it.
 */
export class ReplacementGuard extends Construct {
  readonly resource: Resource;

  constructor(scope: Construct, id: string, props: ReplacementGuardProps) {
    super(scope, id);
    const { host, service } = props;
    this.resource = new Resource(this, "Resource", {
      triggers: { image: service.image },
      dependsOn: [service.container, ...props.protects.map((step) => step.resource)],
      lifecycle: { replaceTriggeredBy: [service.ready.address] },
    });
    const input: Record<string, string> = { requirements: host.requirements };
    const plain = {
      image: service.image,
      grace_period: String(service.gracePeriod),
      ...props.site,
      ...backupInput(props.backups),
    };
    for (const [name, value] of Object.entries(plain)) input[name] = literal(value);
    this.resource.addOverride("provisioner", [host.provisioner("service-container/before-replace", input, "destroy")]);
  }

  /** Adds a step that is replaced with the container. */
  protect(step: HostStep): void {
    this.resource.dependsOn = [...(this.resource.dependsOn ?? []), dependable(step.resource)];
  }
}
