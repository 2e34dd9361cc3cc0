import { App } from "cdktf";
import { normalizeOutput } from "./normalize-output.js";

/**
 * Writes the stacks that `build` adds to an app: the same bytes and modes on every machine.
 *
 * @param outdir an existing folder
 */
export function synthesize(outdir: string, build: (app: App) => void): void {
  withoutTraces(() => {
    const app = new App({ outdir });
    build(app);
    app.synth();
    normalizeOutput(app);
  });
}

/**
 * Runs `work` without the stack trace that cdktf captures for each token, whole and with source maps, which takes longer
 * than everything else. Only its own messages about a wrong token show them; an error keeps the trace of `new Error`.
 */
function withoutTraces(work: () => void): void {
  const { captureStackTrace } = Error;
  Error.captureStackTrace = () => {};
  try {
    work();
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
}
