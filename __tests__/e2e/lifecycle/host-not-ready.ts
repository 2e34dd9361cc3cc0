import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { must } from "../../../lab/command.js";
import { eventually } from "../../../lab/site.js";
import { knownHostsLine } from "../../../lab/ssh.js";
import { recordFault } from "../../fault.js";
import { deployment, host, instance } from "../lifecycle.js";

/** Seconds within which a plan fails; a longer one has waited for something that will not come. */
const AT_ONCE = 15;

describe("a host that is not ready", () => {
  const otherKey = () => join(deployment.folder, "other-key");
  let before: string;

  beforeAll(async () => {
    await must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", otherKey()]);
    before = await host.everything();
  });

  afterEach(async () => {
    const { identityFile, knownHosts } = instance;
    const networks = undefined;
    await deployment.set({ "ssh.identityFile": identityFile, "ssh.knownHosts": knownHosts, networks });
  });

  afterAll(async () => {
    await deployment.synth();
    await deployment.disconnect();
  });

  const preserved = "all on the host: files, containers, networks, roles, databases";

  async function refusal(cause: string, settings: Record<string, unknown>, seen: string): Promise<string> {
    await deployment.disconnect();
    await deployment.set(settings);
    await deployment.synth();
    const { code, said, line, seconds } = await deployment.plan();
    expect(code, said).toBe(1);
    expect(seconds).toBeLessThan(AT_ONCE);
    expect(line).toContain(seen);
    expect(await host.everything()).toBe(before);
    recordFault({ cause, command: "plan", seen, seconds, preserved });
    return line;
  }

  it("is not trusted if its host key is not the known one", async () => {
    const knownHosts = join(deployment.folder, "other-known-hosts");
    await writeFile(knownHosts, knownHostsLine(instance.ports.ssh, await readFile(`${otherKey()}.pub`, "utf8")));
    const changed = "the host key is not the known one";
    const line = await refusal(changed, { "ssh.knownHosts": knownHosts }, "Host key verification failed.");
    expect(line).toContain("ssh.knownHosts");
  });

  it("that does not accept the deploy user's key fails the plan with ssh's own message", async () => {
    const wrong = "the host does not accept the key of the deploy user";
    const line = await refusal(wrong, { "ssh.identityFile": otherKey() }, "Permission denied (publickey)");
    expect(line).toContain("ssh.identityFile");
  });

  it("fails cdktf deploy, and the plan names a missing network and a stopped PostgreSQL at once", async () => {
    const { postgresql } = instance.containers;
    await must(["docker", "stop", "--time", "5", postgresql]);
    try {
      await deployment.set({ networks: { backend: `${instance.name}_nowhere` } });
      const { code } = await deployment.deploy();
      expect(code).not.toBe(0);
      const { line, seconds } = await deployment.plan();
      const network = `network ${instance.name}_nowhere is missing on the host`;
      const stopped = `container ${postgresql} is exited: start it`;
      expect(line).toContain(network);
      expect(line).toContain(stopped);
      expect(seconds).toBeLessThan(AT_ONCE);
      recordFault({ cause: "a network is missing", command: "plan", seen: network, seconds, preserved });
      recordFault({ cause: "PostgreSQL is stopped", command: "plan", seen: stopped, seconds, preserved });
    } finally {
      await must(["docker", "start", postgresql]);
      await eventually(30, () => host.sql("SELECT 1"));
    }
  });

  it("is not changed at all", async () => {
    expect(await host.everything()).toBe(before);
  });
});
