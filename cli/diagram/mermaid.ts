import { HOST, type Link, type Part, type Picture } from "./picture.js";

/** Brackets around a label. */
const SHAPES: Readonly<Record<Part["shape"], readonly [string, string]>> = {
  box: ["[", "]"],
  store: ["[(", ")]"],
  network: ["{{", "}}"],
  person: ["([", "])"],
};

const ARROWS: Readonly<Record<Link["kind"], string>> = { calls: "-->", data: "-.->", attached: "---" };

/** The longest line, without its indent. */
const WIDTH = 116;

/** A picture as a Mermaid flowchart, which GitHub shows in Markdown. */
export function mermaid({ host, parts, links }: Picture): string {
  const node = describer(parts);
  const isOnHost = (id: string) => parts.some((part) => part.id === id && part.onHost);
  const inside = links.filter(({ from, to }) => isOnHost(from) && isOnHost(to));
  const outside = links.filter((link) => !inside.includes(link));
  const alone = parts.filter(({ id, onHost }) => onHost && !inside.some(({ from, to }) => [from, to].includes(id)));
  return [
    "flowchart LR",
    `  subgraph ${HOST}[${text([host])}]`,
    ...[...grouped(inside).flatMap(node), ...alone.map(described)].map((each) => `    ${each}`),
    "  end",
    ...grouped(outside)
      .flatMap(node)
      .map((each) => `  ${each}`),
    "",
  ].join("\n");
}

/** Links of one kind and label, from each to each. */
interface Group extends Omit<Link, "from" | "to"> {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** The links, those with the same end or else with the same start as one. */
function grouped(links: readonly Link[]): Group[] {
  const left = new Set(links);
  return links.flatMap((link) => {
    if (!left.has(link)) return [];
    const same = [...left].filter(({ kind, label }) => kind === link.kind && label === link.label);
    const sameEnd = same.filter(({ to }) => to === link.to);
    const group = sameEnd.length > 1 ? sameEnd : same.filter(({ from }) => from === link.from);
    for (const each of group) left.delete(each);
    return { ...link, from: unique(group.map(({ from }) => from)), to: unique(group.map(({ to }) => to)) };
  });
}

const unique = (ids: readonly string[]) => [...new Set(ids)];

/** Writes groups as lines, and describes each part where it is first named, or before if the line were too long. */
function describer(parts: readonly Part[]): (group: Group) => string[] {
  const unnamed = new Map(parts.map((part) => [part.id, part]));
  return ({ from, to, kind, label }) => {
    const arrow = `${ARROWS[kind]}${label === undefined ? "" : `|${text([label])}|`}`;
    const nodes = (ids: readonly string[]) =>
      ids.map((id) => (unnamed.has(id) ? described(unnamed.get(id)!) : id)).join(" & ");
    const line = () => `${nodes(from)} ${arrow} ${nodes(to)}`;
    const before: string[] = [];
    for (const id of [...from, ...to]) {
      if (line().length <= WIDTH) break;
      if (unnamed.has(id)) before.push(described(unnamed.get(id)!));
      unnamed.delete(id);
    }
    const lines = [...before, line()];
    for (const id of [...from, ...to]) unnamed.delete(id);
    return lines;
  };
}

function described({ id, shape, lines }: Part): string {
  const [open, close] = SHAPES[shape];
  return `${id}${open}${text(lines)}${close}`;
}

/** A label in quotes. Mermaid takes `#34;` for a character, and some characters for Markdown or HTML. */
function text(lines: readonly string[]): string {
  const escaped = lines.map((line) => line.replaceAll(/[^\p{L}\p{N} .,:/@_-]/gu, (each) => `#${each.codePointAt(0)};`));
  return `"${escaped.join("<br>")}"`;
}
