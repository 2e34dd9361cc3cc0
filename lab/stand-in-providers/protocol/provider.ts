import type { Block } from "./schema.js";
import type { Values } from "./values.js";

/** A problem that Terraform shows to its user. `attribute` is the path of the wrong setting. */
export class Problem extends Error {
  constructor(
    readonly summary: string,
    readonly detail = "",
    readonly attribute: readonly string[] = [],
  ) {
    super(detail ? `${summary}: ${detail}` : summary);
  }
}

/** A creation that failed half-way: the state keeps what exists already, as tainted, so that it is not lost. */
export class Unfinished extends Error {
  constructor(
    readonly state: Values,
    override readonly cause: unknown,
  ) {
    super("creation did not finish");
  }
}

/**
 * One kind of resource. `Client` is what `Provider.configure` returned. States are complete values of the block;
 * a value that is still unknown in a result is stored as null.
 */
export interface Resource<Client> {
  readonly version?: number;
  readonly block: Block;
  /**
   * Behaves as Terraform's older SDK: null and zero are equal in a comparison, nested defaults are part of the plan, and
   * Terraform is asked to tolerate a result that differs from the plan.
   */
  readonly legacy?: boolean;
  create(planned: Values, client: Client): Promise<Values>;
  /** Null if the resource is gone. Without this function, the state is trusted. */
  read?(state: Values, client: Client): Promise<Values | null>;
  /** Changes in place; the planned values become the state. */
  update?(planned: Values, prior: Values, client: Client): Promise<void>;
  destroy?(state: Values, client: Client): Promise<void>;
  /** Whether `terraform import` works: the id is handed to `read`. */
  readonly importable?: boolean;
}

export interface DataSource<Client> {
  readonly block: Block;
  read(config: Values, client: Client): Promise<Values>;
}

/** A value that Terraform makes again in each plan and apply, and that neither the plan nor the state holds. */
export interface EphemeralResource<Client> {
  readonly block: Block;
  /** Problems of the configuration as a whole; single attributes have their `check`. */
  validate(config: Values): Problem[];
  /** `config` has the defaults of its block. */
  open(config: Values, client: Client): Promise<Values>;
}

export interface Provider<Client = unknown> {
  readonly block: Block;
  /** `stopped` is aborted when Terraform asks to stop (Ctrl-C): stop waiting. */
  configure(config: Values, stopped: AbortSignal): Client;
  readonly resources: Readonly<Record<string, Resource<Client>>>;
  readonly dataSources: Readonly<Record<string, DataSource<Client>>>;
  readonly ephemeralResources?: Readonly<Record<string, EphemeralResource<Client>>>;
}
