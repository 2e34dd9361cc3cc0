import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { recordFault } from "../fault.js";
import { ownCaddy } from "./caddy.js";
import { ANSWERS, inContainer, ownName, remove, start } from "./containers.js";
import { asRoot, instance, run } from "./host.js";
import { AT_ONCE, directory, expectReported, type PlanFault, through, to } from "./plan-faults.js";

const { caddy, sshd } = instance.containers;

/** Not over SSH, which may be what fails. */
const onTheHost = (...command: string[]) => inContainer(sshd, command);

describe("a connection that fails is reported at once, with the settings to check:", () => {
  const sockets: Socket[] = [];
  const servers: (() => unknown)[] = [];
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    for (const close of servers) close();
  });
  let silent = 0;
  let full = 0;

  beforeAll(async () => {
    const server = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
    await once(server, "listening");
    servers.push(() => server.close());
    silent = (server.address() as AddressInfo).port;
    full = await unreachablePort();
  });

  /** A port whose packets are dropped: the kernel stops answering when the queue of a stopped process is full. */
  async function unreachablePort(): Promise<number> {
    const program =
      'const s = require("net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => console.log(s.address().port))';
    const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "ignore"] });
    servers.push(() => child.kill("SIGKILL"));
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const port = Number(line.toString());
    child.kill("SIGSTOP");
    for (let tries = 0; tries < 20; tries++) {
      const socket = connect(port, "127.0.0.1").on("error", () => {});
      sockets.push(socket);
      if (!(await Promise.race([once(socket, "connect").then(() => true), sleep(500).then(() => false)]))) break;
    }
    return port;
  }

  const faults: readonly PlanFault[] = [
    {
      cause: "the host's SSH port is closed",
      seen: /ssh: connect to host 127\.0\.0\.1 port 1: Connection refused/,
      shell: () => to({ port: 1 }),
    },
    {
      cause: "the host's name is unknown",
      seen: /ssh: Could not resolve hostname no-such-host\.invalid/,
      shell: () => to({ host: "no-such-host.invalid" }),
    },
    {
      cause: "packets to the host are dropped",
      seen: /ssh: connect to host 127\.0\.0\.1 port \d+: Connection timed out/,
      shell: () => to({ port: full }),
    },
    {
      cause: "the SSH server accepts and never answers",
      seen: "Connection timed out during banner exchange",
      shell: () => to({ port: silent }),
    },
    {
      cause: "the host closes the connection, as the user's account has expired",
      seen: /Connection closed by 127\.0\.0\.1 port \d+/,
      shell: () => to({}),
      setUp: async () => {
        await onTheHost("chage", "-E", "0", "deploy");
        return () => onTheHost("chage", "-E", "-1", "deploy");
      },
    },
  ];

  test.each(faults)("$cause", async (fault) => {
    expect(await expectReported(fault)).toContain(
      "Check ssh.host, ssh.port, ssh.user, ssh.identityFile and ssh.knownHosts in the environment file",
    );
  });
});

describe("a host that is not ready is reported at once, with the cause, and nothing on it changes:", () => {
  const own = ownCaddy("plan_faults");
  const SMALL = "/dev/shm";
  const SITE = `it-fault.${instance.domain}`;
  const bashrc = "/home/deploy/.bashrc";

  /** Puts a line at the beginning of the deploy user's ~/.bashrc. @returns what takes it out again */
  async function inBashrc(line: string): Promise<() => Promise<string>> {
    await asRoot('touch "$1"; cp -p "$1" /tmp/quiet; { echo "$2"; cat /tmp/quiet; } >"$1"', bashrc, line);
    return () => asRoot('[ ! -f /tmp/quiet ] || mv /tmp/quiet "$1"', bashrc);
  }

  /** Edits it in place, with the output of the command on the copy in /tmp/sound. */
  const editedCaddyfile = (command: string) => async () => {
    await asRoot(`cp -p "$1" /tmp/sound && ${command} >"$1"`, instance.caddyfile);
    return () =>
      asRoot('[ ! -f /tmp/sound ] || { cat /tmp/sound >"$1"; touch -r /tmp/sound "$1"; }', instance.caddyfile);
  };

  const faults: readonly PlanFault[] = [
    {
      cause: "the user who signs in has no shell",
      seen: /This account is currently not available\.\nThe host printed that instead of an answer, .*: the user of ssh\.user needs a login shell/,
      shell: () => to({}),
      setUp: async () => {
        await onTheHost("usermod", "-s", "/usr/sbin/nologin", "deploy");
        return () => onTheHost("usermod", "-s", "/bin/bash", "deploy");
      },
    },
    {
      cause: "Caddy is stopped",
      requirements: [`caddy ${own.container} ${own.caddyfile}`],
      seen: /container \S+ is exited: start it, or correct caddy\.container in the environment file/,
      setUp: async () => {
        await must(["docker", "stop", "--time", "1", own.container]);
        return () => must(["docker", "start", own.container]);
      },
    },
    {
      cause: "the Caddyfile is broken before a deploy",
      requirements: [`loadable_site ${caddy} ${instance.caddyfile} ${SITE} ${SITE}\\0040{\\n}`],
      seen: /Caddy in container \S+ would not load \S+ as it is: .*Fix that first/,
      setUp: editedCaddyfile('printf "\\nbroken {\\n" | cat /tmp/sound -'),
    },
    {
      cause: "Caddy's admin endpoint is disabled",
      requirements: [`loadable_site ${caddy} ${instance.caddyfile} ${SITE} ${SITE}\\0040{\\n}`],
      seen: /the global option admin off keeps the running Caddy .* restart Caddy/,
      setUp: editedCaddyfile('sed "0,/^{/s//{\\n\\tadmin off/" /tmp/sound'),
    },
    {
      cause: "the disk is full",
      requirements: [`room ${SMALL}/nocodb/data 16`],
      seen: /the disk is full: \d+ MiB free in \/dev\/shm, at least 16 are needed: make room/,
      setUp: async () => {
        await asRoot('dd if=/dev/zero of="$1/it_full" bs=1M 2>/dev/null || true', SMALL);
        return () => asRoot('rm -f "$1/it_full"', SMALL);
      },
    },
    {
      cause: "the data directory is on a read-only mount",
      requirements: ["room /sys/nocodb 16"],
      seen: /\/sys cannot be written to \(a read-only mount\?\)/,
    },
    {
      cause: "nocodb.env cannot be written",
      requirements: ["file /sys/kernel/uevent_seqnum"],
      seen: /\/sys\/kernel\/uevent_seqnum cannot be written \(Read-only file system\): fix that/,
    },
    {
      cause: "the user has no sudo",
      seen: "give the user of ssh.user sudo without a password on the host (NOPASSWD), or sign in as root",
      shell: () => through("sudo -n -u nobody sudo -n sh -s"),
    },
    {
      cause: "the user may not use Docker",
      seen: /user nobody cannot use Docker on the host \(add it to the group docker, or start the engine\): .*permission denied/i,
      shell: () => through("sudo -n env SUDO_USER=nobody sh -s"),
    },
    {
      cause: "Docker is not running",
      seen: "Docker does not answer. Start it (systemctl start docker)",
      setUp: () => inBashrc("export DOCKER_HOST=unix:///run/no-engine.sock"),
      shell: () => through("sudo -n env DOCKER_HOST=unix:///run/no-engine.sock sh -s"),
      fake: "an address where no engine listens",
    },
    {
      cause: "the shell of the deploy user prints something by itself",
      seen: /prints something by itself \("Welcome"\), and nothing was changed: remove that from its ~\/\.bashrc/,
      setUp: () => inBashrc("echo Welcome"),
    },
    {
      cause: "the host's clock is two hours ahead",
      seen: /the clock of the host differs by 7\d\d\d s from that of the machine you deploy from/,
      inject: "another-time",
      fake: "another `date`",
    },
  ];

  test.each(faults)("$cause", async (fault) => {
    await expectReported(fault);
  });
});

test("an engine that stops while a service starts is reported within seconds", async () => {
  const name = ownName("without_engine");
  await start(
    name,
    IMAGES.nocodb,
    ["--network", "none", "--add-host", "it:127.0.0.1"],
    ["sh", "-c", `sleep 60; ${ANSWERS}`],
  );
  try {
    const input = {
      ...{ records: `${directory}/records`, key: "it", status: "new", container_key: "it-shape" },
      ...{ container_status: "new", name, url: "http://it:8080/", secrets: `${directory}/none`, timeout: "60" },
      ...{ service: "it", image: IMAGES.nocodb, release: "", version: "unknown", grace_period: "10" },
    };
    const begun = performance.now();
    const outcome = await run("service-container/wait-healthy", input, { inject: "no-engine" });
    const seconds = (performance.now() - begun) / 1000;
    const seen = "Docker on the host stopped answering while";
    expect([outcome.code, outcome.stderr]).toEqual([1, expect.stringContaining(seen)]);
    expect(seconds).toBeLessThan(AT_ONCE);
    expect(await must(["docker", "inspect", "-f", "{{.State.Status}}", name])).toBe("running");
    recordFault({
      cause: "the engine is restarted while NocoDB starts",
      command: "deploy",
      seen: `${seen} acme_nocodb was starting: was the engine restarted? Start it and deploy again.`,
      seconds,
      preserved: "the container",
      fake: "a docker command that can no longer connect",
    });
  } finally {
    await remove(name);
  }
});
