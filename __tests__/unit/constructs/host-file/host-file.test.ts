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
  secretIn,
  statusOf,
  synthesize,
  triggers,
} from "../../support/scope.js";

const file = (over: Partial<HostFileProps> = {}) =>
  synthesize((stack) => {
    const content = secretIn(stack);
    new HostFile(stack, "env", { host: hostIn(stack), path: "/opt/acme/a.env", owner: "deploy", content, ...over });
  });

describe("a file on the host", () => {
  test("is readable by its owner only, by default", () => {
    expect(triggers(file(), "env")).toMatchObject({ path: "/opt/acme/a.env", owner: "deploy", mode: "0600" });
    expect(triggers(file({ mode: "0640" }), "env")).toMatchObject({ mode: "0640" });
  });

  test("shows a fingerprint of its content, and sends the content to its program only", () => {
    const json = file();
    expect(triggers(json, "env")["secret content"]).toBe('${sha256("${random_password.salt.result}${var.token}")}');
    expect(localExec(json, "env").environment.INPUT_content).toBe("${var.token}");
    expect(programOf(localExec(json, "env").command)).toBe("host-file/apply");
  });

  test("shows the parts of its content that a reviewer may see", () => {
    const json = file({ visible: { "env NC_TOOL_DIR": "/data" } });
    expect(triggers(json, "env")).toMatchObject({ "env NC_TOOL_DIR": "/data" });
    expect(Object.values(localExec(json, "env").environment)).not.toContain("/data");
  });

  test("tells its program which variables must not change", () => {
    expect(triggers(file(), "env").unchanging).toBe("");
    expect(triggers(file({ unchanging: ["KEY_A", "KEY_B"] }), "env").unchanging).toBe("KEY_A KEY_B");
  });

  test("comes after what it depends on", () => {
    const json = synthesize((stack) => {
      const dependsOn = [new Resource(stack, "directory")];
      const content = secretIn(stack);
      new HostFile(stack, "env", { host: hostIn(stack), path: "/a", owner: "deploy", content, dependsOn });
    });
    expect(block(json, "null_resource.env").depends_on).toContain("null_resource.directory");
  });

  test("knows its path", () => {
    const stack = emptyStack();
    const props = { host: hostIn(stack), path: "/opt/acme/a.env", owner: "deploy", content: secretIn(stack) };
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
