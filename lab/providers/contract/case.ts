/** A configuration in Terraform's JSON, without the blocks `terraform` and `provider`: they come from where it runs. */
export interface Configuration {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly import?: readonly object[];
  readonly output?: Readonly<Record<string, object>>;
}

interface Outcome {
  /** It has to fail, and its message has to have these words in it: with the real providers and with the stand-ins. */
  readonly fails?: readonly string[];
}

export type Step =
  /** Plan and apply; both are recorded. */
  | ({ readonly apply: Configuration } & Outcome)
  /** Plan only. */
  | ({ readonly plan: Configuration } & Outcome)
  /** Destroy everything. */
  | { readonly destroy: Configuration }
  /** Something done on the host by hand: arguments of the docker command. Its output is recorded. */
  | { readonly byHand: readonly string[] }
  /** A file in the working directory, such as what provisioners wrote. */
  | { readonly file: string };

export interface Case {
  /** The rule that it shows; also the name of its recording. */
  readonly rule: string;
  readonly steps: readonly Step[];
  /** Nothing is recorded: the stand-ins refuse what the real ones can do. */
  readonly standInsOnly?: boolean;
}

export const IMAGE = "nocodb-lab/idle:1";

/** The name of a case's recording. */
export const slug = (rule: string) =>
  rule
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

/** One container, as the app sets it (memory_swap given, healthcheck times canonical), with changes. */
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
