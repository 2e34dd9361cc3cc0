import { describe, expect, test } from "vitest";
import { HostDirectory, type HostDirectoryProps, octal } from "../../../../constructs/host-directory/host-directory.js";
import { hostIn, localExec, programOf, requirements, statusOf, synthesize, triggers } from "../../support/scope.js";

const directory = (over: Partial<HostDirectoryProps> = {}) =>
  synthesize((stack) => {
    new HostDirectory(stack, "data", { host: hostIn(stack), path: "/opt/acme/data", owner: "deploy", ...over });
  });

describe("a directory on the host", () => {
  test("is 0755 by default", () => {
    expect(triggers(directory(), "data")).toMatchObject({ path: "/opt/acme/data", owner: "deploy", mode: "0755" });
    expect(triggers(directory({ mode: "0700" }), "data")).toMatchObject({ mode: "0700" });
  });

  test("is created by its program, and corrected when the probe finds drift", () => {
    expect(programOf(localExec(directory(), "data").command)).toBe("host-directory/apply");
    expect(triggers(directory(), "data").status).toBe(statusOf("data"));
  });

  test("is not removed on destroy", () => {
    expect(localExec(directory(), "data").when).toBeUndefined();
  });

  test("requires the user that it names, and room in it", () => {
    expect(requirements(directory())).toEqual(["docker", "room /opt/acme/data 16", "user deploy"]);
  });

  test("may belong to an id that no user has", () => {
    const json = directory({ owner: "1000:1000" });
    expect(triggers(json, "data")).toMatchObject({ owner: "1000:1000" });
    expect(requirements(json)).not.toContain("user 1000:1000");
    expect(requirements(json)).toContain("room /opt/acme/data 16");
  });
});

describe("a mode", () => {
  test("of three digits is corrected", () => {
    expect(() => directory({ mode: "755" })).toThrow(`'mode' (755) must be four octal digits. Did you mean "0755"?`);
  });

  test.each(["rwxr-xr-x", "0o755", "0789", "07555", "", "0755 "])("%j is refused", (mode) => {
    expect(() => octal(mode)).toThrow(new Error(`'mode' (${mode}) must be four octal digits.`));
  });

  test.each(["0600", "0755", "2750"])("%s is valid", (mode) => {
    expect(octal(mode)).toBe(mode);
  });
});
