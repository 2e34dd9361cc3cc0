import type { Sample } from "./facts.js";

/** A line over time. */
export interface Series {
  readonly title: string;
  /** In MiB, by time in milliseconds; null where nothing was measured. */
  readonly points: readonly (readonly [time: number, value: number | null])[];
  /** In MiB: the top of the chart. */
  readonly most: number;
}

/** The size of a chart, and the room around the drawn part for its words. */
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [480, 170, 58, 12, 12, 26];

/** Memory and disk of all samples. */
export function seriesOf(usage: readonly Sample[]): Series[] {
  const points = (value: (sample: Sample) => number | null) =>
    usage.map((sample) => [Date.parse(sample.time), value(sample)] as const);
  const most = (value: (sample: Sample) => number) => Math.max(...usage.map(value));
  return [
    { title: "Memory of the container", points: points(({ memory }) => memory), most: most(({ limit }) => limit) },
    { title: "Disk of the data", points: points(({ diskUsed }) => diskUsed), most: most(({ diskSize }) => diskSize) },
  ];
}

/** A series as SVG, from zero to the limit or size. A gap is where nothing was measured. */
export function chart({ title, points, most }: Series): string {
  const [first, last] = [points[0]![0], points.at(-1)![0]];
  const x = (time: number) => LEFT + ((time - first) / Math.max(last - first, 1)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => HEIGHT - BOTTOM - (value / Math.max(most, 1)) * (HEIGHT - TOP - BOTTOM);
  const at = ([time, value]: readonly [number, number]) => `${x(time).toFixed(1)},${y(value).toFixed(1)}`;
  const shown = runs(points).map((run) =>
    run.length === 1
      ? `<circle cx="${x(run[0]![0]).toFixed(1)}" cy="${y(run[0]![1]).toFixed(1)}" r="3"/>`
      : `<polyline points="${run.map(at).join(" ")}"/>`,
  );
  const marks = [0, most / 2, most].map(
    (value) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}"/><text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${amount(value)}</text>`,
  );
  const times = `<text x="${LEFT}" y="${HEIGHT - 8}">${day(first)}</text>`;
  const end = last > first ? `<text x="${WIDTH - RIGHT}" y="${HEIGHT - 8}" text-anchor="end">${day(last)}</text>` : "";
  return `<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">${marks.join("")}${shown.join("")}${times}${end}</svg>`;
}

/** The measured points, without the gaps between them. */
function runs(points: Series["points"]): (readonly [number, number])[][] {
  const found: (readonly [number, number])[][] = [[]];
  for (const [time, value] of points) {
    if (value === null) found.push([]);
    else found.at(-1)!.push([time, value]);
  }
  return found.filter((run) => run.length > 0);
}

/** MiB as people read them. */
export function amount(mebibytes: number): string {
  if (mebibytes === 0) return "0";
  const [value, unit] = mebibytes >= 1024 ? [mebibytes / 1024, "GiB"] : [mebibytes, "MiB"];
  return `${Number(value.toFixed(value < 10 ? 1 : 0))} ${unit}`;
}

const day = (time: number) => new Date(time).toISOString().slice(5, 16).replace("T", " ");
