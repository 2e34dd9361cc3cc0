import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { NetworkAttachment, type NetworkAttachmentProps } from "../../../../constructs/network-attachment/network-attachment.js";
import { block, emptyStack, hostIn, requirements, synthesize } from "../../support/scope.js";

const attachment = (over: Partial<NetworkAttachmentProps> = {}) =>
  synthesize((stack) => {
    new NetworkAttachment(stack, "backend", { host: hostIn(stack), name: "acme_backend", ...over });
  });

describe("a network that has to be there", () => {
  test("is looked up, after the probe", () => {
    expect(block(attachment(), "data.docker_network.backend")).toEqual({
      name: "acme_backend",
      depends_on: ["data.external.host_observed"],
    });
    expect(attachment().resource).toBeUndefined();
  });

  test("is asked for by the probe, which says better than the provider that it is missing", () => {
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
      depends_on: ["data.external.host_observed"],
    });
  });

  test("gets a subnet of Docker's choice where none is given", () => {
    const network = block(attachment({ create: { internal: false } }), "docker_network.backend");
    expect(network).toMatchObject({ internal: false });
    expect(network).not.toHaveProperty("ipam_config");
  });

  test("is not asked for before it is there", () => {
    expect(requirements(attachment({ create: { internal: false } }))).toEqual(["docker"]);
  });
});

test("a container reaches the network's name only by way of the network", () => {
  const json = synthesize((stack) => {
    const props = { host: hostIn(stack), name: "acme_backend" };
    const found = new NetworkAttachment(stack, "found", props);
    const created = new NetworkAttachment(stack, "created", { ...props, create: { internal: true } });
    new TerraformOutput(stack, "names", { value: [found.name, created.name] });
  });
  expect(json.output.names!.value).toEqual(["${data.docker_network.found.name}", "${docker_network.created.name}"]);
});

test("a container has no alias there unless one is given", () => {
  const stack = emptyStack();
  const props = { host: hostIn(stack), name: "acme_backend" };
  expect(new NetworkAttachment(stack, "a", props).aliases).toEqual([]);
  expect(new NetworkAttachment(stack, "b", { ...props, aliases: ["nocodb"] }).aliases).toEqual(["nocodb"]);
});
