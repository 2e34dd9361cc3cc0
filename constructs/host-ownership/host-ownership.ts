import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { Construct } from "constructs";
import { HostRemoval } from "../remote-host/host-removal.js";
import { HostResource } from "../remote-host/host-resource.js";
import type { RemoteHost } from "../remote-host/remote-host.js";

/** Properties of the owner marker on a host. */
export interface HostOwnershipProps {
  /** The Docker host. */
  readonly host: RemoteHost;
  /**
   * Where the state is kept, as a Terraform template: the error message for another state names it. A text that begins
   * with `PostgreSQL ` is completed by the place where Terraform runs. @default the machine and folder where Terraform
   * runs
   */
  readonly statePlace?: string | undefined;
  /** Whether the stack keeps anything on the host. @default true */
  readonly enabled?: boolean;
}

/**
 * One directory of records, one state: an owner marker on the host says which state manages it, and another state is
 * refused before it changes anything.
 *
 * A state is identified by the id of a resource in it, so it can move to another machine or backend. A new state in the
 * place of a lost one may continue; elsewhere `nocodb-host state release` must confirm that the old one is lost. A
 * destroy removes the marker.
 */
export class HostOwnership extends Construct {
  /** Terraform expression: the id of the state. */
  readonly id: string;

  constructor(scope: Construct, id: string, { host, statePlace = "", enabled = true }: HostOwnershipProps) {
    super(scope, id);
    this.id = this.state(enabled ? host : undefined).id;
    const removal = new HostRemoval(this, "removal", {
      host,
      program: "host-ownership/remove",
      input: {},
      identity: { state: this.id },
      each: "directory",
      things: enabled ? [host.recordsDirectory] : [],
    });
    if (!enabled) return;
    const marker = new HostResource(this, "Resource", {
      host,
      program: "host-ownership/apply",
      input: {},
      triggers: { state: this.id, state_place: statePlace },
      extra: { state: "${self.triggers.state}", state_place: "${self.triggers.state_place}" },
      dependsOn: [removal.resource],
    });
    host.beginsWith(marker.resource);
  }

  /**
   * The plan of a new state shows which state manages the host already: the step that refuses it runs only in the apply.
   * Later plans show nothing, because the text is then about this state itself.
   */
  private state(host?: RemoteHost): Resource {
    const owner = host && `\${lookup(data.external.${host.probe.friendlyUniqueId}.result, "managed_by", null)}`;
    return new Resource(this, "state", {
      ...(owner && { triggers: { already_managed_by: owner } }),
      lifecycle: { ignoreChanges: ["triggers"] },
    });
  }
}
