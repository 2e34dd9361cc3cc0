import { App, Tokenization } from "cdktf";
import { normalizeOutput } from "./normalize-output.js";

/**
 * Writes the stacks that `build` adds to an app: the same bytes and modes on every machine.
 *
 * @param outdir an existing folder
 */
export function synthesize(outdir: string, build: (app: App) => void): void {
  quickly(() => {
    const app = new App({ outdir });
    build(app);
    app.synth();
    normalizeOutput(app);
  });
}

/**
 * Runs `work` without the two things that would take longer than everything else:
 *
 * - For each token cdktf captures a stack trace, whole and with source maps. Only its own messages about a wrong token
 *   show them; an error keeps the trace of `new Error`.
 * - cdktf looks for tokens in every key and value of a stack, several times. Here it gets only what can hold one.
 */
function quickly(work: () => void): void {
  const { captureStackTrace } = Error;
  const { resolve } = Tokenization;
  Error.captureStackTrace = () => {};
  Tokenization.resolve = (value, options) => resolveTokens(value, (part) => resolve.call(Tokenization, part, options));
  try {
    work();
  } finally {
    Error.captureStackTrace = captureStackTrace;
    Tokenization.resolve = resolve;
  }
}

/** Replaces the tokens in a value, and leaves out what is undefined. */
function resolveTokens(value: unknown, resolve: (part: unknown) => unknown): unknown {
  if (typeof value === "string") return mayHoldToken.test(value) ? resolve(value) : value;
  if (typeof value === "boolean" || value === undefined || value === null) return value;
  if (!isPlain(value)) return resolve(value);
  if (Array.isArray(value)) {
    return value.map((each) => resolveTokens(each, resolve)).filter((each) => each !== undefined);
  }
  const resolved: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) {
    const inner = resolveTokens(each, resolve);
    if (inner !== undefined) resolved[key] = inner;
  }
  return resolved;
}

/** The beginning of a token in a text, or of any expression that cdktf may have to escape; a number in a text. */
const mayHoldToken = /[$#&]\{|e\+/;

/** Whether something is a list or a mapping without a token in place of all its items or of a key. */
function isPlain(value: unknown): value is unknown[] | Record<string, unknown> {
  if (Array.isArray(value))
    return !value.some((each) => typeof each === "number" || (typeof each === "string" && mayHoldToken.test(each)));
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return !Object.keys(value as object).some((key) => mayHoldToken.test(key)) && !Tokenization.isResolvable(value);
}
