import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dockerOn } from "../../../lab/cluster/engines.js";
import { must } from "../../../lab/command.js";
import type { Ended } from "../../../lab/deployment.js";
import { apply, deployment, expectEmptyPlan, failingDeploy, host, image } from "../../e2e/lifecycle.js";
import { type Streamed, titlesWritten, underStreams } from "../../e2e/streams.js";
import { instance, manager, third } from "../cluster.js";
import { expectAllWork, left, ONLY_CONTAINER, service, streamPlace } from "../deployed.js";

const broken = `${image}-ends`;
const containerId = () => dockerOn(manager, ["inspect", "--format", "{{.Id}}", service]);

/** Finds the container by its alias and its name from another machine, whose engine is told of them by the manager's. */
async function expectFoundFromAfar(): Promise<void> {
  const lookUp = `for (const name of ["nocodb", "${service}"]) require("dns").promises.lookup(name).then((found) => console.log(found.address))`;
  const run = ["run", "--rm", "--network", instance.backend.name, "--entrypoint", "node", image, "--eval", lookUp];
  const [byAlias, byName] = (await dockerOn(third, run)).split("\n");
  const address = `{{(index .NetworkSettings.Networks "${instance.backend.name}").IPAddress}}`;
  expect([byAlias, byName]).toEqual(Array(2).fill(await dockerOn(manager, ["inspect", "--format", address, service])));
}

describe("the replacement of a container on overlay networks, at 20 requests a second", () => {
  let before: string;
  let streamed: Streamed<Ended>;

  beforeAll(async () => {
    before = await containerId();
    streamed = await underStreams(await streamPlace(), "overlay", async () => {
      await deployment.set({ "variables.NC_ROUND": "replaced" });
      return await apply();
    });
    console.log(`a container replaced on overlay networks: ${streamed.result.seconds.toFixed(0)} s`);
  });

  it("fails no request at the site, and writes each acknowledged row once", async () => {
    expect(streamed.failed).toEqual([]);
    expect((await titlesWritten(host, "overlay")).sort()).toEqual([...streamed.acknowledged].sort());
  });

  it("leaves callers of its name without an answer for moments", () => {
    expect(streamed.gap).toBeLessThan(10);
  });

  it("leaves the new container alone, with both names on all machines, and an empty plan", async () => {
    expect(await containerId()).not.toBe(before);
    expect(await left()).toEqual(ONLY_CONTAINER);
    await expectFoundFromAfar();
    await expectAllWork();
    await expectEmptyPlan();
  });
});

describe("a container on overlay networks whose successor ends at its start", () => {
  let before: string;
  let streamed: Streamed<Ended>;

  beforeAll(async () => {
    before = await containerId();
    await must(["docker", "build", "--quiet", "--tag", broken, "-"], {
      input: `FROM ${image}\nENTRYPOINT ["false"]\n`,
    });
    streamed = await underStreams(await streamPlace(), "remains", async () => {
      await deployment.set({ image: broken });
      return await failingDeploy();
    });
  });

  afterAll(async () => {
    await dockerOn(manager, ["rmi", "--force", broken]);
  });

  it("serves throughout, and has its names again", async () => {
    expect(streamed.result.line).toContain("The old container was left running");
    expect(streamed.failed).toEqual([]);
    expect(await containerId()).toBe(before);
    expect(await left()).toEqual(ONLY_CONTAINER);
    await expectFoundFromAfar();
    await expectAllWork();
  });

  it("is replaced by the next deploy", async () => {
    await deployment.set({ image });
    await apply();
    await expectAllWork();
    await expectEmptyPlan();
  });
});
