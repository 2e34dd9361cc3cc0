import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apply, consumers, deployment, expectEmptyPlan, host, neighbours } from "../../e2e/lifecycle.js";
import { CONTAINER, expectAllWork, left, note, ONLY_CONTAINER } from "../deployed.js";

beforeAll(async () => {
  await deployment.begin();
  await deployment.set(CONTAINER);
  await Promise.all([neighbours.begin(), consumers.begin()]);
});

afterAll(() => deployment.disconnect());

describe("a container on the manager", () => {
  beforeAll(async () => {
    await apply();
    await host.sql("CREATE TABLE notes (text text); ALTER TABLE notes OWNER TO nocodb", "nocodb");
    await note("container");
  });

  it("works on overlay networks", async () => {
    await expectAllWork();
    expect(await left()).toEqual(ONLY_CONTAINER);
    await expectEmptyPlan();
  });
});
