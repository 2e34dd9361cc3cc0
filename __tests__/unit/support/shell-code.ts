/**
 * A shell script without what only looks like code: comments, here-documents, quoted text and arithmetic. Command
 * substitutions stay, also those in double quotes.
 */
export function shellCode(script: string): string {
  const text = script.replaceAll(/<<'?([A-Z]+)'?(.*)\n[\s\S]*?\n\1$/gm, "$2");
  let code = "";
  /** The closing characters of the quotes and parentheses around the place that is read, the innermost last. */
  const around: string[] = [];
  for (let at = 0; at < text.length; at++) {
    const rest = text.slice(at, at + 3);
    const isQuoted = around.at(-1) === '"';
    const skipped = skip(text, at, isQuoted);
    if (skipped > at) at = skipped - 1;
    else if (rest[0] === '"') around[isQuoted ? "pop" : "push"]('"');
    else if (rest.startsWith("$(") || (rest[0] === "(" && !isQuoted)) {
      if (rest[0] === "$") at++;
      around.push(")");
      code += "(";
    } else if (!isQuoted) {
      if (rest[0] === ")" && around.at(-1) === ")") around.pop();
      code += rest[0];
    }
  }
  return code;
}

/** The end of an escape, a quoted string, arithmetic or a comment that begins at a place; that place if none does. */
function skip(text: string, at: number, isQuoted: boolean): number {
  const rest = text.slice(at, at + 3);
  if (rest[0] === "\\") return at + 2;
  if (rest === "$((") return text.indexOf("))", at) + 2;
  if (isQuoted) return at;
  if (rest[0] === "'") return text.indexOf("'", at + 1) + 1;
  const isComment = rest[0] === "#" && /[\s;(]/.test(text[at - 1] ?? "\n");
  return isComment ? text.indexOf("\n", at) : at;
}
