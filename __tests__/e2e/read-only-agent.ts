import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { must } from "../../lab/command.js";
import { root } from "../../lab/deployment.js";
import { LookOnlyKey } from "../../lab/look.js";
import { DEPLOY_USER } from "../../lab/ssh.js";
import { WORKER_SSH, type Worker } from "../../lab/worker.js";
import { deployment, host, instance } from "./lifecycle.js";

/** A worker that has deployed, with another key: one that plans, and can do nothing else. */
export function aKeyThatCanOnlyLook(worker: () => Worker): void {
  describe("a key that can only look", () => {
    const look = new LookOnlyKey(instance);
    let before: Worker["secrets"];
    let folder: string;

    beforeAll(async () => {
      const file = join(deployment.folder, "look");
      await must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file]);
      const print = await must(["npm", "run", "--silent", "probe-print"], { cwd: root });
      await look.begin((await readFile(`${file}.pub`, "utf8")).trim(), print);
      before = worker().secrets;
      worker().secrets = { ...before, NOCODB_SSH_KEY: (await readFile(file)).toString("base64") };
    });

    afterAll(async () => {
      worker().secrets = before;
      await look.end();
    });

    const stack = () => worker().receive(deployment.stackFolder);

    it("plans", async () => {
      const { code, stdout, stderr } = await worker().plan(await stack(), "-detailed-exitcode");
      expect(code, stdout + stderr).toBe(0);
    });

    it("cannot apply: the first step is refused, with the reason, and nothing is changed", async () => {
      await deployment.set({ "environment.NC_ROUND": "looked" });
      await deployment.synth();
      folder = await stack();
      const planned = await worker().plan(folder, "-detailed-exitcode");
      expect(planned.code, planned.stdout + planned.stderr).toBe(2);
      const everything = await host.everything();
      const { code, stdout, stderr } = await worker().apply(deployment.stackFolder, folder);
      expect(code).toBe(1);
      expect((stdout + stderr).replace(/[\s│]+/g, " ")).toContain(
        "This key can only look: what was sent is not the probe of the print in authorized_keys",
      );
      expect(await host.everything()).toBe(everything);
      await deployment.set({ "environment.NC_ROUND": undefined });
      await deployment.synth();
    });

    /** What the host answers to a command of this key, with this on its standard input. */
    const asked = async (command: string, input: string): Promise<string> => {
      const files = `-i ${WORKER_SSH.identityFile} -o UserKnownHostsFile=${WORKER_SSH.knownHosts}`;
      const ssh = `ssh -F none -o BatchMode=yes ${files} ${DEPLOY_USER}@${instance.containers.sshd} ${command}`;
      const { stdout, stderr } = await worker().within(folder, `printf '${input}' | ${ssh}`);
      return stdout + stderr;
    };
    const request = (line: string, body = "") =>
      asked(
        "docker system dial-stdio",
        `${line} HTTP/1.1\\r\\nHost: docker\\r\\nConnection: close\\r\\nContent-Length: ${body.length}\\r\\n\\r\\n${body}`,
      );

    it("has its key there for what follows", async () => {
      const { code } = await worker().within(folder, "/home/tfc-agent/.tfc-agent/hooks/terraform-pre-plan");
      expect(code).toBe(0);
    });

    it.each([
      ["GET /_ping", "HTTP/1.1 200"],
      ["GET /v1.41/containers/json", "HTTP/1.1 200"],
      ["POST /v1.41/containers/create?name=evil", "HTTP/1.1 403"],
      ["POST /v1.41/exec/x/start", "HTTP/1.1 403"],
      ["DELETE /v1.41/networks/x", "HTTP/1.1 403"],
      [`GET /v1.41/containers/${instance.containers.postgresql}/archive?path=/etc/passwd`, "HTTP/1.1 403"],
      [`GET /v1.41/images/../containers/${instance.containers.postgresql}/export`, "HTTP/1.1 403"],
      [`GET /v1.41/containers/${instance.containers.postgresql}/logs?stdout=1`, "HTTP/1.1 403"],
      [`GET /v1.41/containers/${instance.containers.postgresql}/attach/ws`, "HTTP/1.1 403"],
    ])("%s gets %s", async (line, answer) => {
      expect(await request(line, line.startsWith("POST") ? "{}" : "")).toContain(answer);
    });

    it.each([
      ["", "a shell"],
      ["id", "'id' is refused"],
      ["docker ps", "'docker ps' is refused"],
      ["sudo -n sh -s", "what was sent is not the probe"],
    ])("the command %j is refused", async (command, told) => {
      expect(await asked(command === "" ? "" : `"${command}"`, "id\\n")).toContain(`This key can only look: ${told}`);
    });
  });
}
