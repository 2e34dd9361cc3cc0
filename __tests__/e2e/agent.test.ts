import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AGENT_SSH, Agent } from "../../lab/agent.js";
import { BEGINNING } from "./interrupted-deployment.js";
import { deployment, health, host, instance, neighbours } from "./lifecycle.js";
import { readOnlyKeyTests } from "./read-only-agent.js";
import { Secrets } from "./secrets.js";

// An agent that has only Terraform, ssh, sh and the stack directory: plan, apply and destroy as in a remote run.

const secrets = new Secrets();
const said: string[] = [];
let agent: Agent;

beforeAll(async () => {
  await deployment.begin();
  const { sshd } = instance.containers;
  const ssh = Object.entries(AGENT_SSH).map(([name, value]) => [`ssh.${name}`, value]);
  await deployment.set({ ...BEGINNING, "ssh.host": sshd, "ssh.port": 22, ...Object.fromEntries(ssh) });
  await deployment.synth();
  await neighbours.begin();
  const [identity, knownHosts] = [await readFile(instance.identityFile), await readFile(instance.knownHosts, "utf8")];
  agent = new Agent(instance, {
    NOCODB_SSH_KEY: identity.toString("base64"),
    NOCODB_SSH_KNOWN_HOSTS: knownHosts.replace(/^\S+/, sshd),
  });
  secrets.note("the private key", identity.toString());
  secrets.note("the private key in base64", identity.toString("base64"));
  await agent.begin();
});

afterAll(async () => {
  await agent?.end();
  await host.empty();
});

/** A plan in a fresh folder. */
async function plan(...flags: string[]) {
  const folder = await agent.receive(deployment.stackFolder);
  const { code, stdout, stderr } = await agent.plan(folder, ...flags);
  said.push(stdout, stderr);
  return { folder, code, said: stdout + stderr };
}

async function apply(planned: string) {
  const { code, stdout, stderr } = await agent.apply(deployment.stackFolder, planned);
  said.push(stdout, stderr);
  return { code, said: stdout + stderr };
}

/** The files that ssh reads, as far as they exist. */
const sshFiles = () => agent.shell(`ls -A /tmp/nocodb-ssh /runs/*/config | grep -E "^id|known_hosts" || :`);

describe("an agent", () => {
  let first: Awaited<ReturnType<typeof plan>>;

  it("plans, and changes nothing on the host", async () => {
    const before = await host.everything();
    first = await plan("-detailed-exitcode");
    expect(first.code, first.said).toBe(2);
    expect(first.said).toContain("docker_container.nocodb_container will be created");
    expect(await host.everything()).toBe(before);
    expect(await sshFiles()).toBe("");
  });

  it("applies the saved plan in another folder", async () => {
    const { code, said } = await neighbours.duringAll("an apply of the agent", apply(first.folder));
    expect(code, said).toBe(0);
    await secrets.learn(host);
    expect(await health()).toBe(200);
    expect(neighbours.troubles).toEqual([]);
    expect(await sshFiles()).toBe("");
  });

  it("has an empty second plan, which changes nothing on the host and whose trace log contains no secret", async () => {
    const before = await host.everything();
    const folder = await agent.receive(deployment.stackFolder);
    await agent.within(folder, "/home/tfc-agent/.tfc-agent/hooks/terraform-pre-plan");
    const command = "terraform init -input=false && terraform plan -detailed-exitcode -input=false -no-color";
    const { code, stdout, stderr } = await agent.within(folder, command, { TF_LOG: "trace" });
    expect(code, stdout).toBe(0);
    expect(stderr).toContain("[TRACE]");
    said.push(stdout, stderr);
    expect(await host.everything()).toBe(before);
  });

  readOnlyKeyTests(() => agent);

  it("names the missing files if the hooks did not run", async () => {
    await agent.shell("rm -r /tmp/nocodb-ssh");
    const folder = await agent.receive(deployment.stackFolder);
    const { stderr } = await agent.within(folder, "terraform init -input=false >&2; terraform plan -no-color >&2");
    const line = stderr.replace(/[\s│]+/g, " ");
    expect(line).toContain("This machine (agent) cannot reach the host, and nothing was changed:");
    expect(line).toContain("- ssh.identityFile: /tmp/nocodb-ssh/id does not exist");
    expect(line).toContain("- ssh.knownHosts: /tmp/nocodb-ssh/known_hosts does not exist");
  });

  it("destroys", async () => {
    const { folder } = await plan("-destroy");
    // The content of the plan, which is a compressed file.
    said.push((await agent.within(folder, "terraform show -json plan")).stdout);
    const { code, said: printed } = await apply(folder);
    expect(code, printed).toBe(0);
    expect(await host.container()).toBeUndefined();
  });

  it("has no secret in its state, in a plan, in its output, or in any other file", async () => {
    const files = await agent.shell("cat /state/* && find /runs -type f -exec cat {} +");
    expect(files).toContain("null_resource");
    expect(secrets.count).toBe(6);
    expect(secrets.foundIn(files + said.join("\n"))).toEqual([]);
  });
});
