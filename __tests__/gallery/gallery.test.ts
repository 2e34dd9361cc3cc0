/**
 * The gallery (`npm run gallery`): hosts as people have them, each through plan, deploy, second plan and destroy. Every
 * neighbour is requested once a second meanwhile. With `-- -t "wildcard"` only the hosts with that word in their title.
 */
import { request } from "node:https";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Deployment } from "../../lab/deployment.js";
import type { GalleryHost } from "./gallery-host.js";
import { CADDYFILES } from "./hosts/caddyfiles.js";
import { CONTAINERS } from "./hosts/containers.js";
import { POSTGRESQL } from "./hosts/postgresql.js";
import { REFUSED } from "./hosts/refused.js";
import { instance, PUBLISHED } from "./place.js";
import { RunningHost } from "./running-host.js";

const deployment = new Deployment(instance);
let running: RunningHost;

/** Vitest shortens a title that it takes from a property. */
const byTitle = <Host extends GalleryHost>(hosts: readonly Host[]) => hosts.map((host) => [host.title, host] as const);

/** Starts the host in front of an environment file that describes it. */
async function begin(host: GalleryHost): Promise<void> {
  running = new RunningHost(host);
  await running.start();
  await deployment.begin();
  await deployment.set(running.settings);
  await deployment.synth();
}

afterEach(async () => {
  await deployment.disconnect();
  await running.remove();
});

/** The status of NocoDB's health check at its site. */
function health(): Promise<number> {
  const servername = `noco.${instance.domain}`;
  const address = { host: "127.0.0.1", port: PUBLISHED.https, servername, path: "/api/v1/health" };
  return new Promise((resolve, reject) => {
    const asking = request({ ...address, headers: { host: servername }, rejectUnauthorized: false, agent: false });
    asking.on("response", (response) => resolve(response.resume().statusCode!));
    asking.on("error", reject);
    asking.end();
  });
}

/** Plan, deploy, second plan, destroy: each as it should be, and nothing else changed. */
async function goThrough(): Promise<void> {
  const { watch } = running;
  const before = await running.everythingElse();
  const plan = await watch.during("plan", () => deployment.plan());
  expect(plan.code, plan.said).toBe(2);
  const deploy = await watch.during("deploy", () =>
    deployment.terraform("apply", "-input=false", "-no-color", "second"),
  );
  expect(deploy.code, deploy.said).toBe(0);
  expect(await health()).toBe(200);
  const second = await watch.during("second plan", () => deployment.plan());
  expect([second.code, second.changes], second.said).toEqual([0, []]);
  const destroy = await watch.during("destroy", () =>
    deployment.terraform("destroy", "-auto-approve", "-input=false", "-no-color"),
  );
  expect(destroy.code, destroy.said).toBe(0);
  expect(await running.everythingElse()).toBe(before);
  expect(watch.troubles).toEqual([]);
  const seconds = [plan, deploy, second, destroy].map(({ seconds }) => seconds.toFixed(0)).join(" + ");
  console.log(`${seconds} s; ${watch.answers} answers of neighbours, all the same`);
}

describe.each(byTitle([...CADDYFILES, ...CONTAINERS, ...POSTGRESQL]))("%s", (_, host) => {
  beforeEach(() => begin(host));

  test("is deployed to and left as it was", goThrough);
});

describe.each(byTitle(REFUSED))("%s", (_, { refused, advised, ...host }) => {
  test("is refused in the plan, with nothing changed", async () => {
    await begin(host);
    const before = await running.everythingElse();
    const plan = await running.watch.during("plan", () => deployment.plan());
    expect([plan.code, plan.said]).toEqual([1, expect.any(String)]);
    for (const words of refused) expect(plan.line).toContain(words);
    expect(await running.everythingElse()).toBe(before);
    expect(await running.isTouched()).toBe(false);
    expect(running.watch.troubles).toEqual([]);
  });

  if (advised === undefined) return;
  test("is deployed to once the advice was followed", async () => {
    await begin(advised);
    await goThrough();
  });
});
