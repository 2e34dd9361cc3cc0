/** The table of hosts in the README: the kinds on which `npm run hosts` ran the core lifecycle, and how it ended. */

/** How the core lifecycle ended on one kind of host. */
export interface HostResult {
  readonly title: string;
  readonly engine: string;
  readonly postgresql: string;
  readonly caddy: string;
  readonly terraform: string;
  readonly passed: number;
  readonly failed: number;
}

const BEGIN = "<!-- hosts: written by npm run hosts -->\n";
const END = "<!-- /hosts -->\n";
const HEAD = `| host | Docker Engine | PostgreSQL | Caddy | Terraform | core lifecycle |
| --- | --- | --- | --- | --- | --- |
`;

/**
 * The README with a row for each result. Rows of kinds that have no result stay.
 *
 * @throws if the README has no place for the table
 */
export function withHostTable(readme: string, results: readonly HostResult[]): string {
  const [start, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (start === -1 || end < start) throw new Error(`README.md has no lines "${BEGIN.trim()}" and "${END.trim()}"`);
  const before = readme.slice(start + BEGIN.length, end).split("\n");
  const rows = new Map(before.filter((line) => line.startsWith("| ")).map((line) => [titleOf(line), line]));
  for (const heading of ["host", "---"]) rows.delete(heading);
  for (const result of results) rows.set(result.title, rowOf(result));
  const table = [...rows.values()].map((row) => `${row}\n`).join("");
  return readme.slice(0, start) + BEGIN + HEAD + table + readme.slice(end);
}

/** The hosts in the table, in its order. */
export function hostsIn(readme: string): string[] {
  const table = readme.slice(readme.indexOf(BEGIN), readme.indexOf(END)).split("\n");
  return table
    .filter((line) => line.startsWith("| "))
    .slice(2)
    .map(titleOf);
}

function titleOf(row: string): string {
  return row.split(" | ")[0]!.replace(/^\| /, "");
}

function rowOf({ title, engine, postgresql, caddy, terraform, passed, failed }: HostResult): string {
  const outcome = failed === 0 ? `${passed} tests passed` : `${failed} of ${passed + failed} tests failed`;
  return `| ${[title, engine, postgresql, caddy, terraform, outcome].join(" | ")} |`;
}
