import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../lab/site.js";
import type { Neighbour } from "./gallery-host.js";

/** Requests every neighbour once a second, and compares each answer byte for byte with the one from before. */
export class Watch {
  /** Answers that differed so far. */
  readonly troubles: string[] = [];
  /** How many requests were answered. */
  answers = 0;
  private before: readonly string[] = [];

  constructor(
    private readonly neighbours: readonly Neighbour[],
    private readonly ports: Readonly<Record<"http" | "https", number>>,
    private readonly domain: string,
  ) {}

  /** Learns the answers, once each neighbour gives the same one twice. */
  async begin(): Promise<void> {
    this.before = await eventually(60, async () => {
      const [once, again] = [await this.askAll(), await this.askAll()];
      const wrong = once.find((answer, index) => answer !== again[index] || / 50[234] |^no answer/.test(answer));
      if (wrong !== undefined) throw new Error(`a neighbour is not up: ${wrong}`);
      return again;
    });
  }

  /** Watches during some work. */
  async during<T>(what: string, work: () => Promise<T>): Promise<T> {
    let isBusy = true;
    const watching = (async () => {
      do {
        await Promise.all([this.compare(what), sleep(1000)]);
      } while (isBusy);
    })();
    try {
      return await work();
    } finally {
      isBusy = false;
      await watching;
      await this.compare(what);
    }
  }

  private async compare(what: string): Promise<void> {
    const now = await this.askAll();
    this.answers += now.length;
    for (const [index, answer] of now.entries()) {
      if (answer !== this.before[index]) this.troubles.push(`${what}: ${answer}\ninstead of\n${this.before[index]}`);
    }
  }

  private askAll(): Promise<string[]> {
    return Promise.all(this.neighbours.map((each) => this.ask(each)));
  }

  /** A reload of Caddy drops a connection that is just being opened, so a lost one is opened once more. */
  private async ask(neighbour: Neighbour): Promise<string> {
    return this.askOnce(neighbour).catch(() => this.askOnce(neighbour).catch((error: Error) => `no answer: ${error}`));
  }

  /** The whole answer, except for the time. */
  private askOnce({ site, path = "/", scheme = "https" }: Neighbour): Promise<string> {
    const name = `${site}.${this.domain}`;
    const send = scheme === "https" ? requestHttps : requestHttp;
    // Byte for byte is what counts here; each host has another authority for its certificates.
    const options = { host: "127.0.0.1", port: this.ports[scheme], path, headers: { host: name }, agent: false };
    return new Promise((resolve, reject) => {
      const asking = send({ ...options, servername: name, rejectUnauthorized: false, timeout: 10_000 }, (response) => {
        const body: Buffer[] = [];
        response.on("data", (data: Buffer) => body.push(data));
        response.on("error", reject);
        response.on("end", () => {
          const head = `${scheme}://${name}${path} ${response.statusCode} ${response.statusMessage}`;
          resolve([head, ...headersOf(response), "", Buffer.concat(body).toString("latin1")].join("\n"));
        });
      });
      asking.on("timeout", () => asking.destroy(new Error(`${scheme}://${name}${path}: no answer within 10 s`)));
      asking.on("error", reject);
      asking.end();
    });
  }
}

/** The lines of the head as they were sent, without the time. */
function headersOf({ rawHeaders }: IncomingMessage): string[] {
  const lines = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : []));
  return lines.filter((line) => !/^date:/i.test(line));
}
