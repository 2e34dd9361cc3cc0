import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sshAsRoot } from "../../constructs/remote-host/ssh.js";
import { testInstance } from "../../lab/instance.js";
import { eventually } from "../../lab/site.js";
import { DEPLOY_USER } from "../../lab/ssh.js";

// An alias of ssh_config with everything that a person may have set for sessions of their own, and a key that only an
// agent holds.

const { identityFile, knownHosts, ports } = testInstance();
const folder = mkdtempSync(path.join(tmpdir(), "ssh config-"));
const place = (name: string) => path.join(folder, name);
const socket = place("my agent");
let agent: ChildProcess;
let busy: Server;

beforeAll(async () => {
  agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
  await eventually(5, async () => void expect(existsSync(socket)).toBe(true));
  execFileSync("ssh-add", ["-q", identityFile], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  mkdirSync(place("my keys"));
  copyFileSync(`${identityFile}.pub`, place("my keys/id.pub"));
  copyFileSync(knownHosts, place("my keys/known hosts"));
  busy = createServer();
  const port = await new Promise<number>((resolve) => {
    busy.listen(0, "127.0.0.1", () => resolve((busy.address() as { port: number }).port));
  });
  const lines = [
    ...["Host it", "HostName 127.0.0.1", `Port ${ports.ssh}`, `IdentityAgent "${socket}"`],
    ...["RemoteCommand tmux new -A", "RequestTTY force", "PermitLocalCommand yes", "LocalCommand echo hello"],
    ...["ExitOnForwardFailure yes", `LocalForward 127.0.0.1:${port} localhost:80`],
  ];
  writeFileSync(place("config"), `${lines.join("\n")}\n`);
});

afterAll(() => {
  agent.kill();
  busy.close();
  rmSync(folder, { recursive: true });
});

/** Runs a command without the agent of the environment. */
function run(argv: readonly string[]) {
  const { SSH_AUTH_SOCK: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(argv[0]!, argv.slice(1), { env, encoding: "utf8", input: "" });
  return { status, stdout, stderr };
}

test("an alias works, whatever it sets for sessions of a person", () => {
  const files = { configFile: place("config"), identityFile: place("my keys/id.pub") };
  const ssh = { host: "it", user: DEPLOY_USER, knownHosts: place("my keys/known hosts"), ...files };
  const argv = sshAsRoot(ssh, "id -u").map((word) => (word === "ControlPath=ssh-%C" ? "ControlPath=none" : word));
  expect(run(argv)).toEqual({ status: 0, stdout: "0\n", stderr: "" });
});

test("plain ssh fails with that alias", () => {
  expect(run(["ssh", "-F", place("config"), "-o", "BatchMode=yes", "it", "id -u"]).stderr).toContain(
    "Cannot execute command-line and remote command",
  );
});
