import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WORKER_SSH, Worker } from "../../lab/worker.js";
import { BEGINNING } from "./interrupted-deployment.js";
import { Secrets } from "./secrets.js";
import { deployment, health, host, instance, neighbours } from "./lifecycle.js";
import { aKeyThatCanOnlyLook } from "./read-only-agent.js";

// A worker that has nothing but Terraform, ssh, sh and the stack directory: plan, apply and destroy as a remote run does them.

const given = {
  nocodb_admin_password: "Admin-of-the-worker-1",
  nocodb_database_password: "database of the worker",
  nocodb_jwt_secret: "jwt-of-the-worker-0123456789",
};
const key = new Secrets();
const said: string[] = [];
let worker: Worker;

beforeAll(async () => {
  await deployment.begin();
  const { sshd } = instance.containers;
  const ssh = Object.entries(WORKER_SSH).map(([name, value]) => [`ssh.${name}`, value]);
  await deployment.set({ ...BEGINNING, "ssh.host": sshd, "ssh.port": 22, ...Object.fromEntries(ssh) });
  await deployment.synth();
  await neighbours.begin();
  const [identity, knownHosts] = [await readFile(instance.identityFile), await readFile(instance.knownHosts, "utf8")];
  worker = new Worker(instance, {
    NOCODB_SSH_KEY: identity.toString("base64"),
    NOCODB_SSH_KNOWN_HOSTS: knownHosts.replace(/^\S+/, sshd),
    ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`TF_VAR_${name}`, value])),
  });
  key.note("the private key", identity.toString());
  key.note("the private key in base64", identity.toString("base64"));
  await worker.begin();
});

afterAll(async () => {
  await worker?.end();
  await host.empty();
});

/** A plan in a fresh folder. */
async function plan(...flags: string[]) {
  const folder = await worker.receive(deployment.stackFolder);
  const { code, stdout, stderr } = await worker.plan(folder, ...flags);
  said.push(stdout, stderr);
  return { folder, code, said: stdout + stderr };
}

async function apply(planned: string) {
  const { code, stdout, stderr } = await worker.apply(deployment.stackFolder, planned);
  said.push(stdout, stderr);
  return { code, said: stdout + stderr };
}

/** What is there of the files that ssh reads. */
const sshFiles = () => worker.shell(`ls -A /tmp/nocodb-ssh /runs/*/config | grep -E "^id|known_hosts" || :`);

describe("a worker", () => {
  let first: Awaited<ReturnType<typeof plan>>;

  it("plans, and nothing on the host changes", async () => {
    const before = await host.everything();
    first = await plan("-detailed-exitcode");
    expect(first.code, first.said).toBe(2);
    expect(first.said).toContain("docker_container.nocodb_container will be created");
    expect(await host.everything()).toBe(before);
    expect(await sshFiles()).toBe("");
  });

  it("applies the plan that it saved, in another folder", async () => {
    const { code, said } = await neighbours.duringAll("an apply of the worker", apply(first.folder));
    expect(code, said).toBe(0);
    expect(await health()).toBe(200);
    expect(neighbours.troubles).toEqual([]);
    expect(await sshFiles()).toBe("");
  });

  it("has nothing to do then, and leaves the host as it is; a log of all that Terraform does holds no key", async () => {
    const before = await host.everything();
    const folder = await worker.receive(deployment.stackFolder);
    await worker.within(folder, "/home/tfc-agent/.tfc-agent/hooks/terraform-pre-plan");
    const command = "terraform init -input=false && terraform plan -detailed-exitcode -input=false -no-color";
    const { code, stdout, stderr } = await worker.within(folder, command, { TF_LOG: "trace" });
    expect(code, stdout).toBe(0);
    expect(stderr).toContain("[TRACE]");
    said.push(stdout, stderr);
    expect(await host.everything()).toBe(before);
  });

  aKeyThatCanOnlyLook(() => worker);

  it("says what it lacks where the hooks have not run", async () => {
    await worker.shell("rm -r /tmp/nocodb-ssh");
    const folder = await worker.receive(deployment.stackFolder);
    const { stderr } = await worker.within(folder, "terraform init -input=false >&2; terraform plan -no-color >&2");
    const line = stderr.replace(/[\s│]+/g, " ");
    expect(line).toContain(
      "The machine that Terraform runs on (worker) cannot reach the host, and nothing was changed:",
    );
    expect(line).toContain("- ssh.identityFile: /tmp/nocodb-ssh/id is not there");
    expect(line).toContain("- ssh.knownHosts: /tmp/nocodb-ssh/known_hosts is not there");
  });

  it("destroys", async () => {
    const { folder } = await plan("-destroy");
    // What a plan holds, which is a compressed file.
    said.push((await worker.within(folder, "terraform show -json plan")).stdout);
    const { code, said: told } = await apply(folder);
    expect(code, told).toBe(0);
    expect(await host.container()).toBeUndefined();
  });

  it("has nothing of the key in its state, in a plan, in what was said, or in any other file", async () => {
    const files = await worker.shell("cat /state/* && find /runs -type f -exec cat {} +");
    expect(files).toContain("null_resource");
    expect(key.foundIn(files + said.join("\n"))).toEqual([]);
  });
});
