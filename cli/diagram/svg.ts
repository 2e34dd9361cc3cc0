import { HOST, type Link, type Part, type Picture } from "./picture.js";

const SHAPES: Readonly<Record<Part["shape"], string>> = {
  box: 'shape=box style="rounded,filled" fillcolor="#e8f0fe" color="#4a6fa5"',
  store: 'shape=cylinder style=filled fillcolor="#eef6ea" color="#5b8c4a"',
  network: 'shape=hexagon style=filled fillcolor="#fdf3e1" color="#b8860b"',
  person: 'shape=box style="rounded,filled" fillcolor="#f3f3f3" color="#777777"',
};

const LINES: Readonly<Record<Link["kind"], string>> = {
  calls: 'color="#333333"',
  data: 'style=dashed color="#5b8c4a"',
  attached: 'dir=none color="#b8860b"',
};

/** A picture as an SVG file of its own. */
export async function svg(picture: Picture): Promise<string> {
  // The library holds all of Graphviz.
  const { Graphviz } = await import("@hpcc-js/wasm-graphviz");
  const drawn = (await Graphviz.load()).layout(dot(picture), "svg", "dot");
  return (
    drawn
      // Graphviz takes the size from the text; a page may give less room.
      .replace(/(<svg) width="[^"]*" height="[^"]*"/, "$1")
      // Graphviz measures Helvetica. A browser's font may be wider.
      .replaceAll(/font-size="([\d.]+)"/g, (_, size) => `font-size="${(Number(size) * 0.87).toFixed(2)}"`)
  );
}

/** The picture in Graphviz's language. */
export function dot({ host, parts, links }: Picture): string {
  const node = ({ id, shape, lines }: Part) => `${id} [label=${text(lines)} ${SHAPES[shape]}]`;
  const [inside, outside] = [true, false].map((on) => parts.filter(({ onHost }) => onHost === on).map(node));
  const link = ({ from, to, kind, label }: Link) => {
    // A line to the host ends at its border, on the way to an invisible point in it.
    const end = to === HOST ? `lhead=cluster_${HOST} ` : "";
    return `${from} -> ${to} [${end}${label === undefined ? "" : `label=${text([label])} `}${LINES[kind]}]`;
  };
  return `digraph {
  graph [rankdir=LR compound=true fontname="Helvetica,Arial,sans-serif" fontsize=15 nodesep=0.35 ranksep=0.9 pad=0.2]
  node [fontname="Helvetica,Arial,sans-serif" fontsize=14 margin="0.2,0.08"]
  edge [fontname="Helvetica,Arial,sans-serif" fontsize=11.5 arrowsize=0.7]
  subgraph cluster_${HOST} {
    label=${text([host])} style=rounded color="#999999"
    ${HOST} [shape=point style=invis]
    ${inside!.join("\n    ")}
  }
  ${[...outside!, ...links.map(link)].join("\n  ")}
}
`;
}

/** A label in quotes; Graphviz reads HTML's entities in it. */
const text = (lines: readonly string[]) =>
  `"${lines.map((line) => line.replaceAll(/[^\p{L}\p{N} .,:/@_-]/gu, (each) => `&#${each.codePointAt(0)};`)).join("\\n")}"`;
