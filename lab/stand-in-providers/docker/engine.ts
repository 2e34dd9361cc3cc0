import { Agent, type IncomingMessage, request } from "node:http";
import type { Duplex } from "node:stream";
import { Problem } from "../protocol/provider.js";
import type { Value } from "../protocol/values.js";
import { SshSocket, sshArguments } from "./ssh.js";

/** The newest version of the engine's API for which these requests were checked. */
const NEWEST_API = "1.51";

/** The engine's own refusal of a request. */
export class EngineError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(`Error response from daemon: ${message}`);
  }
}

interface Request {
  readonly query?: Record<string, string | number | undefined>;
  readonly body?: object;
}

/** A Docker engine behind SSH. Connections are opened when needed, kept and reused. */
export class Engine {
  private readonly agent: Agent;
  private version: Promise<string> | undefined;

  constructor(
    private readonly host: string,
    sshOptions: readonly string[],
    private readonly stopped: AbortSignal,
  ) {
    const args = sshArguments(host, sshOptions);
    this.agent = new SshAgent({ keepAlive: true }, () => new SshSocket(args));
  }

  get = (path: string, query?: Request["query"]) => this.call("GET", path, { ...(query && { query }) });
  post = (path: string, options: Request = {}) => this.call("POST", path, options);
  delete = (path: string, query?: Request["query"]) => this.call("DELETE", path, { ...(query && { query }) });

  /** The answer, or null if the engine does not know the object (404). */
  async find(path: string): Promise<Value | null> {
    return this.get(path).catch((error) => {
      if (error instanceof EngineError && error.status === 404) return null;
      throw error;
    });
  }

  /** Waits, but fails as soon as Terraform asks to stop. */
  pause(milliseconds: number): Promise<void> {
    return new Promise((resume, reject) => {
      const timer = setTimeout(resume, milliseconds);
      this.stopped.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(new Problem("Stopped before it was done", "Terraform asked to stop."));
      });
    });
  }

  /** The JSON of the body: null without one, a list for a stream of JSON lines. */
  private async call(method: string, path: string, options: Request): Promise<Value> {
    this.version ??= this.negotiate();
    const parameters = Object.entries(options.query ?? {}).filter(([, value]) => value !== undefined);
    const search = parameters.map(([name, value]) => `${name}=${encodeURIComponent(value!)}`).join("&");
    const { body } = await this.send(method, `/v${await this.version}${path}${search && `?${search}`}`, options.body);
    const lines = body.split("\n").filter((line) => line.trim() !== "");
    if (lines.length > 1) return lines.map((line) => JSON.parse(line));
    return lines.length === 1 ? JSON.parse(lines[0]!) : null;
  }

  private async negotiate(): Promise<string> {
    try {
      const { headers } = await this.send("HEAD", "/_ping");
      const offered = String(headers["api-version"] ?? NEWEST_API);
      return minor(offered) < minor(NEWEST_API) ? offered : NEWEST_API;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Problem(
        `Error pinging Docker server, please make sure that ${this.host} is reachable and has a '_ping' endpoint.`,
        why,
      );
    }
  }

  private send(method: string, path: string, body?: object): Promise<IncomingMessage & { body: string }> {
    const { agent, stopped: signal } = this;
    const content = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      ...(content !== undefined && {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(content),
      }),
    };
    return new Promise((answered, failed) => {
      const sent = request({ agent, signal, method, path, headers, host: "docker.example.com" }, async (response) => {
        try {
          let text = "";
          for await (const chunk of response.setEncoding("utf8")) text += chunk;
          if ((response.statusCode ?? 500) < 400) answered(Object.assign(response, { body: text }));
          else failed(new EngineError(response.statusCode ?? 500, reason(text) || `status ${response.statusCode}`));
        } catch (error) {
          failed(error);
        }
      });
      sent.on("error", failed);
      sent.end(content);
    });
  }
}

class SshAgent extends Agent {
  constructor(
    options: { keepAlive: boolean },
    private readonly connect: () => Duplex,
  ) {
    super(options);
  }

  override createConnection(): Duplex {
    return this.connect();
  }
}

const minor = (version: string) => Number(version.split(".")[1]);

function reason(body: string): string {
  try {
    return JSON.parse(body).message;
  } catch {
    return body.trim();
  }
}
