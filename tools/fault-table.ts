/** The table of faults (docs/faults.md): the faults that tests caused, and what the operator saw. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The faults that a test run recorded, one JSON object a line. A run of all tests starts with an empty file. */
export const FAULTS = path.join(root, "test-results/faults.jsonl");
export const TABLE = path.join(root, "docs/faults.md");

/** A fault that a test caused, and its outcome: a row of docs/faults.md. */
export interface Fault {
  /** In a few words, in the present tense, unique: `PostgreSQL is stopped`. */
  readonly cause: string;
  /** The operator's command: `deploy`, `plan`, `backup restore` … */
  readonly command: string;
  /** The printed sentence that names the cause, without the parts that vary from run to run. */
  readonly seen: string;
  /** From the command's start to its message or, if it repairs the fault, to its end. */
  readonly seconds: number;
  /** What the test checked to be unchanged. */
  readonly preserved: string;
  /** What simulated the cause. @default it was caused for real */
  readonly fake?: string;
}

/** The recorded faults, sorted by cause. If a fault was recorded twice, the later record counts. */
export function recordedFaults(file = FAULTS): Fault[] {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  const faults = lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Fault);
  const byCause = new Map(faults.map((fault) => [fault.cause, fault]));
  return [...byCause.values()].sort((one, other) => (one.cause < other.cause ? -1 : 1));
}

const HEAD = `# Faults

What can go wrong on a host, and what the operator sees then. A test caused each fault and checked every statement.
\`npm run faults\` generates this file from the test results; \`acme\` stands for the project.

- Seconds run from the start of the command to its message or, if the command repairs the fault, to its end.
  They are rounded up, and were measured on a machine with two cores.
- A fault was caused for real, unless the last column says how it was simulated.

| cause | command | what the operator sees | seconds | what was preserved | real or simulated |
| --- | --- | --- | --- | --- | --- |
`;

/** The file docs/faults.md. */
export function faultTable(faults: readonly Fault[]): string {
  const rows = faults.map(({ cause, command, seen, seconds, preserved, fake }) => {
    const how = fake === undefined ? "real" : `simulated: ${fake}`;
    const [before, after] = [
      [cause, command, seen],
      [preserved, how],
    ].map((texts) => texts.map(cell).join(" | "));
    return `| ${before} | ${wholeSeconds(seconds)} | ${after} |\n`;
  });
  return HEAD + rows.join("");
}

/** Whole seconds, so that a slower run changes few rows. */
function wholeSeconds(seconds: number): string {
  return seconds < 1 ? "< 1" : String(Math.ceil(seconds));
}

function cell(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[|<*\\]/g, "\\$&");
}

/** The causes in a table, escaped as in its cells. */
function causesIn(table: string): string[] {
  return [...table.matchAll(/^\| (.*?) \| /gm)].map(([, cause]) => cause!).slice(2);
}

/** The recorded faults that a table lacks, and its rows that no test recorded; empty if both agree. */
export function differencesOf(table: string, faults: readonly Fault[]): string[] {
  const recorded = faults.map(({ cause }) => cell(cause));
  const named = causesIn(table);
  return [
    ...recorded.filter((cause) => !named.includes(cause)).map((cause) => `lacks: ${cause}`),
    ...named.filter((cause) => !recorded.includes(cause)).map((cause) => `no test records: ${cause}`),
  ];
}
