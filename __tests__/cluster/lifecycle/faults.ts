import { beforeAll, describe, expect, it } from "vitest";
import { heal, killNode, partition, restartEngine, startNode } from "../../../lab/cluster/faults.js";
import { ready } from "../../../lab/cluster/swarm.js";
import type { Plan } from "../../../lab/deployment.js";
import { eventually } from "../../../lab/site.js";
import { deployment, expectEmptyPlan, host } from "../../e2e/lifecycle.js";
import { type Streamed, titlesWritten, underStreams } from "../../e2e/streams.js";
import { cluster, manager, second, third } from "../cluster.js";
import { allRun, expectAllWork, possessions, streamPlace, tasks } from "../deployed.js";

/** Waits until no task is to run on a machine. @returns after how many seconds */
async function moved(from: string): Promise<number> {
  const begun = Date.now();
  await eventually(60, async () => {
    expect((await tasks()).map(({ node }) => node)).not.toContain(from);
  });
  return (Date.now() - begun) / 1000;
}

/** Waits until all tasks run and the plan is empty, as a person would who looks again. */
async function afterwards(before: Record<string, unknown>): Promise<void> {
  await allRun();
  await eventually(30, expectAllWork);
  expect(await possessions()).toEqual(before);
  await eventually(30, expectEmptyPlan);
}

describe("a machine that loses its power, at 20 requests a second", () => {
  let before: Record<string, unknown>;
  let plan: Plan;
  let streamed: Streamed<void>;

  beforeAll(async () => {
    before = await possessions();
    streamed = await underStreams(await streamPlace(), "power", async () => {
      const begun = Date.now();
      await killNode(third);
      const seconds = await moved(third.name);
      plan = await deployment.plan();
      await allRun();
      console.log(`a killed node: moved after ${seconds.toFixed(0)} s, all run after ${(Date.now() - begun) / 1000} s`);
    });
  });

  it("has its task moved, which a plan shows meanwhile", () => {
    expect(plan.line).toMatch(/2 of 3 tasks run/);
  });

  it("loses no acknowledged row", async () => {
    expect(await titlesWritten(host, "power")).toEqual(expect.arrayContaining([...streamed.acknowledged]));
  });

  it("leaves no caller without an answer for longer than the engine takes to notice", () => {
    expect(streamed.gap).toBeLessThan(20);
  });

  it("comes back, and the plan is empty", async () => {
    await startNode(third);
    await ready(cluster);
    await afterwards(before);
  });
});

describe("the manager's engine", () => {
  it("restarts, and everything is there again", async () => {
    const before = await possessions();
    await deployment.disconnect();
    await restartEngine(manager);
    await ready(cluster);
    await eventually(90, expectAllWork);
    await afterwards(before);
  });
});

describe("a machine that the others do not reach", () => {
  it("has its tasks moved until the partition is healed, and nothing is lost", async () => {
    const before = await possessions();
    await partition(cluster, second);
    console.log(`a partitioned node: moved after ${(await moved(second.name)).toFixed(0)} s`);
    await allRun();
    await heal(cluster, second);
    await ready(cluster);
    await afterwards(before);
  });
});
