import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import {
  NetworkAttachment,
  type NetworkAttachmentProps,
} from "../../../../constructs/network-attachment/network-attachment.js";
import { block, emptyStack, hostIn, requirements, synthesize } from "../../support/scope.js";

const attachment = (over: Partial<NetworkAttachmentProps> = {}) =>
  synthesize((stack) => {
    new NetworkAttachment(stack, "backend", { host: hostIn(stack), name: "acme_backend", ...over });
  });

describe("a network that must exist", () => {
  test("is looked up, after the probe", () => {
    expect(block(attachment(), "data.docker_network.backend")).toEqual({
      name: "acme_backend",
      depends_on: ["data.external.host_probe"],
    });
    expect(attachment().resource).toBeUndefined();
  });

  test("is required by the probe, whose message is better than the provider's", () => {
    expect(requirements(attachment())).toContain("network acme_backend");
  });
});

describe("a network that is created", () => {
  test("with everything custom", () => {
    const json = attachment({ create: { subnet: "172.20.2.0/24", internal: true } });
    expect(block(json, "docker_network.backend")).toEqual({
      name: "acme_backend",
      driver: "bridge",
      internal: true,
      ipam_config: [{ subnet: "172.20.2.0/24" }],
      depends_on: ["data.external.host_probe"],
    });
  });

  test("gets a subnet of Docker's choice if none is given", () => {
    const network = block(attachment({ create: { internal: false } }), "docker_network.backend");
    expect(network).toMatchObject({ internal: false });
    expect(network).not.toHaveProperty("ipam_config");
  });

  test("is not required before it exists", () => {
    expect(requirements(attachment({ create: { internal: false } }))).toEqual(["docker"]);
  });
});

test("a container depends on the network through its name", () => {
  const json = synthesize((stack) => {
    const props = { host: hostIn(stack), name: "acme_backend" };
    const found = new NetworkAttachment(stack, "found", props);
    const created = new NetworkAttachment(stack, "created", { ...props, create: { internal: true } });
    new TerraformOutput(stack, "names", { value: [found.name, created.name] });
  });
  expect(json.output.names!.value).toEqual(["${data.docker_network.found.name}", "${docker_network.created.name}"]);
});

test("a container has no alias by default", () => {
  const stack = emptyStack();
  const props = { host: hostIn(stack), name: "acme_backend" };
  expect(new NetworkAttachment(stack, "a", props).aliases).toEqual([]);
  expect(new NetworkAttachment(stack, "b", { ...props, aliases: ["nocodb"] }).aliases).toEqual(["nocodb"]);
});

test("an attachment is readable in a plan", () => {
  const stack = emptyStack();
  const props = { host: hostIn(stack), name: "acme_backend" };
  expect(new NetworkAttachment(stack, "a", props).text).toBe("acme_backend");
  expect(new NetworkAttachment(stack, "b", { ...props, aliases: ["nocodb", "noco"] }).text).toBe(
    "acme_backend as nocodb noco",
  );
});

test("no other container may have one of the aliases", () => {
  const json = synthesize((stack) => {
    const host = hostIn(stack);
    const network = new NetworkAttachment(stack, "a", { host, name: "acme_backend", aliases: ["nocodb", "noco"] });
    network.requireFreeAliases(host, "acme_nocodb", "cdktf.environment=staging", "nocodb");
  });
  expect(requirements(json).filter((each) => each.startsWith("free_alias"))).toEqual([
    "free_alias acme_backend nocodb acme_nocodb cdktf.environment=staging nocodb",
    "free_alias acme_backend noco acme_nocodb cdktf.environment=staging nocodb",
  ]);
});
