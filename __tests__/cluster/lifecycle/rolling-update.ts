import { beforeAll, describe, expect, it } from "vitest";
import { apply, deployment, expectEmptyPlan, host } from "../../e2e/lifecycle.js";
import { type Streamed, titlesWritten, underStreams } from "../../e2e/streams.js";
import { allRun, streamPlace, taskIds } from "../deployed.js";

describe("scaled from three replicas to one and back", () => {
  let three: string[];
  let one: string[];
  let again: string[];

  beforeAll(async () => {
    three = await taskIds();
    await deployment.set({ "swarm.replicas": 1 });
    const down = await apply();
    one = await taskIds();
    await deployment.set({ "swarm.replicas": 3 });
    const up = await apply();
    again = await taskIds();
    console.log(`three replicas to one: ${down.seconds.toFixed(0)} s, one to three: ${up.seconds.toFixed(0)} s`);
  });

  it("keeps the tasks that go on", () => {
    expect(one).toHaveLength(1);
    expect(three).toContain(one[0]);
    expect(again).toHaveLength(3);
    expect(again).toContain(one[0]);
  });

  it("is followed by an empty plan", async () => {
    await expectEmptyPlan();
  });
});

describe("a changed variable, at 20 requests a second", () => {
  let before: string[];
  let streamed: Streamed<unknown>;

  beforeAll(async () => {
    before = await taskIds();
    streamed = await underStreams(await streamPlace(), "variable", async () => {
      await deployment.set({ "variables.NC_ROUND": "under load" });
      console.log(`a changed variable: ${(await apply()).seconds.toFixed(0)} s`);
    });
  });

  it("replaces all tasks", async () => {
    await allRun();
    expect((await taskIds()).filter((id) => before.includes(id))).toEqual([]);
  });

  it("fails no request, neither at the site nor at the service's name", () => {
    expect(streamed.failed).toEqual([]);
    expect(streamed.failedInside).toEqual([]);
  });

  it("writes each acknowledged row once, and no others", async () => {
    expect((await titlesWritten(host, "variable")).sort()).toEqual([...streamed.acknowledged].sort());
  });

  it("is followed by an empty plan", async () => {
    await expectEmptyPlan();
  });
});
