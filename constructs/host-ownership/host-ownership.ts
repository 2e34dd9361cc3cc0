import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { Construct } from "constructs";
import { HostRemoval } from "../remote-host/host-removal.js";
import { HostResource } from "../remote-host/host-resource.js";
import type { RemoteHost } from "../remote-host/remote-host.js";

export interface HostOwnershipProps {
  readonly host: RemoteHost;
  /**
   * Where the state is kept, for whoever is refused: a Terraform template. What begins with `PostgreSQL ` is completed on
   * the spot by where Terraform runs. @default the folder in which Terraform runs, and the machine
   */
  readonly statePlace?: string | undefined;
  /** Whether the stack keeps anything on the host. @default true */
  readonly enabled?: boolean;
}

/**
 * One directory of records, one state: an owner marker on the host says which state manages what is there, and a second
 * state is refused before it has changed anything.
 *
 * A state is known by the id of a resource in it, so it may move to another machine or backend. A state that is lost and
 * begun again in the same place may go on; elsewhere `nocodb-host state release` has to confirm that it is lost. A destroy
 * removes the marker.
 */
export class HostOwnership extends Construct {
  /** Terraform expression: the id of the state. */
  readonly id: string;

  constructor(scope: Construct, id: string, { host, statePlace = "", enabled = true }: HostOwnershipProps) {
    super(scope, id);
    this.id = new Resource(this, "state").id;
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
}
