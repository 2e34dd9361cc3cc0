import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AGENT_SSH, type Agent } from "../../lab/agent.js";
import { must } from "../../lab/command.js";
import { root } from "../../lab/deployment.js";
import { ReadOnlyKey } from "../../lab/read-only-key.js";
import { DEPLOY_USER } from "../../lab/ssh.js";
import { deployment, host, instance } from "./lifecycle.js";

/** An agent that has deployed, with another key: it can plan, and nothing else. */
export function readOnlyKeyTests(agent: () => Agent): void {
  describe("a read-only key", () => {
    const readOnlyKey = new ReadOnlyKey(instance);
    let before: Agent["secrets"];

    beforeAll(async () => {
      const file = join(deployment.folder, "read-only-key");
      await must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file]);
      const fingerprint = await must(["node", "ci/probe-fingerprint.mjs"], { cwd: root });
      await readOnlyKey.begin((await readFile(`${file}.pub`, "utf8")).trim(), fingerprint);
      before = agent().secrets;
      agent().secrets = { ...before, NOCODB_SSH_KEY: (await readFile(file)).toString("base64") };
    });

    afterAll(async () => {
      agent().secrets = before;
      await readOnlyKey.end();
    });

    planTests(agent);
    describe("requests of other things", () => requestTests(agent));
  });
}

function planTests(agent: () => Agent): void {
  const stack = () => agent().receive(deployment.stackFolder);

  it("plans", async () => {
    const { code, stdout, stderr } = await agent().plan(await stack(), "-detailed-exitcode");
    expect(code, stdout + stderr).toBe(0);
  });

  it("cannot apply: the first step is refused with the reason, and nothing is changed", async () => {
    await deployment.set({ "variables.NC_ROUND": "planned" });
    await deployment.synth();
    const folder = await stack();
    const planned = await agent().plan(folder, "-detailed-exitcode");
    expect(planned.code, planned.stdout + planned.stderr).toBe(2);
    const everything = await host.everything();
    const { code, stdout, stderr } = await agent().apply(deployment.stackFolder, folder);
    expect(code).toBe(1);
    expect((stdout + stderr).replace(/[\s│]+/g, " ")).toContain(
      "This key is read-only: the program that was sent is not the probe with the fingerprint in authorized_keys",
    );
    expect(await host.everything()).toBe(everything);
    await deployment.set({ "variables.NC_ROUND": undefined });
    await deployment.synth();
  });
}

function requestTests(agent: () => Agent): void {
  let folder: string;

  beforeAll(async () => {
    folder = await agent().receive(deployment.stackFolder);
    const { code } = await agent().within(folder, "/home/tfc-agent/.tfc-agent/hooks/terraform-pre-plan");
    expect(code).toBe(0);
  });

  /** The host's answer to a command with this key and this standard input. */
  const answerTo = async (command: string, input: string): Promise<string> => {
    const files = `-i ${AGENT_SSH.identityFile} -o UserKnownHostsFile=${AGENT_SSH.knownHosts}`;
    const ssh = `ssh -F none -o BatchMode=yes ${files} ${DEPLOY_USER}@${instance.containers.sshd} ${command}`;
    const { stdout, stderr } = await agent().within(folder, `printf '${input}' | ${ssh}`);
    return stdout + stderr;
  };

  it.each(ENGINE_REQUESTS)("%s gets %s", async (line, answer) => {
    const body = line.startsWith("POST") ? "{}" : "";
    const headers = `Host: docker\\r\\nConnection: close\\r\\nContent-Length: ${body.length}`;
    const request = `${line} HTTP/1.1\\r\\n${headers}\\r\\n\\r\\n${body}`;
    expect(await answerTo("docker system dial-stdio", request)).toContain(answer);
  });

  it.each([
    ["", "it does not open a shell"],
    ["id", "'id' is not allowed"],
    ["docker ps", "'docker ps' is not allowed"],
    ["sudo -n sh -s", "the program that was sent is not the probe"],
  ])("the command %j is refused", async (command, reason) => {
    expect(await answerTo(command === "" ? "" : `"${command}"`, "id\\n")).toContain(`This key is read-only: ${reason}`);
  });
}

const { postgresql } = instance.containers;
const ENGINE_REQUESTS = [
  ["GET /_ping", "HTTP/1.1 200"],
  ["GET /v1.41/containers/json", "HTTP/1.1 200"],
  ["POST /v1.41/containers/create?name=evil", "HTTP/1.1 403"],
  ["POST /v1.41/exec/x/start", "HTTP/1.1 403"],
  ["DELETE /v1.41/networks/x", "HTTP/1.1 403"],
  [`GET /v1.41/containers/${postgresql}/archive?path=/etc/passwd`, "HTTP/1.1 403"],
  [`GET /v1.41/images/../containers/${postgresql}/export`, "HTTP/1.1 403"],
  [`GET /v1.41/containers/${postgresql}/logs?stdout=1`, "HTTP/1.1 403"],
  [`GET /v1.41/containers/${postgresql}/attach/ws`, "HTTP/1.1 403"],
] as const;
