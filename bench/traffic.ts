import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { Instance } from "../lab/instance.js";

const PER_SECOND = 20;

/** Does some work while 20 requests a second go to a site. @returns its result, and how many were not answered with 200 */
export async function underTraffic<T>(
  instance: Instance,
  site: string,
  work: () => Promise<T>,
): Promise<{ result: T; lost: number }> {
  const ca = await readFile(instance.rootCertificate);
  const place = { host: "127.0.0.1", port: instance.ports.https, servername: site, path: "/api/v1/health", ca };
  const asking: Promise<boolean>[] = [];
  // Longer than the 60 s for which the app's site holds a request.
  const ask = () =>
    new Promise<boolean>((resolve) => {
      const headers = { host: `${site}:${instance.ports.https}` };
      const asked = request({ ...place, headers, agent: false, timeout: 70_000 }, (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode === 200));
        response.on("error", () => resolve(false));
      });
      asked.on("timeout", () => asked.destroy());
      asked.on("error", () => resolve(false));
      asked.end();
    });
  const timer = setInterval(() => asking.push(ask()), 1000 / PER_SECOND);
  try {
    await sleep(1000);
    const result = await work();
    await sleep(1000);
    clearInterval(timer);
    const lost = (await Promise.all(asking)).filter((answered) => !answered).length;
    return { result, lost };
  } finally {
    clearInterval(timer);
  }
}
