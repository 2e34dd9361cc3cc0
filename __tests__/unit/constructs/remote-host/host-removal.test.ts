import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { expect, test } from "vitest";
import { HostRemoval, type HostRemovalProps } from "../../../../constructs/remote-host/host-removal.js";
import { block, hostIn, localExec, programOf, synthesize, triggers } from "../../support/scope.js";

const removal = (over: Partial<HostRemovalProps> = {}) =>
  synthesize((stack) => {
    new HostRemoval(stack, "removal", {
      host: hostIn(stack),
      program: "backup/schedule/remove",
      input: { key: "timer" },
      each: "unit",
      things: ["n8n", "openclaw"],
      ...over,
    });
  });

test("a removal runs on destroy only, so a thing that changes is not removed first", () => {
  const { command, when } = localExec(removal(), "removal");
  expect(when).toBe("destroy");
  expect(programOf(command)).toBe("backup/schedule/remove");
  expect(block(removal(), "null_resource.removal")).not.toHaveProperty("lifecycle");
});

test("a removal has one instance per thing, and gives the program that thing under its name", () => {
  expect(block(removal(), "null_resource.removal").for_each).toEqual({ n8n: "n8n", openclaw: "openclaw" });
  expect(triggers(removal(), "removal")).toEqual({ key: "timer", unit: "${each.key}" });
});

test("a removal stays without a thing: Terraform runs nothing for a block that is gone", () => {
  const none = block(removal({ things: [] }), "null_resource.removal");
  expect(none.for_each).toEqual({});
  expect(none.provisioner).toEqual(block(removal(), "null_resource.removal").provisioner);
});

test("a removal keeps its input in its triggers: on destroy it can refer to nothing but itself", () => {
  const { command, environment } = localExec(removal(), "removal");
  expect(environment).toEqual({
    INPUT_records: "/opt/acme/records",
    INPUT_key: "${self.triggers.key}",
    INPUT_unit: "${self.triggers.unit}",
  });
  expect(command).not.toMatch(/(?<!\$)\$\{/);
});

test("a removal depends on what the program needs, and runs before that is destroyed", () => {
  const json = synthesize((stack) => {
    const dependsOn = [new Resource(stack, "container")];
    new HostRemoval(stack, "removal", {
      host: hostIn(stack),
      program: "backup/schedule/remove",
      input: { key: "timer" },
      each: "unit",
      things: [],
      dependsOn,
    });
  });
  expect(block(json, "null_resource.removal").depends_on).toEqual(["null_resource.container"]);
});

test("a removal without dependencies does not depend on the probe either: a destroy works on a host that is not ready", () => {
  expect(block(removal(), "null_resource.removal")).not.toHaveProperty("depends_on");
});

test("a removal takes its input literally", () => {
  expect(triggers(removal({ input: { key: "/opt/${x}/%{y}/'z'" } }), "removal").key).toBe("/opt/$${x}/%%{y}/'z'");
});

test("a removal reads settings from the configuration: a change of them removes nothing", () => {
  const json = removal({ input: {}, settings: { key: "a-${b}" } });
  expect(triggers(json, "removal")).toEqual({ unit: "${each.key}" });
  expect(localExec(json, "removal").environment).toMatchObject({ INPUT_key: "a-$${b}" });
});

test("a removal may be identified by a Terraform expression", () => {
  const json = removal({ input: {}, identity: { key: "${null_resource.state.id}" } });
  expect(triggers(json, "removal")).toEqual({ key: "${null_resource.state.id}", unit: "${each.key}" });
  expect(localExec(json, "removal").environment).toMatchObject({ INPUT_key: "${self.triggers.key}" });
});
