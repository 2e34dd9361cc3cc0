/** The first of an instance's ports, and the first two numbers of its addresses. */
export interface Place {
  readonly port: number;
  readonly subnet: string;
}

export interface LabNetwork {
  readonly name: string;
  readonly subnet: string;
  /** The source address of requests to published ports; containers on the network have other addresses. */
  readonly gateway: string;
}

/** The network whose addresses begin with the three numbers of `prefix`. */
export function networkOf(name: string, prefix: string): LabNetwork {
  return { name, subnet: `${prefix}.0/24`, gateway: `${prefix}.1` };
}
