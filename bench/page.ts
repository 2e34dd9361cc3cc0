/** The table of docs/performance.md: nothing but what the results hold. */
import { median, type Samples } from "./measure.js";
import type { Entry, Results, Target } from "./results.js";

const BEGIN = "<!-- bench: written by npm run bench -->\n";
const END = "<!-- /bench -->\n";
const HEAD = `| | product | floor | against the floor | target | instead of it | memory |
| --- | --- | --- | --- | --- | --- | --- |
`;

/**
 * The page with the results in its marked part.
 *
 * @throws if the page has no place for them
 */
export function withResults(page: string, results: Results): string {
  const [start, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (start === -1 || end < start) throw new Error(`the page has no lines "${BEGIN.trim()}" and "${END.trim()}"`);
  return `${page.slice(0, start)}${BEGIN}${written(results)}${page.slice(end)}`;
}

function written({ machine, leftOut, rows }: Results): string {
  const lines = Object.values(rows).flatMap(({ entries }) => entries.map(lineOf));
  const runs = Object.entries(rows).map(([name, { date, load, entries }]) => {
    const rounds = entries[0]?.product.seconds.length ?? 0;
    return `${name} ${date} (${rounds} rounds, ${load.toFixed(1)})`;
  });
  const facts = Object.entries(machine).map(([name, value]) => `${name} ${value}`);
  return `${HEAD}${lines.join("")}
Machine and versions: ${facts.join(", ")}.

The rows by name, with date, rounds, and the load average when they began: ${runs.join(", ")}.
Left out: ${leftOut.length > 0 ? leftOut.join(", ") : "nothing"}.
`;
}

function lineOf({ what, product, floor, peers, target }: Entry): string {
  const others = Object.entries(peers).map(([name, samples]) => `${name} ${shown(samples)}`);
  const cells = [
    what,
    shown(product),
    floor ? `${floor.name} ${shown(floor.samples)}` : "",
    floor ? against(product, floor.samples, target) : "",
    target ? `${targetShown(target)}${isMet(product, floor?.samples, target) ? "" : ": **missed**"}` : "",
    others.join("; "),
    memory(product, floor?.samples, peers),
  ];
  return `| ${cells.join(" | ")} |\n`;
}

function shown({ seconds, lost, note }: Samples): string {
  const more = [...(lost ? [`${median(lost)} lost`] : []), ...(note ? [note] : [])];
  return `${median(seconds).toFixed(2)} s${more.length > 0 ? ` (${more.join(", ")})` : ""}`;
}

function against(product: Samples, floor: Samples, target?: Target): string {
  const [own, least] = [median(product.seconds), median(floor.seconds)];
  return target && "above" in target ? `+${(own - least).toFixed(1)} s` : `${(own / least).toFixed(2)}x`;
}

function targetShown(target: Target): string {
  if ("ratio" in target) return `${target.ratio}x`;
  return "above" in target ? `+${target.above.toFixed(1)} s` : `${target.seconds.toFixed(1)} s`;
}

/** Whether the medians meet the target. */
export function isMet(product: Samples, floor: Samples | undefined, target: Target): boolean {
  const own = median(product.seconds);
  if ("seconds" in target) return own <= target.seconds;
  const least = floor ? median(floor.seconds) : 0;
  return "ratio" in target ? own <= least * target.ratio : own - least <= target.above;
}

/** Of the largest process of each, in MB. */
function memory(product: Samples, floor: Samples | undefined, peers: Readonly<Record<string, Samples>>): string {
  const all = [product, ...(floor ? [floor] : []), ...Object.values(peers)].map(({ megabytes }) => megabytes ?? "-");
  return all.every((each) => each === "-") ? "" : `${all.join(" / ")} MB`;
}
