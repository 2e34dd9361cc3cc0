/** The table of faults (docs/faults.md): what the tests have caused, and what an operator saw of it. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Where a run leaves what it saw, one JSON object a line. A run of all tests begins it anew. */
export const FAULTS = path.join(root, "test-results/faults.jsonl");
export const TABLE = path.join(root, "docs/faults.md");

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

/** What is recorded, by cause and in its order. Of a fault that was caused twice the later one counts. */
export function recordedFaults(file = FAULTS): Fault[] {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  const faults = lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Fault);
  const byCause = new Map(faults.map((fault) => [fault.cause, fault]));
  return [...byCause.values()].sort((one, other) => (one.cause < other.cause ? -1 : 1));
}

const HEAD = `# Faults

What goes wrong on an operator's worst days, and what is seen of it then. Each row was caused by a test, and all that it says was checked.
\`npm run faults\` makes this file from the tests' own results; \`acme\` stands for the project.

- Seconds are from the start of the command to its message or, where the command heals the fault, to its end; rounded up, on one machine with two cores.
- Caused for real, unless the last column says what stood in for the cause.

| cause | command | what the operator sees | seconds | what was preserved | real or fake |
| --- | --- | --- | --- | --- | --- |
`;

/** The file docs/faults.md. */
export function faultTable(faults: readonly Fault[]): string {
  const rows = faults.map(({ cause, command, seen, seconds, preserved, fake }) => {
    const how = fake === undefined ? "real" : `fake: ${fake}`;
    const [before, after] = [
      [cause, command, seen],
      [preserved, how],
    ].map((texts) => texts.map(cell).join(" | "));
    return `| ${before} | ${wholeSeconds(seconds)} | ${after} |\n`;
  });
  return HEAD + rows.join("");
}

/** Whole seconds, so that a run on a slower day makes a small difference or none. */
function wholeSeconds(seconds: number): string {
  return seconds < 1 ? "< 1" : String(Math.ceil(seconds));
}

function cell(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[|<*\\]/g, "\\$&");
}

/** The causes that a table names, as they stand in it. */
function causesIn(table: string): string[] {
  return [...table.matchAll(/^\| (.*?) \| /gm)].map(([, cause]) => cause!).slice(2);
}

/** What a table is not about that was recorded, and the other way round; empty where they agree. */
export function differencesOf(table: string, faults: readonly Fault[]): string[] {
  const recorded = faults.map(({ cause }) => cell(cause));
  const named = causesIn(table);
  return [
    ...recorded.filter((cause) => !named.includes(cause)).map((cause) => `lacks: ${cause}`),
    ...named.filter((cause) => !recorded.includes(cause)).map((cause) => `no test records: ${cause}`),
  ];
}
