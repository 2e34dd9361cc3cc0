import type { Row } from "./rows.js";

const MARKS = { ok: "✓", wrong: "✗", unknown: "?" } as const;
/** Green, red and yellow of a terminal. */
const COLOURS = { ok: 32, wrong: 31, unknown: 33 } as const;

/**
 * The rows as a table: a mark, the name, what is there; below it what to do.
 *
 * @param isColoured whether a terminal shows it
 */
export function table(rows: readonly Row[], isColoured: boolean): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows.flatMap((row) => lines(row, width, isColoured)).join("\n");
}

function lines({ name, result, detail, fix }: Row, width: number, isColoured: boolean): string[] {
  const mark = isColoured ? `\x1b[${COLOURS[result]}m${MARKS[result]}\x1b[0m` : MARKS[result];
  const text = result === "unknown" ? `unknown: ${detail}` : detail;
  const remedy = fix === "" ? [] : [`  ${" ".repeat(width)}  fix: ${fix}`];
  return [`${mark} ${name.padEnd(width)}  ${text}`, ...remedy];
}

/** The last line: `21 ok, 1 to fix, 2 unknown`. */
export function summary(rows: readonly Row[]): string {
  const count = (result: Row["result"]) => rows.filter((row) => row.result === result).length;
  const [wrong, unknown] = [count("wrong"), count("unknown")];
  return [`${count("ok")} ok`, ...(wrong ? [`${wrong} to fix`] : []), ...(unknown ? [`${unknown} unknown`] : [])].join(
    ", ",
  );
}
