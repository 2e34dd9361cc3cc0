/** Colours of a terminal. */
export interface Paint {
  readonly red: (text: string) => string;
  readonly bold: (text: string) => string;
}

const code = (start: number, end: number) => (text: string) => `\u001b[${start}m${text}\u001b[${end}m`;
const plain = (text: string) => text;

const COLOURS: Paint = { red: code(31, 39), bold: code(1, 22) };
const NONE: Paint = { red: plain, bold: plain };

/** Colours for a stream: none if it is not a terminal, or if NO_COLOR is set (https://no-color.org). */
export function paintFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): Paint {
  return stream.isTTY && !env.NO_COLOR && env.TERM !== "dumb" ? COLOURS : NONE;
}
