import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Samples } from "./measure.js";

/** One line of the table. */
export interface Entry {
  /** What was done: `terraform plan, nothing to do`. */
  readonly what: string;
  readonly product: Samples;
  /** What nobody can do faster, with its name. */
  readonly floor?: { readonly name: string; readonly samples: Samples };
  /** What a user would do instead, by name. */
  readonly peers: Readonly<Record<string, Samples>>;
  readonly target?: Target;
}

/** At most this ratio to the floor, this many seconds above it, or this many seconds. */
export type Target = { readonly ratio: number } | { readonly above: number } | { readonly seconds: number };

/** The last results of a row, and the machine on which they came about. */
export interface RowResult {
  /** YYYY-MM-DD */
  readonly date: string;
  /** Load average of one minute before the row, by what else ran. */
  readonly load: number;
  readonly entries: readonly Entry[];
}

export interface Results {
  readonly machine: Readonly<Record<string, string>>;
  /** Peers that the last run did not find. */
  readonly leftOut: readonly string[];
  readonly rows: Readonly<Record<string, RowResult>>;
}

const file = fileURLToPath(new URL("results.json", import.meta.url));

export function readResults(): Results {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { machine: {}, leftOut: [], rows: {} };
    throw error;
  }
}

export function writeResults(results: Results): void {
  writeFileSync(file, `${JSON.stringify(results, undefined, 1)}\n`);
}
