import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { Construct } from "constructs";
import { KeptOnHost } from "./host-step.js";
import type { RemoteHost } from "./remote-host.js";

export interface ClaimProps {
  readonly host: RemoteHost;
  /**
   * Where the state is kept, for whoever is refused: a Terraform template. What begins with `PostgreSQL ` is completed on
   * the spot by where Terraform runs. @default the folder in which Terraform runs, and the machine
   */
  readonly statePlace?: string | undefined;
}

/**
 * One host directory, one state: a mark on the host says which state manages what is there, and a second one is refused
 * before it has changed anything.
 *
 * A state is known by the id of a resource in it, so it may move to another machine or backend. One that is lost and
 * begun anew in the same place may go on; elsewhere `npm run release` has to say that it is lost.
 */
export class Claim extends Construct {
  /** Terraform expression: the id of the state. */
  readonly id: string;
  private readonly place: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ClaimProps,
  ) {
    super(scope, id);
    this.id = new Resource(this, "state").id;
    this.place = props.statePlace ?? "";
  }

  /** Claims the host; every step that is made afterwards comes after it. */
  make(): void {
    const step = new KeptOnHost(this, "Resource", {
      host: this.props.host,
      scripts: ["claim.sh", "make-claim.sh"],
      input: {},
      triggers: { state: this.id, state_place: this.place },
      extra: { state: "${self.triggers.state}", state_place: "${self.triggers.state_place}" },
    });
    this.props.host.beginsWith(step.resource);
  }
}
