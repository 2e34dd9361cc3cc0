/** What takes less is not announced. Milliseconds. */
const QUIET = 2000;

/** Prints a text without the line of the progress in it. */
export type Show = (stream: "stdout" | "stderr", text: string) => void;

/**
 * Shows on the terminal of standard error that something still runs, with its seconds, and removes that line afterwards.
 * Elsewhere only what the work shows is printed.
 */
export async function withProgress<T>(what: string, work: (show: Show) => Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return work((stream, text) => void process[stream].write(text));
  const start = performance.now();
  let isShown = false;
  let isLineEnd = true;
  const clear = () => {
    if (isShown) process.stderr.write("\r\u001b[K");
    isShown = false;
  };
  const timer = setInterval(() => {
    const seconds = Math.floor((performance.now() - start) / 1000);
    if (seconds * 1000 < QUIET || !isLineEnd) return;
    isShown = true;
    process.stderr.write(`\r\u001b[K${what} … ${seconds} s`);
  }, 500);
  try {
    return await work((stream, text) => {
      clear();
      process[stream].write(text);
      isLineEnd = text.endsWith("\n");
    });
  } finally {
    clearInterval(timer);
    clear();
  }
}
