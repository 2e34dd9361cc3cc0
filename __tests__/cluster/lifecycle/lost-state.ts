import { rename } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { dockerOn } from "../../../lab/cluster/engines.js";
import type { Plan } from "../../../lab/deployment.js";
import { eventually } from "../../../lab/site.js";
import { apply, deployment, expectEmptyPlan, expectNoDrift } from "../../e2e/lifecycle.js";
import { manager } from "../cluster.js";
import { allRun, expectAllWork, left, ONLY_SERVICE, possessions, service } from "../deployed.js";

const serviceId = () => dockerOn(manager, ["service", "inspect", "--format", "{{.ID}}", service]);

async function expectReplaced(id: string, before: Record<string, unknown>): Promise<void> {
  expect(await serviceId()).not.toBe(id);
  await allRun();
  expect(await left()).toEqual(ONLY_SERVICE);
  expect(await possessions()).toEqual(before);
  await expectAllWork();
  await expectEmptyPlan();
  await expectNoDrift();
}

describe("a service whose state was lost", () => {
  let before: Record<string, unknown>;
  let id: string;

  beforeAll(async () => {
    [before, id] = await Promise.all([possessions(), serviceId()]);
    await rename(deployment.stateFile, `${deployment.stateFile}.lost`);
    expect((await deployment.nocodbHost("state release")).stdout).toContain("released: ");
    console.log(`a lost state: ${(await apply()).seconds.toFixed(0)} s`);
  });

  it("is replaced by the next deploy, with all that was there", () => expectReplaced(id, before));
});

describe("a service that a deploy created at the moment when it was killed", () => {
  let before: Record<string, unknown>;
  let id: string;
  let plan: Plan;

  beforeAll(async () => {
    before = await possessions();
    await dockerOn(manager, ["service", "rm", service]);
    const running = deployment.begun("apply", "-auto-approve", "-input=false", "-no-color");
    // The provider waits for two seconds before it returns.
    id = await eventually(60, serviceId);
    running.signal("SIGKILL");
    await running.ended;
    plan = await deployment.plan();
    await apply();
  });

  it("is in the plan, and replaced by the next deploy", async () => {
    expect(plan.changes).toContain("docker_service.nocodb_service: create");
    expect(plan.changes).toContain("null_resource.nocodb_service_free_name: delete,create");
    expect(plan.line).toContain("service created by hand, or by a deploy that was killed");
    await expectReplaced(id, before);
  });
});
