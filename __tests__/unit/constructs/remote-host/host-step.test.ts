import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { describe, expect, test } from "vitest";
import { HostStep } from "../../../../constructs/remote-host/host-step.js";
import { block, emptyStack, hostIn, localExec, programOf, synthesize, triggers } from "../../support/scope.js";

describe("a host step with nothing but input", () => {
  const json = synthesize((stack) => {
    new HostStep(stack, "step", { host: hostIn(stack), program: "backup/list", input: { backups: "/opt/acme" } });
  });

  test("runs again exactly when its input changes: all of it is in the plan", () => {
    expect(triggers(json, "step")).toEqual({ backups: "/opt/acme" });
  });

  test("gives its program the value that is in the plan", () => {
    expect(localExec(json, "step").environment).toEqual({
      INPUT_records: "/opt/acme/records",
      INPUT_backups: "${self.triggers.backups}",
    });
  });

  test("runs its program, by name", () => {
    expect(programOf(localExec(json, "step").command)).toBe("backup/list");
  });

  test("comes after the probe, so nothing is changed on a host that is not ready", () => {
    expect(block(json, "null_resource.step").depends_on).toEqual(["data.external.host_probe"]);
  });

  test("has no connection data among its triggers: a host that moved can still be destroyed", () => {
    expect(JSON.stringify(triggers(json, "step"))).not.toContain("docker.example.com");
  });
});

test("a host step with everything", () => {
  const json = synthesize((stack) => {
    const before = new Resource(stack, "before");
    new HostStep(stack, "step", {
      host: hostIn(stack),
      program: "host-file/apply",
      input: { path: "/opt/acme/a.env", owner: "deploy", mode: "0600", content: "A=${1}" },
      triggers: { container: "${docker_container.x.id}" },
      extra: { key: "step", status: "ok" },
      dependsOn: [before],
    });
  });
  expect(triggers(json, "step")).toEqual({
    path: "/opt/acme/a.env",
    owner: "deploy",
    mode: "0600",
    content: "A=$${1}",
    container: "${docker_container.x.id}",
  });
  expect(localExec(json, "step").environment).toEqual({
    INPUT_records: "/opt/acme/records",
    INPUT_path: "${self.triggers.path}",
    INPUT_owner: "${self.triggers.owner}",
    INPUT_mode: "${self.triggers.mode}",
    INPUT_content: "${self.triggers.content}",
    INPUT_key: "step",
    INPUT_status: "ok",
  });
  expect(block(json, "null_resource.step").depends_on).toEqual(["data.external.host_probe", "null_resource.before"]);
});

test("input that does not make the program run again is not a trigger", () => {
  const json = synthesize((stack) => {
    const host = hostIn(stack);
    new HostStep(stack, "step", { host, program: "backup/list", input: {}, extra: { backups: "/opt/acme" } });
  });
  expect(triggers(json, "step")).toEqual({});
  expect(localExec(json, "step").environment.INPUT_backups).toBe("/opt/acme");
});

test("an address is a plain string, without a template around it", () => {
  const stack = emptyStack();
  const step = new HostStep(stack, "step", { host: hostIn(stack), program: "backup/list", input: { backups: "/b" } });
  expect(step.address).toBe("null_resource.step");
});
