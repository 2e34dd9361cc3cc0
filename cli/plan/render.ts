import type { Paint } from "../paint.js";
import type { Description, Line } from "./description.js";

/** Columns of the list of addresses. */
const WIDTH = 110;

/** The description for a terminal. */
export function renderText(description: Description, paint: Paint): string {
  const { environment, host, title } = description;
  const blocks = sectionsOf(description).map(({ heading, isRemoval, lines }) => {
    const mark = isRemoval ? paint.red : (text: string) => text;
    return [paint.bold(isRemoval ? paint.red(heading) : heading), ...lines.flatMap((line) => indented(line, mark))];
  });
  const text = [[`${paint.bold(`${environment}: ${title}`)} (${host})`], ...blocks];
  return `${text.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/**
 * The description as a comment on a pull request: a code block, so that nothing in it is read as Markdown. A removal
 * begins with `-`, which `diff` shows in red.
 *
 * @param raw Terraform's own text, folded below
 */
export function renderMarkdown(description: Description, raw?: string): string {
  const { environment, title, host } = description;
  const blocks = sectionsOf(description).map(({ heading, isRemoval, lines }) =>
    [`# ${heading}`, ...lines.flatMap((line) => indented(line, (text) => text, isRemoval ? "-" : " "))].join("\n"),
  );
  const body = [`${environment}: ${title} (${host})`, ...blocks].join("\n\n");
  const fence = "`".repeat(Math.max(3, ...[...body.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  const folded =
    raw === undefined ? [] : ["<details><summary>Terraform's own plan</summary>", quoted(raw), "</details>"];
  return `${[`${fence}diff\n${body}\n${fence}`, ...folded].join("\n\n")}\n`;
}

/** A text as an indented code block. */
function quoted(text: string): string {
  return visible(text.trim()).replaceAll(/^/gm, "    ");
}

interface Section {
  readonly heading: string;
  readonly isRemoval?: boolean;
  readonly lines: readonly Line[];
}

function sectionsOf({ hasChanges, obstacles, changes, costs, kept, deleted, raw, terraform }: Description): Section[] {
  if (!hasChanges && raw.length === 0) return [];
  const plain = (texts: readonly string[]) => texts.map((text) => ({ text, why: [], addresses: [] }));
  const isDeletion = ({ addresses }: Line) => addresses.some((address) => terraform.delete?.includes(address));
  const sections: Section[] = [
    { heading: "What stops the deploy", isRemoval: true, lines: obstacles },
    { heading: "What is removed", isRemoval: true, lines: deleted },
    { heading: "What is deleted, and this program does not know", isRemoval: true, lines: raw.filter(isDeletion) },
    { heading: "What happens", lines: changes },
    { heading: "What this program does not know", lines: raw.filter((line) => !isDeletion(line)) },
    { heading: "What it costs", lines: plain(costs) },
    { heading: "What is kept", lines: plain(kept) },
    { heading: "Terraform", lines: Object.entries(terraform).map(([action, all]) => listed(action, all)) },
  ];
  return sections.filter(({ lines }) => lines.length > 0);
}

/** Addresses by action. A long list of them is wrapped. */
function listed(action: string, addresses: readonly string[]): Line {
  const rows: string[] = [];
  for (const address of addresses.map((each) => each.replace(/^null_resource\./, ""))) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + address.length + 2 <= WIDTH) rows[rows.length - 1] = `${last}, ${address}`;
    else rows.push(address);
  }
  return { text: `${action} (${addresses.length})`, why: rows, addresses: [] };
}

function indented({ text, why }: Line, mark: Paint["red"], sign = " "): string[] {
  return [mark(`${sign} ${visible(text)}`), ...why.map((each) => `${sign === "-" ? "-" : " "}     ${visible(each)}`)];
}

/** A text without characters that move a cursor, change colours or hide what follows. */
function visible(text: string): string {
  return text.replaceAll(/[^\P{C}\n\t]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
