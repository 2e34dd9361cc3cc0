import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { run } from "../../../lab/command.js";
import { recordedFaults } from "../../../tools/fault-table.js";
import { deployment, host, instance, secrets } from "../lifecycle.js";
import { readableByOthers } from "../secrets.js";

describe("no secret, generated or given, was ever shown", () => {
  afterAll(async () => {
    await host.sql("ALTER SYSTEM RESET log_statement");
    await host.sql("ALTER SYSTEM RESET log_parameter_max_length");
    await host.sql("SELECT pg_reload_conf()");
  });

  it("there are secrets to search for, and the search finds them where they are", async () => {
    expect(secrets.count).toBeGreaterThanOrEqual(9);
    expect(secrets.foundIn(await host.read(host.envFile))).not.toEqual([]);
  });

  it("by any command of cdktf or Terraform", () => {
    expect(deployment.said.length).toBeGreaterThan(20);
    expect(secrets.foundIn(deployment.said.join("\n"))).toEqual([]);
  });

  it("in PostgreSQL's log, which holds every statement", async () => {
    const log = await host.log("postgresql");
    expect(log).toContain("ALTER ROLE");
    expect(secrets.foundIn(log)).toEqual([]);
  });

  it.each(["caddy", "sshd", "openclaw", "n8n"] as const)("in the log of %s", async (container) => {
    const log = await host.log(container);
    expect(log).not.toBe("");
    expect(secrets.foundIn(log)).toEqual([]);
  });

  it("in the faults recorded for docs/faults.md", () => {
    expect(secrets.foundIn(JSON.stringify(recordedFaults()))).toEqual([]);
  });

  it("in the synthesized stack", async () => {
    expect(secrets.foundIn(await readFile(join(deployment.stackFolder, "cdk.tf.json"), "utf8"))).toEqual([]);
  });

  it("in a file here that others can read: only their owner can read state and plans", async () => {
    expect(await readableByOthers(join(deployment.folder, "cdktf.out"))).toEqual([]);
    expect(await readableByOthers(join(deployment.folder, "state"))).toEqual([]);
    for (const file of await readableByOthers(deployment.folder)) {
      expect(secrets.foundIn(await readFile(file, "utf8")), file).toEqual([]);
    }
  });

  it("in a file on the host that others can read", async () => {
    const { sshd } = instance.containers;
    const search = async (user: string) => {
      const argv = ["docker", "exec", "-i", "-u", user, sshd, "grep", "-rlF", "-f", "-", instance.baseDirectory];
      return (await run(argv, { input: secrets.patterns })).stdout.trim();
    };
    expect(await search("root")).toContain(host.envFile);
    expect(await search("nobody")).toBe("");
  });
});
