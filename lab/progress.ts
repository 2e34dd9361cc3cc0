/** Takes one line for a person to read. */
export type Report = (line: string) => void;

/** The seconds since a performance.now(), such as `1.5 s`. */
export function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

const running = new Map<symbol, { what: string; start: number }>();
let reminder: NodeJS.Timeout | undefined;

/**
 * Runs a phase of the work and reports it in one line when it is done. Phases may run in parallel; every 30 seconds one
 * more line lists those that are still running.
 */
export async function phase<T>(report: Report, what: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const id = Symbol(what);
  running.set(id, { what, start });
  reminder ??= setInterval(() => report(stillRunning()), 30_000).unref();
  try {
    const result = await work();
    report(`${secondsSince(start).padStart(8)}  ${what}`);
    return result;
  } finally {
    running.delete(id);
    if (running.size === 0) {
      clearInterval(reminder);
      reminder = undefined;
    }
  }
}

function stillRunning(): string {
  return `     ...  ${[...running.values()].map(({ what, start }) => `${what} (${secondsSince(start)})`).join(", ")}`;
}
