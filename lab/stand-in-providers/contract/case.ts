/** A configuration in Terraform's JSON, without the blocks `terraform` and `provider`, which the ground adds. */
export interface Configuration {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly ephemeral?: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly import?: readonly object[];
  readonly output?: Readonly<Record<string, object>>;
}

interface Outcome {
  /** The step must fail, with a message that contains these texts: with the real providers and with the stand-ins. */
  readonly fails?: readonly string[];
}

export type Step =
  /** Plan and apply; both are recorded. */
  | ({ readonly apply: Configuration } & Outcome)
  /** Plan only. */
  | ({ readonly plan: Configuration } & Outcome)
  /** Destroy everything. */
  | { readonly destroy: Configuration }
  /** Something done on the engine by hand: arguments of the docker command. Its output is recorded. */
  | { readonly byHand: readonly string[] }
  /** A file in the working directory, such as one that provisioners wrote; its content is recorded. */
  | { readonly file: string }
  /** A text; it is recorded which of the state and the last plan contain it. */
  | { readonly find: string };

export interface Case {
  /** The rule that the case shows; also the name of its recording. */
  readonly rule: string;
  readonly steps: readonly Step[];
  /** Nothing is recorded: the stand-ins refuse what the real providers can do. */
  readonly standInsOnly?: boolean;
}

/** Its containers do nothing, and end at once when they are stopped. */
export const IMAGE = "stand-in/idle:1";

/** A container without the settings that differ in every plan (memory_swap unset), with changes. */
export function container(name: string, changes: object = {}) {
  return {
    name: `contract-${name}`,
    image: IMAGE,
    memory: 32,
    memory_swap: 32,
    log_driver: "json-file",
    ...changes,
  };
}

export const one = (attributes: object): Configuration => ({ resource: { docker_container: { it: attributes } } });
