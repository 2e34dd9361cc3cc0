import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { Construct } from "constructs";
import { type Backups, backupInput } from "./backups.js";
import { literal } from "./expressions.js";
import type { HostStep } from "./host-step.js";
import { AROUND_REPLACEMENT } from "./probe.js";
import type { RemoteHost } from "./remote-host.js";
import type { ServiceContainer } from "./service-container.js";

export interface ReplacementGuardProps {
  readonly host: RemoteHost;
  readonly service: ServiceContainer;
  /** What is replaced with the container: kept, too, when the guard stops the deploy. */
  readonly protects: readonly HostStep[];
  /** Image of the next container. */
  readonly image: string;
  /** Where a backup goes before another image starts. @default none is made */
  readonly backups?: Backups | undefined;
  /** The site as it shall stand: `siteInput` of caddy-site.ts, and its `upstream`. */
  readonly site: Readonly<Record<string, string>>;
}

/**
 * Runs while the old container still serves, and stops the deploy there when its successor could not be started: host
 * not ready, image not to be had, Caddy's configuration refused.
 *
 * It depends on the container and on all that follows it, and is replaced with them, so its destroy-time provisioner
 * comes first of all; values from the configuration are then already the new ones. On a plain destroy there is nothing to
 * pull. Keep it free of create_before_destroy, which would skip it.
 */
export class ReplacementGuard extends Construct {
  readonly resource: Resource;

  constructor(scope: Construct, id: string, props: ReplacementGuardProps) {
    super(scope, id);
    this.resource = new Resource(this, "Resource", {
      triggers: { image: props.image },
      dependsOn: [props.service.container, ...props.protects.map((step) => step.resource)],
      lifecycle: { replaceTriggeredBy: [props.service.ready.address] },
    });
    const scripts = ["common.sh", ...AROUND_REPLACEMENT, "prepare-replacement.sh"];
    const input: Record<string, string> = { requirements: props.host.requirements, image: literal(props.image) };
    for (const [name, value] of Object.entries({ ...props.site, ...(props.backups && backupInput(props.backups)) }))
      input[name] = literal(value);
    this.resource.addOverride("provisioner", [props.host.provisioner(scripts, input, "destroy")]);
  }
}
