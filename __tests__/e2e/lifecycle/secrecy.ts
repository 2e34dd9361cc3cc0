import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inContainer } from "../../../lab/docker.js";
import { CONSUMERS } from "../../../lab/instance.js";
import { recordedFaults } from "../../../tools/fault-table.js";
import { deployment, host, instance, learnSecrets, secrets } from "../lifecycle.js";
import { filesWithSecrets, inspectedContainers, keptByTerraform, readableByOthers } from "../secrets.js";

const containers = Object.entries(instance.containers) as [keyof typeof instance.containers, string][];

describe("no secret, in use or earlier, was ever shown", () => {
  let kept: Record<string, string>;

  beforeAll(async () => {
    await learnSecrets();
    await deployment.plan();
    kept = await keptByTerraform(deployment);
  });

  afterAll(async () => {
    await host.sql("ALTER SYSTEM RESET log_statement");
    await host.sql("ALTER SYSTEM RESET log_parameter_max_length");
    await host.sql("SELECT pg_reload_conf()");
  });

  it("there are secrets to search for, and the search finds them where they are", async () => {
    expect(secrets.count).toBeGreaterThanOrEqual(9);
    expect(secrets.foundIn(await host.text(`${host.secretsDirectory}/values`))).toHaveLength(4);
  });

  it("the search finds each of them in every form, also if it is broken into lines", () => {
    const kinds = new Set<string>();
    for (const { name, kind, form } of secrets.forms()) {
      const broken = form.replace(/.{7}/gsu, "$&\n  │ ");
      expect(secrets.foundIn(`before ${broken} after`), `${kind} of ${name}`).toContain(name);
      kinds.add(kind);
    }
    expect([...kinds]).toEqual(["clear", "percent-encoded", "base64", "SHA-256"]);
  });

  it("by any command of cdktf, Terraform or nocodb-host", () => {
    expect(deployment.said.length).toBeGreaterThan(20);
    expect(secrets.foundIn(deployment.said.join("\n"))).toEqual([]);
  });

  it("in state, saved plan or outputs", () => {
    expect(kept["plan, unpacked"]).toContain("null_resource");
    for (const [what, text] of Object.entries(kept)) expect([what, secrets.foundIn(text)]).toEqual([what, []]);
  });

  it("in PostgreSQL's log, which holds every statement", async () => {
    expect(await host.log("postgresql")).toContain("ALTER ROLE");
  });

  it.each(containers)("in the log of %s", async (container) => {
    const log = await host.log(container);
    expect(log).not.toBe("");
    expect(secrets.foundIn(log)).toEqual([]);
  });

  it("by docker inspect, except a consumer's own token in its own container", async () => {
    const inspected = await inspectedContainers(instance);
    const found = containers.map(([name, container]) => [name, secrets.foundIn(inspected[container]!)]);
    const own = CONSUMERS.map((consumer) => [consumer, [`token of ${consumer}`]]);
    const none = containers.map(([name]) => [name, []]);
    expect(Object.fromEntries(found)).toEqual({ ...Object.fromEntries(none), ...Object.fromEntries(own) });
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

  it("in a file on the host that others can read; the search finds one that is put there", async () => {
    expect(await filesWithSecrets(secrets, instance, "root")).toContain(`${host.secretsDirectory}/values`);
    expect(await filesWithSecrets(secrets, instance, "nobody")).toEqual([]);
    const planted = "/tmp/planted";
    const { form } = [...secrets.forms()].find(({ kind }) => kind === "SHA-256")!;
    await inContainer(instance.containers.sshd, ["tee", planted], { input: form });
    try {
      expect(await filesWithSecrets(secrets, instance, "nobody")).toEqual([planted]);
    } finally {
      await host.sh('rm -- "$1"', planted);
    }
  });

  it("in a plan; the search finds one that is put there", async () => {
    const { form } = [...secrets.forms()].find(({ kind }) => kind === "base64")!;
    await deployment.set({ "variables.NC_PLANTED": form });
    await deployment.synth();
    await deployment.plan();
    const planted = await keptByTerraform(deployment);
    await deployment.set({ "variables.NC_PLANTED": undefined });
    await deployment.synth();
    expect(secrets.foundIn(planted["plan, unpacked"]!)).not.toEqual([]);
    expect(secrets.foundIn(planted["plan as JSON"]!)).not.toEqual([]);
  });
});
