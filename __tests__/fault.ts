import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { testInstance } from "../lab/instance.js";
import { FAULTS, type Fault } from "../tools/fault-table.js";

export type { Fault };

/** Call it after everything that the row says was checked. */
export function recordFault(fault: Fault): void {
  mkdirSync(path.dirname(FAULTS), { recursive: true });
  appendFileSync(FAULTS, `${withoutInstance(JSON.stringify(fault))}\n`);
}

/** A text with the names of the project `acme` instead of those of the lab's instance. */
function withoutInstance(text: string): string {
  const { name, domain, baseDirectory } = testInstance();
  return text.replaceAll(baseDirectory, "/opt/acme").replaceAll(domain, "example.com").replaceAll(name, "acme");
}
