import { DataDockerNetwork } from "@cdktf/provider-docker/lib/data-docker-network/index.js";
import { Network } from "@cdktf/provider-docker/lib/network/index.js";
import { Construct } from "constructs";
import type { RemoteHost } from "../remote-host/remote-host.js";

/** Properties of a network. */
export interface NetworkAttachmentProps {
  /** The Docker host. */
  readonly host: RemoteHost;
  /** Name of the network on the host. */
  readonly name: string;
  /** Further names under which the container is found there. @default none */
  readonly aliases?: readonly string[];
  /** Of a cluster: an overlay network to which containers can be attached. @default of this host alone */
  readonly overlay?: boolean | undefined;
  /** Create the network (and remove it with the stack). @default it must exist */
  readonly create?:
    | {
        /** IPv4 subnet, such as 172.20.1.0/24. @default Docker chooses */
        readonly subnet?: string | undefined;
        /** Without a route to the outside. */
        readonly internal: boolean;
      }
    | undefined;
}

/** A network that a container is attached to: looked up on the host, or created there. */
export class NetworkAttachment extends Construct {
  /** Further names under which the container is found there. */
  readonly aliases: string[];
  /** As a plan shows it: `acme_backend as nocodb`. */
  readonly text: string;
  /** The network's name, without waiting until it exists. */
  readonly nameOnHost: string;
  /** Whether the stack creates the network. */
  readonly isCreated: boolean;
  private readonly network: DataDockerNetwork | Network;

  constructor(scope: Construct, id: string, props: NetworkAttachmentProps) {
    super(scope, id);
    const { host, name, create } = props;
    this.nameOnHost = name;
    this.isCreated = create !== undefined;
    this.aliases = [...(props.aliases ?? [])];
    this.text = [name, ...(this.aliases.length > 0 ? ["as", ...this.aliases] : [])].join(" ");
    if (create) {
      const driver = props.overlay ? "overlay" : "bridge";
      const ipamConfig = create.subnet === undefined ? {} : { ipamConfig: [{ subnet: create.subnet }] };
      this.network = new Network(this, "Resource", {
        name,
        driver,
        ...(props.overlay && { attachable: true }),
        internal: create.internal,
        ...ipamConfig,
        dependsOn: [host.start],
      });
      host.require(`created_network ${name} ${driver}`);
    } else {
      // If it depended on a step that will run again, it would only be read during the apply.
      this.network = new DataDockerNetwork(this, "Resource", { name, dependsOn: [host.probe] });
      host.require(`network ${name}`);
    }
  }

  /** Requires that no other container has these aliases, because it would get a share of the traffic. */
  requireFreeAliases(host: RemoteHost, container: string, label: string, kind: string): void {
    for (const alias of this.aliases)
      host.require(`free_alias ${this.nameOnHost} ${alias} ${container} ${label} ${kind}`);
  }

  /** Its id, by which a cluster knows it. */
  get id(): string {
    return this.network.id;
  }

  /** The network's name, read from the network, so nothing that uses it is created before the network exists. */
  get name(): string {
    return this.network.name;
  }
}
