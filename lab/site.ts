import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { Instance } from "./instance.js";

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Requests a site of the instance's Caddy as a browser would, and verifies its certificate against Caddy's own root. */
export async function ask(instance: Instance, site: string, path = "/"): Promise<Answer> {
  const ca = await readFile(instance.rootCertificate);
  const address = { host: "127.0.0.1", port: instance.ports.https, servername: site };
  const headers = { host: `${site}:${instance.ports.https}` };
  return new Promise((resolve, reject) => {
    const asking = request({ ...address, path, headers, ca, agent: false, timeout: 15_000 }, (response) => {
      const body: Buffer[] = [];
      response.on("data", (data: Buffer) => body.push(data));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(body).toString(),
          headers: response.headers,
        }),
      );
    });
    asking.on("timeout", () => asking.destroy(new Error(`https://${site}${path}: no answer within 15 s`)));
    asking.on("error", reject);
    asking.end();
  });
}

/** Repeats `attempt` until it resolves. @throws its last error, after that many seconds */
export async function eventually<T>(seconds: number, attempt: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + seconds * 1000; ; await sleep(200)) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() >= end) throw error;
    }
  }
}
