/** What takes less is not announced. Milliseconds. */
const QUIET = 2000;

/**
 * Shows on the terminal of standard error that something still runs, with its seconds, and removes that line afterwards.
 * Prints nothing anywhere else.
 */
export async function withProgress<T>(what: string, work: () => Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return work();
  const start = performance.now();
  let isShown = false;
  const timer = setInterval(() => {
    const seconds = Math.floor((performance.now() - start) / 1000);
    if (seconds * 1000 < QUIET) return;
    isShown = true;
    process.stderr.write(`\r\u001b[K${what} … ${seconds} s`);
  }, 500);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (isShown) process.stderr.write("\r\u001b[K");
  }
}
