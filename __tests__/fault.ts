import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { FAULTS, type Fault } from "../tools/fault-table.js";
import { testInstance } from "../lab/instance.js";

export type { Fault };

/** Call it when all that the row says was checked. */
export function recordFault(fault: Fault): void {
  mkdirSync(path.dirname(FAULTS), { recursive: true });
  appendFileSync(FAULTS, `${withoutInstance(JSON.stringify(fault))}\n`);
}

/** A text as it would read on a host of the project `acme`: which instance of the lab it was makes no difference. */
function withoutInstance(text: string): string {
  const { name, domain, baseDirectory } = testInstance();
  return text.replaceAll(baseDirectory, "/opt/acme").replaceAll(domain, "example.com").replaceAll(name, "acme");
}
