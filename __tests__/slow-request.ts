import { spawn } from "node:child_process";
import { once } from "node:events";
import type { ClientRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between the signal and the end of the request; the grace period is 10 s. */
const LATER = 3000;

/**
 * Does work that stops a container while the service in it has received only the beginning of a request. The end of the
 * request follows 3 s after the container is asked to stop.
 *
 * @returns the status of the service's answer, or why there is none
 */
export async function answerAcrossStop(
  container: string,
  asking: ClientRequest,
  body: string,
  work: () => Promise<unknown>,
): Promise<number | string> {
  const answer = new Promise<number | string>((resolve) => {
    asking.on("response", (response) => resolve(response.resume().statusCode!));
    asking.on("error", ({ message }) => resolve(message));
  });
  const stop = nextStop(container);
  asking.write(body.slice(0, 1));
  await sleep(1000); // until the service has the request
  const working = work();
  try {
    await Promise.race([stop.begun, working]);
    await sleep(LATER);
    asking.end(body.slice(1));
    await working;
    return await answer;
  } finally {
    stop.forget();
  }
}

/** Waits until a container gets a signal. */
function nextStop(container: string) {
  const filters = ["--filter", `container=${container}`, "--filter", "event=kill"];
  const events = spawn("docker", ["events", ...filters], { stdio: ["ignore", "pipe", "inherit"] });
  return { begun: once(events.stdout, "data"), forget: () => events.kill() };
}
