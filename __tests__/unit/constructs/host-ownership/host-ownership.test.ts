import { describe, expect, test } from "vitest";
import { HostOwnership } from "../../../../constructs/host-ownership/host-ownership.js";
import { HostStep } from "../../../../constructs/remote-host/host-step.js";
import { block, hostIn, localExec, programOf, statusOf, synthesize, triggers } from "../../support/scope.js";

const owned = (over: { statePlace?: string; enabled?: boolean } = {}) =>
  synthesize((stack) => {
    const host = hostIn(stack);
    new HostOwnership(stack, "ownership", { host, ...over });
    new HostStep(stack, "step", { host, program: "backup/list", input: { backups: "/b" } });
  });
const json = owned();

describe("the owner marker", () => {
  test("is written after the probe and before everything else that changes the host", () => {
    expect(block(json, "null_resource.ownership").depends_on).toEqual([
      "data.external.host_probe",
      "null_resource.ownership_removal",
    ]);
    expect(block(json, "null_resource.step").depends_on).toEqual(["null_resource.ownership"]);
  });

  test("names the state by the id of a resource in it, so a state may move", () => {
    expect(triggers(json, "ownership")).toEqual({
      state: "${null_resource.ownership_state.id}",
      state_place: "",
      status: statusOf("ownership"),
    });
    expect(programOf(localExec(json, "ownership").command)).toBe("host-ownership/apply");
    expect(localExec(json, "ownership").environment).toMatchObject({ INPUT_state: "${self.triggers.state}" });
  });

  test("is shown by the plan of a new state, and by no later plan", () => {
    expect(block(json, "null_resource.ownership_state")).toMatchObject({
      lifecycle: { ignore_changes: ["triggers"] },
      triggers: { already_managed_by: '${lookup(data.external.host_probe.result, "managed_by", null)}' },
    });
    expect(block(owned({ enabled: false }), "null_resource.ownership_state").triggers).toBeUndefined();
  });

  test("names the place of the state, as a Terraform template", () => {
    const statePlace = "app.terraform.io/acme/${terraform.workspace}";
    expect(triggers(owned({ statePlace }), "ownership").state_place).toBe(statePlace);
  });

  test("is removed by a destroy, last of all, and only for its own state", () => {
    const { command, environment, when } = localExec(json, "ownership_removal");
    expect([programOf(command), when]).toEqual(["host-ownership/remove", "destroy"]);
    expect(environment).toMatchObject({ INPUT_state: "${self.triggers.state}" });
    expect(block(json, "null_resource.ownership_removal").for_each).toEqual({
      "/opt/acme/records": "/opt/acme/records",
    });
  });
});

describe("a stack that keeps nothing on the host", () => {
  const none = owned({ enabled: false });

  test("has no marker, and its steps come after the probe", () => {
    expect(none.resource.null_resource).not.toHaveProperty("ownership");
    expect(block(none, "null_resource.step").depends_on).toEqual(["data.external.host_probe"]);
  });

  test("removes the marker of a former deploy, and keeps the id of its state", () => {
    expect(block(none, "null_resource.ownership_removal").for_each).toEqual({});
    expect(none.resource.null_resource).toHaveProperty("ownership_state");
  });
});
