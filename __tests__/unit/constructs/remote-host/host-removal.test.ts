import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { expect, test } from "vitest";
import { HostRemoval, type HostRemovalProps } from "../../../../constructs/remote-host/host-removal.js";
import { block, hostIn, localExec, scriptsOf, synthesize, triggers } from "../../support/scope.js";

const removal = (over: Partial<HostRemovalProps> = {}) =>
  synthesize((stack) => {
    new HostRemoval(stack, "removal", {
      host: hostIn(stack),
      scripts: ["lines.sh", "remove-lines.sh"],
      input: { file: "/opt/acme/x.env" },
      each: "owner",
      things: ["n8n", "openclaw"],
      ...over,
    });
  });

test("a removal runs on destroy only, so a thing that changes is not removed first", () => {
  const { command, when } = localExec(removal(), "removal");
  expect(when).toBe("destroy");
  expect(scriptsOf(command)).toEqual(["common.sh", "lines.sh", "remove-lines.sh"]);
  expect(block(removal(), "null_resource.removal")).not.toHaveProperty("lifecycle");
});

test("a removal has one instance a thing, and gives the script that thing under its name", () => {
  expect(block(removal(), "null_resource.removal").for_each).toEqual({ n8n: "n8n", openclaw: "openclaw" });
  expect(triggers(removal(), "removal")).toEqual({ file: "/opt/acme/x.env", owner: "${each.key}" });
});

test("a removal is there without a thing: Terraform runs nothing for a block that is gone", () => {
  const none = block(removal({ things: [] }), "null_resource.removal");
  expect(none.for_each).toEqual({});
  expect(none.provisioner).toEqual(block(removal(), "null_resource.removal").provisioner);
});

test("a removal knows what was so when the thing came: on destroy nothing but itself can be referred to", () => {
  const { command, environment } = localExec(removal(), "removal");
  expect(environment).toEqual({
    INPUT_manifest: "/opt/acme/manifest",
    INPUT_file: "${self.triggers.file}",
    INPUT_owner: "${self.triggers.owner}",
  });
  expect(command).not.toMatch(/(?<!\$)\$\{/);
});

test("a removal depends on what the script needs, and goes before it", () => {
  const json = synthesize((stack) => {
    const dependsOn = [new Resource(stack, "container")];
    new HostRemoval(stack, "removal", {
      host: hostIn(stack),
      scripts: [],
      input: {},
      each: "x",
      things: [],
      dependsOn,
    });
  });
  expect(block(json, "null_resource.removal").depends_on).toEqual(["null_resource.container"]);
});

test("a removal that waits for nothing depends on nothing, not on the probe either: an unready host can be left", () => {
  expect(block(removal(), "null_resource.removal")).not.toHaveProperty("depends_on");
});

test("a removal takes its input as it is written", () => {
  expect(triggers(removal({ input: { file: "/opt/${x}/%{y}/'z'" } }), "removal").file).toBe("/opt/$${x}/%%{y}/'z'");
});
