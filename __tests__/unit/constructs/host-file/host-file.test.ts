import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { describe, expect, test } from "vitest";
import { HostFile, type HostFileProps } from "../../../../constructs/host-file/host-file.js";
import {
  block,
  emptyStack,
  hostIn,
  localExec,
  programOf,
  requirements,
  statusOf,
  synthesize,
  triggers,
} from "../../support/scope.js";

const file = (over: Partial<HostFileProps> = {}) =>
  synthesize((stack) => {
    const content = "A=${1}\n";
    new HostFile(stack, "env", { host: hostIn(stack), path: "/opt/acme/a.env", owner: "deploy", content, ...over });
  });

describe("a file on the host", () => {
  test("is readable by its owner only, by default", () => {
    expect(triggers(file(), "env")).toMatchObject({ path: "/opt/acme/a.env", owner: "deploy", mode: "0600" });
    expect(triggers(file({ mode: "0640" }), "env")).toMatchObject({ mode: "0640" });
  });

  test("shows its content, which is not a template", () => {
    const json = file();
    expect(triggers(json, "env").content).toBe("A=$${1}\n");
    expect(localExec(json, "env").environment.INPUT_content).toBe("${self.triggers.content}");
    expect(programOf(localExec(json, "env").command)).toBe("host-file/apply");
  });

  test("comes after what it depends on", () => {
    const json = synthesize((stack) => {
      const dependsOn = [new Resource(stack, "directory")];
      new HostFile(stack, "env", { host: hostIn(stack), path: "/a", owner: "deploy", content: "", dependsOn });
    });
    expect(block(json, "null_resource.env").depends_on).toContain("null_resource.directory");
  });

  test("knows its path", () => {
    const stack = emptyStack();
    const props = { host: hostIn(stack), path: "/opt/acme/a.env", owner: "deploy", content: "" };
    expect(new HostFile(stack, "env", props).path).toBe("/opt/acme/a.env");
  });

  test("is written again when the probe finds drift, and must be writable", () => {
    expect(triggers(file(), "env").status).toBe(statusOf("env"));
    expect(requirements(file())).toEqual(["docker", "file /opt/acme/a.env"]);
  });

  test("refuses an invalid mode", () => {
    expect(() => file({ mode: "600" })).toThrow(`'mode' (600) must be four octal digits. Did you mean "0600"?`);
  });
});
