const MEBIBYTE = 1024 * 1024;

/** MiB to bytes; 0 and below (-1: unlimited) stay as they are. */
export const toBytes = (mebibytes: number) => (mebibytes > 0 ? mebibytes * MEBIBYTE : mebibytes);
export const toMebibytes = (bytes: number) => (bytes > 0 ? Math.trunc(bytes / MEBIBYTE) : bytes);

const nanoseconds: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };
const part = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g;

/** A duration in Go's spelling ("1m30s"), in nanoseconds; undefined if the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  if (text === "" || text.replace(part, "") !== "") return undefined;
  const parts = [...text.matchAll(part)];
  return Math.round(parts.reduce((sum, [, count, unit]) => sum + Number(count) * nanoseconds[unit!]!, 0));
}

/** As Go prints a duration: 90 s is "1m30s", 60 s is "1m0s". */
export function formatDuration(duration: number): string {
  if (duration === 0) return "0s";
  if (duration < 1e9) {
    const unit = duration < 1e3 ? "ns" : duration < 1e6 ? "µs" : "ms";
    return `${duration / nanoseconds[unit]!}${unit}`;
  }
  const hours = Math.floor(duration / 3600e9);
  const minutes = Math.floor((duration % 3600e9) / 60e9);
  const seconds = `${(duration % 60e9) / 1e9}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

/**
 * A number of CPUs as the real provider reads it back, including its oddities: it counts the zeros of nine decimals, and
 * with nine of them shows one decimal (1 is "1.0", and 0.05 is "0.1"); otherwise it cuts the zeros off ("10.").
 */
export function formatCpus(nanoCpus: number): string {
  const decimals = (nanoCpus / 1e9).toFixed(9);
  if (decimals.split("0").length - 1 === 9) return (nanoCpus / 1e9).toFixed(1);
  return decimals.replace(/0+$/, "");
}
