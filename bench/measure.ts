import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lastLines, run } from "../lab/command.js";

/** A command as a user gives it to a shell. */
export interface Command {
  readonly line: string;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** @default 300 */
  readonly timeoutSeconds?: number;
}

export interface Measured {
  /** Wall clock. */
  readonly seconds: number;
  /** Memory of the largest process, in MB; undefined without GNU time. */
  readonly megabytes?: number | undefined;
  readonly code: number;
  /** Both streams. */
  readonly output: string;
}

/** Runs a command once, under GNU time if this machine has it. */
export async function timed({ line, cwd, env = {}, timeoutSeconds = 300 }: Command): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  const note = join(folder, "memory");
  const underTime = (await run(["/usr/bin/time", "--version"])).code === 0;
  const argv = [...(underTime ? ["/usr/bin/time", "-f", "%M", "-o", note] : []), "sh", "-c", line];
  const start = performance.now();
  const { code, stdout, stderr } = await run(argv, { cwd, env, timeoutSeconds });
  const seconds = (performance.now() - start) / 1000;
  const kilobytes = Number(/(\d+)\s*$/.exec(await readFile(note, "utf8").catch(() => ""))?.[1]);
  await rm(folder, { recursive: true });
  const megabytes = Number.isNaN(kilobytes) ? undefined : Math.round((kilobytes * 1024) / 1e6);
  return { seconds, megabytes, code, output: stdout + stderr };
}

/** The same for a command that has to succeed. @param codes that count as success */
export async function succeeding(command: Command, codes: readonly number[] = [0]): Promise<Measured> {
  const measured = await timed(command);
  if (codes.includes(measured.code)) return measured;
  throw new Error(`${command.line}: status ${measured.code}\n${lastLines(measured.output, 20)}`);
}

/** What one contender took in each round. */
export interface Samples {
  readonly seconds: readonly number[];
  /** The largest of the rounds. */
  readonly megabytes?: number | undefined;
  /** Requests that were not answered with 200, in each round. */
  readonly lost?: readonly number[] | undefined;
  /** What a reader must know beside the time, such as "does not show the cause". */
  readonly note?: string | undefined;
}

type Attempt = () => Promise<{ seconds: number; megabytes?: number | undefined; lost?: number; note?: string }>;

/** Runs the attempts in turn, that many rounds, so that a busy machine slows all of them alike. */
export async function alternating<Name extends string>(
  rounds: number,
  attempts: Readonly<Partial<Record<Name, Attempt>>>,
): Promise<Record<Name, Samples>> {
  const found: Record<string, Awaited<ReturnType<Attempt>>[]> = {};
  for (let round = 1; round <= rounds; round++) {
    for (const [name, attempt] of Object.entries(attempts) as [Name, Attempt][]) {
      const got = await attempt();
      found[name] = [...(found[name] ?? []), got];
      const lost = got.lost === undefined ? "" : `, ${got.lost} requests lost`;
      console.log(`    round ${round} of ${rounds}, ${name}: ${got.seconds.toFixed(2)} s${lost}`);
    }
  }
  return Object.fromEntries(Object.entries(found).map(([name, all]) => [name, samplesOf(all)])) as Record<
    Name,
    Samples
  >;
}

function samplesOf(all: readonly Awaited<ReturnType<Attempt>>[]): Samples {
  const megabytes = all.flatMap((each) => each.megabytes ?? []);
  const lost = all.flatMap((each) => each.lost ?? []);
  const note = all.find((each) => each.note !== undefined)?.note;
  return {
    seconds: all.map(({ seconds }) => Math.round(seconds * 1000) / 1000),
    ...(megabytes.length > 0 && { megabytes: Math.max(...megabytes) }),
    ...(lost.length > 0 && { lost }),
    ...(note !== undefined && { note }),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
