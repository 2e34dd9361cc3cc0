import type { Command } from "./measure.js";

/** One way to put NocoDB on the host. Each has a container, a database, an alias and a site of its own. */
export interface Contender {
  readonly name: string;
  /** The version of the tool, for the page. */
  readonly version: string;
  readonly container: string;
  readonly site: string;
  /** Describes the service with another value of a variable, and the right or a wrong database password. */
  describe(value: string, password?: "right" | "wrong"): Promise<void>;
  /** Brings the host to the description, as a user does. */
  apply(): Command;
  /** Closes connections that a former command left open. */
  disconnect(): Promise<void>;
  /** Removes the container with its data, so that the next apply begins from nothing. */
  remove(): Promise<void>;
}

/** A contender that plans. */
export interface Planner extends Contender {
  plan(): Command;
}
