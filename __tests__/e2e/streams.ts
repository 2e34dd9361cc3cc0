import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Api } from "nocodb-sdk";
import type { Host } from "./host.js";

/** Requests per second at the site, which alternately read and write a row. */
const RATE = 20;
/** Seconds that a stream runs before and after the work. */
const AROUND = 3;

const INTERNAL = fileURLToPath(new URL("./internal-stream.mjs", import.meta.url));

/** The results of the two streams during some work. */
export interface Streamed<T> {
  readonly result: T;
  /** The requests at the site that were not answered with 200, each with its error. */
  readonly failed: readonly string[];
  /** Titles of the rows that NocoDB has acknowledged. */
  readonly acknowledged: readonly string[];
  /** The longest time, in seconds, without a 200 at the internal address. */
  readonly gap: number;
  /** What was answered instead of a 200 at the internal address, or why nothing was. */
  readonly failedInside: readonly string[];
}

/** Where a stream comes from, and what it requests. */
export interface StreamPlace {
  /** NocoDB's API at the site, as a client that keeps its connections. */
  readonly api: Api<unknown>;
  /** Id of a table with a column Title. */
  readonly table: string;
  /** Container of a consumer that has a token among its variables. */
  readonly consumer: string;
  /** How often a second the consumer asks. @default 4 */
  readonly internalRate?: number;
}

/**
 * Does some work during a steady stream of requests at the site and another one at the internal address.
 *
 * @param name the titles of the rows begin with it
 */
export async function underStreams<T>(place: StreamPlace, name: string, work: () => Promise<T>): Promise<Streamed<T>> {
  const internal = new InternalStream(place);
  const site = new SiteStream(place, name);
  const streaming = site.run();
  let result: T;
  try {
    await sleep(AROUND * 1000);
    result = await work();
    await sleep(AROUND * 1000);
  } finally {
    site.busy = false;
    await streaming;
    await internal.end();
    console.log(`${name}: ${site.figures()}; ${internal.figures()}`);
  }
  const { failed, acknowledged } = site;
  return { result, failed, acknowledged, gap: internal.gap, failedInside: internal.failed };
}

/** Creates the table that streams write to, in the base that a deploy has created for the consumer. @returns its id */
export async function createStreamTable(api: Api<unknown>): Promise<string> {
  const [base] = (await api.base.list()).list!;
  const columns = [
    { column_name: "id", title: "Id", uidt: "ID" },
    { column_name: "title", title: "Title", uidt: "SingleLineText", pv: true },
  ];
  const described = { table_name: "streamed", title: "Streamed", columns } as never;
  return (await api.dbTable.create(base!.id!, described)).id!;
}

/** Titles of the rows that a stream has written, from the database itself. */
export async function titlesWritten(host: Host, name: string): Promise<string[]> {
  const where = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE tablename LIKE '%streamed'";
  const table = await host.sql(where, "nocodb");
  const titles = await host.sql(`SELECT title FROM ${table} WHERE title LIKE '${name} %'`, "nocodb");
  return titles.split("\n").filter((title) => title !== "");
}

/** Sends requests at an even pace, whether or not the earlier ones were answered. */
class SiteStream {
  readonly acknowledged: string[] = [];
  readonly failed: string[] = [];
  busy = true;
  private asked = 0;
  /** Seconds that the slowest one took. */
  private slowest = 0;

  constructor(
    private readonly place: StreamPlace,
    private readonly name: string,
  ) {}

  /** Ends with the last answer to the requests sent while `busy`. */
  async run(): Promise<void> {
    const asking: Promise<void>[] = [];
    for (const begun = performance.now(); this.busy; ) {
      asking.push(this.ask(this.asked++, begun));
      await sleep(begun + (this.asked * 1000) / RATE - performance.now());
    }
    await Promise.all(asking);
  }

  figures(): string {
    const { asked, failed, acknowledged, slowest } = this;
    const first = failed.length === 0 ? "" : ` (${failed[0]})`;
    const results = `${failed.length} failed${first}, ${acknowledged.length} rows acknowledged`;
    return `${asked} requests at the site, ${RATE} a second: ${results}, the slowest took ${slowest.toFixed(1)} s`;
  }

  private async ask(nth: number, begun: number): Promise<void> {
    const start = performance.now();
    const title = `${this.name} ${nth}, ${((start - begun) / 1000).toFixed(2)} s after the first`;
    try {
      await (nth % 2 === 0 ? this.read() : this.write(`${this.name} ${nth}`));
    } catch (error) {
      const seconds = (performance.now() - start) / 1000;
      this.failed.push(`${title}, after ${seconds.toFixed(2)} s: ${(error as Error).message}`);
    }
    this.slowest = Math.max(this.slowest, (performance.now() - start) / 1000);
  }

  private async read(): Promise<void> {
    await this.place.api.dbDataTableRow.list(this.place.table, { limit: 1 } as never);
  }

  private async write(title: string): Promise<void> {
    await this.place.api.dbDataTableRow.create(this.place.table, [{ Title: title }]);
    this.acknowledged.push(title);
  }
}

/** A consumer that sends requests to http://nocodb:8080 at an even pace, and does not repeat those that failed. */
class InternalStream {
  /** The longest time, in seconds, without a 200: all of it if there was none. Known after the stream has ended. */
  gap = Number.NaN;
  failed: readonly string[] = [];
  private readonly begun = Date.now();
  private said = "";
  private readonly child;
  private readonly ended: Promise<void>;

  constructor({ consumer, internalRate = 4 }: StreamPlace) {
    const program = ["node", "--input-type=module", "--eval", readFileSync(INTERNAL, "utf8"), String(internalRate)];
    this.child = spawn("docker", ["exec", "-i", consumer, ...program], { stdio: ["pipe", "pipe", "inherit"] });
    this.child.stdout.on("data", (data: Buffer) => (this.said += data));
    this.ended = new Promise((resolve) => this.child.on("close", () => resolve()));
  }

  async end(): Promise<void> {
    this.child.stdin.end();
    await this.ended;
    const served = [...this.said.matchAll(/^(\d+) 200$/gm)].map(([, at]) => Number(at));
    this.failed = this.said.split("\n").filter((line) => line !== "" && !line.endsWith(" 200"));
    const moments = [this.begun, ...served, Date.now()];
    this.gap = Math.max(...moments.slice(1).map((at, before) => at - moments[before]!)) / 1000;
  }

  figures(): string {
    const asked = this.said.split("\n").length - 1;
    const first = this.failed[0] === undefined ? "" : ` (${this.failed[0]})`;
    const results = `${asked} requests, ${this.failed.length} failed${first}`;
    return `at the internal address ${results}, no 200 for ${this.gap.toFixed(1)} s`;
  }
}
