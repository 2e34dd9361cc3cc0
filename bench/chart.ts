/** docs/performance.svg: a bar for product, floor and each peer of each entry, on a logarithmic scale. */
import { median } from "./measure.js";
import type { Results } from "./results.js";

const WIDTH = 900;
const LABELS = 330;
const BAR = 11;
const COLOURS: Readonly<Record<string, string>> = {
  product: "#1f6feb",
  floor: "#8b949e",
  flat: "#bf8700",
  compose: "#2da44e",
  ansible: "#cf222e",
};

export function chart({ rows }: Results): string {
  const groups = Object.values(rows).flatMap(({ entries }) =>
    entries.map(({ what, product, floor, peers }) => ({
      what: what.replaceAll("`", ""),
      bars: [
        ["product", product] as const,
        ...(floor ? [["floor", floor.samples] as const] : []),
        ...Object.entries(peers),
      ].map(([name, { seconds }]) => ({ name, seconds: median(seconds) })),
    })),
  );
  const all = groups.flatMap(({ bars }) => bars.map(({ seconds }) => seconds));
  const least = 10 ** Math.floor(Math.log10(Math.min(...all)));
  const most = Math.max(...all);
  const length = (seconds: number) =>
    Math.max(1, (Math.log(seconds / least) / Math.log(most / least)) * (WIDTH - LABELS - 80));
  let y = 40;
  const drawn: string[] = [legend()];
  for (const { what, bars } of groups) {
    drawn.push(text(LABELS - 10, y + BAR - 1, what, "end"));
    for (const { name, seconds } of bars) {
      const width = length(seconds).toFixed(1);
      drawn.push(
        `<rect x="${LABELS}" y="${y}" width="${width}" height="${BAR - 2}" fill="${COLOURS[name] ?? "#000"}"/>`,
        text(LABELS + Number(width) + 4, y + BAR - 2, `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`, "start"),
      );
      y += BAR;
    }
    y += 8;
  }
  const box = `viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}"`;
  const style = 'font-family="sans-serif" font-size="10"';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} ${style}>
<title>Medians of product, floor and peers</title>
<rect width="${WIDTH}" height="${y}" fill="#fff"/>
${drawn.join("\n")}
</svg>
`;
}

function legend(): string {
  const names = Object.entries(COLOURS).map(([name, colour], nth) => {
    const x = LABELS + nth * 90;
    return `<rect x="${x}" y="12" width="10" height="10" fill="${colour}"/>${text(x + 14, 21, name, "start")}`;
  });
  return `${names.join("")}${text(LABELS - 10, 21, "medians in seconds, logarithmic", "end")}`;
}

function text(x: number, y: number, words: string, anchor: "start" | "end"): string {
  const escaped = words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}">${escaped}</text>`;
}
