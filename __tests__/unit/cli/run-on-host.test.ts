import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { programCommand, runOnHost, unpackCommand } from "../../../cli/run-on-host.js";
import { environmentText, least } from "../support/environment-text.js";
import { inputIn, NocodbHost } from "../support/nocodb-host.js";
import { environment } from "../support/stack-of.js";

const prod = environment("prod");

describe("a program on the host", () => {
  let host: NocodbHost;
  beforeEach(() => {
    host = new NocodbHost();
  });
  afterEach(() => host.remove());

  test("gets what it expects on standard input, so that nothing of it is on a command line", () => {
    const { argv, env } = programCommand(prod, "nocodb/sign-in", { env_file: "/srv/s3same", secrets: "" });
    expect(argv.join(" ")).not.toContain("s3same");
    expect(env).toMatchObject({ INPUT_env_file: "/srv/s3same", INPUT_records: "/opt/acme/configs/nocodb/records" });
  });

  test("gets every byte of a value", async () => {
    host.standIn("ssh", "exit 0");
    await host.run(["rotate", "token", "prod", "it's `$(a)`\nb"]);
    expect(inputIn(host.calls("ssh")[0]!.sent, "rotate")).toBe("it'\\''s `$(a)`\nb");
  });

  test("has a connection of its own, because the shared one belongs to the directory that Terraform runs in", () => {
    expect(programCommand(prod, "nocodb/sign-in", { env_file: "", secrets: "" }).argv.join(" ")).toMatch(
      /sh "\$0\/run-remote\.sh" "\$@" \S+ nocodb\/sign-in -- ssh .*-o ControlPath=none .* -- docker\.example\.com/,
    );
  });

  test("is not run if this machine lacks a file that ssh reads", async () => {
    host.write("prod", environmentText({ project: "acme", ssh: { ...least.ssh, identityFile: "/no such/id" } }));
    host.standIn("ssh", "exit 0");
    expect(await host.run(["sign-in", "prod"])).toMatchObject({ code: 1 });
    expect(host.calls("ssh")).toEqual([]);
  });

  test.each([
    ["an input is missing", { secrets: "" }, "nocodb/sign-in.sh expects env_file"],
    ["an input is unknown", { env_file: "", secrets: "", file: "" }, "nocodb/sign-in.sh does not expect file"],
  ])("is not run if %s", async (_, input, message) => {
    await expect(runOnHost(prod, "nocodb/sign-in", input)).rejects.toThrow(message);
  });
});

test("a tar is unpacked in a directory whose name may hold anything", () => {
  expect(unpackCommand(prod, "/srv/my backups").argv.at(-1)).toBe(
    "sudo -n tar -C '/srv/my backups' --no-same-owner -xf -",
  );
});
