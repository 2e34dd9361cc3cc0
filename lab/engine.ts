import { type StdioOptions, spawn } from "node:child_process";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheDirectory } from "./cache.js";
import { lastLines, must, processEnv, run } from "./command.js";
import { ensurePrograms, isDebianAsRoot, programPath } from "./packages.js";
import { LabProblem } from "./problem.js";
import { phase, type Report } from "./progress.js";

export interface Engine {
  readonly version: string;
  /** The socket on which this process reaches the engine. */
  readonly clientSocket: string;
  /** The same socket on the engine's machine, from which containers can mount it. */
  readonly socket: string;
}

/**
 * The running Docker engine; without one, installs and starts Debian's.
 *
 * @throws LabProblem if no engine is running and none can be installed
 */
export async function readyEngine(report: Report): Promise<Engine> {
  const there = await answeringEngine();
  if (there) {
    report(`engine: Docker ${there.version}, already running`);
    return there;
  }
  await requireInstallable();
  await ensurePrograms({ dockerd: "docker.io", ...(await confinement()) }, report);
  await ensurePrograms({ docker: "docker-cli" }, report); // part of docker.io until Debian 12
  const engine = await phase(report, "Docker engine started", start);
  report(`engine: Docker ${engine.version}, started by this command`);
  return engine;
}

/** Why this machine has no Docker engine and the lab cannot install one; undefined if it has or can. */
export async function whyNoEngine(): Promise<string | undefined> {
  try {
    if (!(await answeringEngine())) await requireInstallable();
    return undefined;
  } catch (error) {
    if (error instanceof LabProblem) return error.message;
    throw error;
  }
}

async function requireInstallable(): Promise<void> {
  if (!process.env.DOCKER_HOST && (await isDebianAsRoot())) return;
  throw new LabProblem(
    `No Docker engine answers: ${await whyNoAnswer()}`,
    "Install Docker Engine (https://docs.docker.com/engine/install/), start it, and give this user access to it. On Debian, as root and with DOCKER_HOST unset, the lab installs it",
  );
}

/** If the kernel has AppArmor enabled, the engine needs the program that loads its profile to start a container. */
async function confinement(): Promise<Record<string, string>> {
  const enabled = await readFile("/sys/module/apparmor/parameters/enabled", "utf8").catch(() => "N");
  return enabled.startsWith("Y") ? { apparmor_parser: "apparmor" } : {};
}

/** The engine, if one answers now. */
export async function answeringEngine(): Promise<Engine | undefined> {
  const version = await run(["docker", "version", "--format", "{{.Server.Version}}"], { timeoutSeconds: 10 });
  if (version.code !== 0) return undefined;
  const clientSocket = socketPath(await endpoint());
  // Outside Linux the engine runs in a virtual machine, in which its socket always has this name.
  const socket = process.platform === "linux" ? clientSocket : "/var/run/docker.sock";
  return { version: version.stdout.trim(), clientSocket, socket };
}

async function endpoint(): Promise<string> {
  if (process.env.DOCKER_HOST) return process.env.DOCKER_HOST;
  const context = await run(["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]);
  return context.stdout.trim() || "unix:///var/run/docker.sock";
}

/**
 * The socket of an engine's endpoint.
 *
 * @throws LabProblem for an engine on another machine: the lab's files have to be on the engine's machine
 */
export function socketPath(endpoint: string): string {
  if (!endpoint.startsWith("unix://")) {
    throw new LabProblem(
      `The Docker engine is reached at ${endpoint}, so it may be on another machine`,
      "The lab mounts folders of this one: use an engine with a unix:// socket (unset DOCKER_HOST, or docker context use default)",
    );
  }
  return endpoint.slice("unix://".length);
}

async function whyNoAnswer(): Promise<string> {
  if (!(await programPath("docker"))) return "there is no docker command";
  return lastLines((await run(["docker", "version"], { timeoutSeconds: 10 })).stderr, 1) || "no answer within 10 s";
}

async function start(): Promise<Engine> {
  const early = await waitForAnswer(3); // the package may have started it already
  if (early) return early;
  const log = join(cacheDirectory(), "dockerd.log");
  const systemd = (await run(["test", "-d", "/run/systemd/system"])).code === 0;
  if (systemd) await must(["systemctl", "start", "docker"]);
  else await startByHand(log);
  const engine = await waitForAnswer(60);
  if (engine) return engine;
  const said = systemd
    ? (await run(["journalctl", "-u", "docker", "-n", "8", "--no-pager", "-o", "cat"])).stdout
    : lastLines(await readFile(log, "utf8").catch(() => ""), 8);
  throw new LabProblem(
    `The Docker engine was started but did not answer within 60 s:\n${said}`,
    systemd ? "See: journalctl -u docker" : `See: ${log}`,
  );
}

async function waitForAnswer(seconds: number): Promise<Engine | undefined> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(300)) {
    const engine = await answeringEngine();
    if (engine) return engine;
  }
  return undefined;
}

/** Starts dockerd as a detached process, which outlives this one. */
async function startByHand(log: string): Promise<void> {
  if (await hasLivePid("/var/run/docker.pid", "dockerd")) return; // it is still starting
  await hasLivePid("/var/run/docker/containerd/containerd.pid", "containerd");
  if (!/ cgroup2? /.test(await readFile("/proc/mounts", "utf8"))) {
    await ensurePrograms({ "cgroupfs-mount": "cgroupfs-mount" }, () => {});
    await must(["cgroupfs-mount"]);
  }
  await mkdir(cacheDirectory(), { recursive: true });
  const output = await open(log, "w", 0o600);
  const stdio: StdioOptions = ["ignore", output.fd, output.fd];
  const child = spawn("dockerd", [], { detached: true, stdio, cwd: "/", env: processEnv() });
  child.on("error", () => {}); // the caller notices that no engine answers
  child.unref();
  await output.close();
}

/**
 * Does a pid file name a running process of that program? A killed engine leaves its pid file behind, and dockerd would
 * refuse to start ("pid file found"): such a file is removed.
 */
export async function hasLivePid(file: string, program: string, proc = "/proc"): Promise<boolean> {
  const pid = Number.parseInt(await readFile(file, "utf8").catch(() => ""), 10);
  if (Number.isNaN(pid)) return false;
  const command = await readFile(join(proc, String(pid), "comm"), "utf8").catch(() => "");
  if (command.trim() === program) return true;
  await rm(file, { force: true });
  return false;
}
