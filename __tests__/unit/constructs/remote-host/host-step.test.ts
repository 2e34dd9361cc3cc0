import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { Construct } from "constructs";
import { describe, expect, test } from "vitest";
import { HostStep, KeptOnHost, keyOf } from "../../../../constructs/remote-host/host-step.js";
import { block, emptyStack, hostIn, localExec, scriptsOf, secretIn, synthesize, triggers } from "../../support/scope.js";

describe("a host step with nothing but input", () => {
  const json = synthesize((stack) => {
    new HostStep(stack, "step", { host: hostIn(stack), scripts: ["a.sh", "b.sh"], input: { path: "/opt/acme" } });
  });

  test("runs again exactly when its input changes: all of it stands in the plan", () => {
    expect(triggers(json, "step")).toEqual({ path: "/opt/acme" });
  });

  test("gives its script the value that stands in the plan", () => {
    expect(localExec(json, "step").environment).toEqual({
      INPUT_manifest: "/opt/acme/manifest",
      INPUT_path: "${self.triggers.path}",
    });
  });

  test("puts common.sh in front of its scripts", () => {
    expect(scriptsOf(localExec(json, "step").command)).toEqual(["common.sh", "a.sh", "b.sh"]);
  });

  test("comes after the probe, so that nothing is changed on a host that is not ready", () => {
    expect(block(json, "null_resource.step").depends_on).toEqual(["data.external.host_observed"]);
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
      scripts: ["a.sh"],
      input: { path: "/opt/acme" },
      secrets: { content: secretIn(stack) },
      triggers: { container: "${docker_container.x.id}" },
      extra: { requirements: "docker" },
      dependsOn: [before],
    });
  });
  expect(triggers(json, "step")).toEqual({
    path: "/opt/acme",
    "secret content": '${sha256("${random_password.salt.result}${var.token}")}',
    container: "${docker_container.x.id}",
  });
  expect(localExec(json, "step").environment).toEqual({
    INPUT_manifest: "/opt/acme/manifest",
    INPUT_path: "${self.triggers.path}",
    INPUT_content: "${var.token}",
    INPUT_requirements: "docker",
  });
  expect(block(json, "null_resource.step").depends_on).toEqual(["data.external.host_observed", "null_resource.before"]);
});

test("what a script needs without running again for it is no trigger", () => {
  const json = synthesize((stack) => {
    const host = hostIn(stack);
    new HostStep(stack, "step", { host, scripts: ["a.sh"], input: {}, extra: { requirements: host.requirements } });
  });
  expect(triggers(json, "step")).toEqual({});
});

test("an address is a plain string, without a template around it", () => {
  const stack = emptyStack();
  const step = new HostStep(stack, "step", { host: hostIn(stack), scripts: ["a.sh"], input: {} });
  expect(step.address).toBe("null_resource.step");
});

describe("a thing kept on the host", () => {
  const json = synthesize((stack) => {
    const props = { host: hostIn(stack), scripts: ["a.sh"], input: {} };
    new KeptOnHost(new Construct(stack, "nocodb"), "site", props);
    new KeptOnHost(stack, "top", props);
  });

  test("runs again when the probe finds it other than it was left", () => {
    expect(triggers(json, "nocodb_site")).toEqual({
      observed:
        '${lookup(data.external.host_observed.result, "nocodb_site", data.external.host_observed.result.unrecorded)}',
    });
  });

  test("notes under its own address what it left, and the word that the plan knows", () => {
    expect(localExec(json, "nocodb_site").environment).toMatchObject({
      INPUT_key: "nocodb_site",
      INPUT_observed: "${self.triggers.observed}",
    });
  });

  test("is known by its id alone right below the stack", () => {
    expect(localExec(json, "top").environment).toMatchObject({ INPUT_key: "top" });
  });

  test("can be asked for its key by others", () => {
    const stack = emptyStack();
    expect(keyOf(new Construct(stack, "container"), "shape")).toBe("container_shape");
  });
});
