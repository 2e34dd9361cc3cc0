import { readFileSync, statSync } from "node:fs";
import * as z from "zod";
import type { Environment } from "../../settings/environment.js";
import { placesOf } from "../../settings/places.js";
import { DONE, Failure, USAGE } from "../exit-codes.js";
import { eventsIn } from "../history.js";
import { askHost } from "../run-on-host.js";
import { look } from "../status/status.js";

/** Seconds for each question to the host, as in status. */
const LIMIT = 60;

const time = z.iso.datetime();

/** What a report shows beside the picture: what `status --json` and `history --json` print, and usage over time. */
const facts = z.object({
  status: z.object({
    environment: z.string(),
    host: z.string(),
    time,
    result: z.enum(["ok", "wrong", "unknown", "failed"]),
    cause: z.string().nullable(),
    rows: z.array(
      z.object({ name: z.string(), result: z.enum(["ok", "wrong", "unknown"]), detail: z.string(), fix: z.string() }),
    ),
  }),
  history: z.array(
    z.object({
      time,
      event: z.string(),
      result: z.enum(["done", "failed"]),
      seconds: z.number(),
      origin: z.string(),
      run: z.string().nullable(),
      image: z.string(),
      changed: z.string(),
    }),
  ),
  /** Amounts in MiB; null if the container did not run. */
  usage: z.array(
    z.object({ time, memory: z.number().nullable(), limit: z.number(), diskSize: z.number(), diskUsed: z.number() }),
  ),
});

export type Facts = z.output<typeof facts>;
export type Sample = Facts["usage"][number];

/** Asks the host. If it cannot be asked, the status holds the cause, and the rest is empty. */
export async function factsOf(environment: Environment): Promise<Facts> {
  const { containerName, dataDirectory } = placesOf(environment);
  const usage = { name: containerName, data_directory: dataDirectory };
  const read = async (program: string, input: Readonly<Record<string, string>>) => {
    const { status, stdout } = await askHost(environment, program, input, LIMIT);
    return status === DONE ? stdout : "";
  };
  const [status, past, samples] = await Promise.all([
    look(environment),
    read("remote-host/print-history", {}),
    read("service-container/report-usage", usage),
  ]);
  return { status: { ...status, rows: [...status.rows] }, history: eventsIn(past), usage: samplesIn(samples) };
}

/** The lines of report-usage.sh. */
export function samplesIn(stdout: string): Sample[] {
  const lines = stdout.split("\n").filter((line) => /^\d+ (?:\d+|-) \d+ \d+ \d+$/.test(line));
  return lines.map((line) => {
    const [seconds, memory, limit, diskSize, diskUsed] = line.split(" ").map(Number) as [number, ...number[]];
    return {
      time: new Date(seconds * 1000).toISOString(),
      memory: Number.isNaN(memory) ? null : memory!,
      limit: limit!,
      diskSize: diskSize!,
      diskUsed: diskUsed!,
    };
  });
}

/**
 * The facts in a file that `report --json` printed.
 *
 * @throws Failure if it holds something else, or the facts of another environment
 */
export function factsIn(file: string, name: string): Facts {
  const remedy = `make one with npx nocodb-host report ${name} --json`;
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new Failure(`--from: ${file}: is not a file; ${remedy}`, USAGE);
  }
  let written: unknown;
  const text = readFileSync(file, "utf8");
  try {
    written = JSON.parse(text);
  } catch {
    throw new Failure(`--from: ${file}: is not JSON; ${remedy}`, USAGE);
  }
  const { data, error } = facts.safeParse(written);
  if (data === undefined) {
    const [issue] = error.issues;
    throw new Failure(`--from: ${file}: ${issue!.path.join(".") || "the file"}: ${issue!.message}; ${remedy}`, USAGE);
  }
  const { environment } = data.status;
  if (environment === name) return data;
  throw new Failure(`--from: ${file}: holds the facts of ${environment}, not of ${name}; ${remedy}`, USAGE);
}
