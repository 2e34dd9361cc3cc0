import { writeFileSync } from "node:fs";
import path from "node:path";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import {
  NetworkAttachment,
  type NetworkAttachmentProps,
} from "../../../../constructs/network-attachment/network-attachment.js";
import { call, library, scratch } from "../../support/host-shell.js";
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

  test("is not required before it exists, but may not exist as another kind", () => {
    const create = { internal: false };
    expect(requirements(attachment({ create }))).toEqual(["docker", "created_network acme_backend bridge"]);
    expect(requirements(attachment({ create, overlay: true }))).toContain("created_network acme_backend overlay");
  });
});

describe("a network that the app creates, and that exists,", () => {
  const functions = library("network-attachment/requirements.sh");
  /** What the plan says if Docker has the network as `found`, with these containers. */
  const said = (driver: string, found: string, attached: readonly string[] = []) => {
    const first = scratch("docker");
    const answers = `case "$*" in *Driver*) echo '${found}' ;; *) printf '%s\\n' ${attached.join(" ")} '' ;; esac`;
    writeFileSync(path.join(first, "docker"), `#!/bin/sh\n${answers}\n`, { mode: 0o755 });
    const check = `problems=; require_created_network acme_backend ${driver}; printf '%s' "$problems"`;
    return call(functions, ["eval", check], { first }).stdout;
  };

  test.each([
    ["bridge", "bridge false"],
    ["overlay", "overlay true"],
    ["overlay", ""],
  ])("as %s: may be %j", (driver, found) => {
    expect(said(driver, found)).toBe("");
  });

  test("is not replaced for another engine while containers are attached: the plan says how to move", () => {
    const text = said("overlay", "bridge false", ["acme_postgresql", "acme_caddy", "lb-acme_backend"]);
    expect(text).toContain("with driver overlay, because engine is swarm, and exists with driver bridge: ");
    expect(text).toContain("refuses while anything is attached (now: acme_caddy, acme_postgresql). ");
    expect(text).toContain("docker network create --driver overlay --attachable NAME");
    expect(said("bridge", "overlay true")).toContain("(docker network create NAME), ");
    expect(said("overlay", "overlay false")).toContain("exists with driver overlay, not attachable: ");
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
