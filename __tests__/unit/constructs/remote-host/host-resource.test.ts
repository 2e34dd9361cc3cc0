import { Construct } from "constructs";
import { expect, test } from "vitest";
import { HostResource, recordKey } from "../../../../constructs/remote-host/host-resource.js";
import { emptyStack, hostIn, localExec, statusOf, synthesize, triggers } from "../../support/scope.js";

const json = synthesize((stack) => {
  const input = { path: "/opt/acme", owner: "deploy", mode: "0755" };
  const props = { host: hostIn(stack), program: "host-directory/apply", input };
  new HostResource(new Construct(stack, "nocodb"), "data", { ...props, triggers: { healthy: "${x.id}" } });
  new HostResource(stack, "top", { ...props, extra: { key: "overridden" } });
});

test("a host resource runs again when the probe finds drift, and when its own triggers change", () => {
  expect(triggers(json, "nocodb_data")).toEqual({
    path: "/opt/acme",
    owner: "deploy",
    mode: "0755",
    healthy: "${x.id}",
    status: statusOf("nocodb_data"),
  });
});

test("a host resource writes its record under its own address, with the status that the plan knows", () => {
  expect(localExec(json, "nocodb_data").environment).toMatchObject({
    INPUT_key: "nocodb_data",
    INPUT_status: "${self.triggers.status}",
  });
});

test("the record of a host resource right below the stack has its id alone, and no other step's", () => {
  expect(localExec(json, "top").environment).toMatchObject({ INPUT_key: "top" });
});

test("others can ask for the key of a record", () => {
  const stack = emptyStack();
  expect(recordKey(stack, "top")).toBe("top");
  expect(recordKey(new Construct(stack, "container"), "shape")).toBe("container_shape");
  expect(recordKey(new Construct(stack, "ownership"), "Resource")).toBe("ownership");
});
