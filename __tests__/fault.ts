import { appendFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where a run leaves what it saw; `npm run faults` makes docs/faults.md of it. */
export const FAULTS = fileURLToPath(new URL("../test-results/faults.jsonl", import.meta.url));

/** A fault that a test has caused, and what came of it: a row of docs/faults.md. */
export interface Fault {
  /** In a few words, in the present: `PostgreSQL is stopped`. No two faults have the same. */
  readonly cause: string;
  /** What the operator did: `deploy`, `plan`, `npm run restore` … */
  readonly command: string;
  /** What the operator sees: the sentence that names the cause, as it was printed, without what varies by run. */
  readonly seen: string;
  /** From the command's start to its message or, where it heals the fault, to its end. */
  readonly seconds: number;
  /** What the test has checked to be as before. */
  readonly preserved: string;
  /** What stood in for the cause, where it could not be had. @default it was caused for real */
  readonly fake?: string;
}

/** Call it when all that the row says was checked. */
export function recordFault(fault: Fault): void {
  mkdirSync(new URL("../test-results/", import.meta.url), { recursive: true });
  appendFileSync(FAULTS, `${JSON.stringify(fault)}\n`);
}
