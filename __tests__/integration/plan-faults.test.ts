import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROBE } from "../../constructs/remote-host/probe.js";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { recordFault } from "../fault.js";
import { ownCaddy } from "./caddy.js";
import { ANSWERS, inContainer, ownName, remove, start } from "./containers.js";
import { aside, asRoot, instance, run } from "./host.js";
import { AT_ONCE, directory, expectTold, type Trouble, through, to } from "./plan-faults.js";

const { caddy, sshd } = instance.containers;

/** Not over SSH, which may be what is in trouble. */
const onTheHost = (...command: string[]) => inContainer(sshd, command);

describe("a connection that cannot be had is told at once, with the setting to look at:", () => {
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

  /** A port whose packets are dropped: the kernel answers no more once the queue of a process that stands still is full. */
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

  const troubles: readonly Trouble[] = [
    {
      cause: "the host's SSH port is closed",
      seen: /ssh: connect to host 127\.0\.0\.1 port 1: Connection refused/,
      way: () => to({ port: 1 }),
    },
    {
      cause: "the host's name is unknown",
      seen: /ssh: Could not resolve hostname no-such-host\.invalid/,
      way: () => to({ host: "no-such-host.invalid" }),
    },
    {
      cause: "packets to the host are dropped",
      seen: /ssh: connect to host 127\.0\.0\.1 port \d+: Connection timed out/,
      way: () => to({ port: full }),
    },
    {
      cause: "the SSH server accepts and never answers",
      seen: "Connection timed out during banner exchange",
      way: () => to({ port: silent }),
    },
    {
      cause: "the host closes the connection, as the user's account has expired",
      seen: /Connection closed by 127\.0\.0\.1 port \d+/,
      way: () => to({}),
      cause_it: async () => {
        await onTheHost("chage", "-E", "0", "deploy");
        return () => onTheHost("chage", "-E", "-1", "deploy");
      },
    },
  ];

  test.each(troubles)("$cause", async (trouble) => {
    expect(await expectTold(trouble)).toContain(
      "ssh.host, ssh.port, ssh.user, ssh.identityFile and ssh.knownHosts of the environment file",
    );
  });
});

describe("a host that is not ready is told at once, by its cause, and nothing on it is changed:", () => {
  const own = ownCaddy("trouble");
  const SMALL = "/dev/shm";
  const bashrc = "/home/deploy/.bashrc";

  /** In place, with what the command makes of the copy in /tmp/sound. */
  const editedCaddyfile = (command: string) => async () => {
    await asRoot(`cp -p "$1" /tmp/sound && ${command} >"$1"`, instance.caddyfile);
    return () =>
      asRoot('[ ! -f /tmp/sound ] || { cat /tmp/sound >"$1"; touch -r /tmp/sound "$1"; }', instance.caddyfile);
  };

  const troubles: readonly Trouble[] = [
    {
      cause: "the user who signs in has no shell",
      seen: /This account is currently not available\.\nThat was said in the place of an answer, .*: the user of ssh\.user needs a login shell/,
      way: () => to({}),
      cause_it: async () => {
        await onTheHost("usermod", "-s", "/usr/sbin/nologin", "deploy");
        return () => onTheHost("usermod", "-s", "/bin/bash", "deploy");
      },
    },
    {
      cause: "Caddy is stopped",
      requirements: [`caddy ${own.container} ${own.caddyfile}`],
      seen: /container \S+ is exited: start it, or correct caddy\.container in the environment file/,
      cause_it: async () => {
        await must(["docker", "stop", "--time", "1", own.container]);
        return () => must(["docker", "start", own.container]);
      },
    },
    {
      cause: "the Caddyfile is broken before a deploy",
      requirements: [`caddy ${caddy} ${instance.caddyfile}`],
      seen: /Caddy in container \S+ would not load \S+ as it is: .*Mend that first/,
      cause_it: editedCaddyfile('printf "\\nbroken {\\n" | cat /tmp/sound -'),
    },
    {
      cause: "Caddy's admin endpoint is switched off",
      requirements: [`caddy ${caddy} ${instance.caddyfile}`],
      seen: /Caddy in container \S+ would not load \S+ as it is: its global options say admin off, .* restart it\. Mend that first/,
      cause_it: editedCaddyfile('sed "0,/^{/s//{\\n\\tadmin off/" /tmp/sound'),
    },
    {
      cause: "the disk is full",
      requirements: [`room ${SMALL}/nocodb/data 16`],
      seen: /the disk is full: \d+ MiB free in \/dev\/shm, and at least 16 are needed: make room/,
      cause_it: async () => {
        await asRoot('dd if=/dev/zero of="$1/it_full" bs=1M 2>/dev/null || true', SMALL);
        return () => asRoot('rm -f "$1/it_full"', SMALL);
      },
    },
    {
      cause: "the data directory lies on a read-only mount",
      requirements: ["room /sys/nocodb 16"],
      seen: /\/sys cannot be written to \(a read-only mount\?\)/,
    },
    {
      cause: "nocodb.env cannot be written",
      requirements: ["file /sys/kernel/uevent_seqnum"],
      seen: /\/sys\/kernel\/uevent_seqnum cannot be written \(Read-only file system\): mend that/,
    },
    {
      cause: "the user has no sudo",
      seen: "give the user of ssh.user sudo without a password on the host (NOPASSWD), or sign in as root",
      way: () => through("sudo -n -u nobody sudo -n sh -s"),
    },
    {
      cause: "the user may not use Docker",
      seen: /user nobody cannot use Docker on the host \(add it to the group docker, or start the engine\): .*permission denied/i,
      way: () => through("sudo -n env SUDO_USER=nobody sh -s"),
    },
    {
      cause: "Docker is not running",
      seen: "Docker does not answer there. Start it (systemctl start docker)",
      way: () => through("sudo -n env DOCKER_HOST=unix:///run/no-engine.sock sh -s"),
      fake: "an address where no engine listens",
    },
    {
      cause: "the shell of the deploy user prints something by itself",
      seen: /prints something by itself \("Welcome"\), and nothing was changed: take that out of its ~\/\.bashrc/,
      cause_it: async () => {
        await asRoot('touch "$1"; cp -p "$1" /tmp/quiet; { echo "echo Welcome"; cat /tmp/quiet; } >"$1"', bashrc);
        return () => asRoot('[ ! -f /tmp/quiet ] || mv /tmp/quiet "$1"', bashrc);
      },
    },
    {
      cause: "the host's clock is two hours ahead",
      seen: /the clock of the host differs by 7\d\d\d s from that of the machine you deploy from/,
      probe: [aside("another-time.sh"), ...PROBE],
      fake: "another `date`",
    },
  ];

  test.each(troubles)("$cause", async (trouble) => {
    await expectTold(trouble);
  });
});

test("an engine that goes away while a service starts is named within seconds", async () => {
  const name = ownName("trouble_engine");
  await start(
    name,
    IMAGES.nocodb,
    ["--network", "none", "--add-host", "it:127.0.0.1"],
    ["sh", "-c", `sleep 60; ${ANSWERS}`],
  );
  try {
    const input = { manifest: `${directory}/manifest`, key: "it", observed: "new", container_key: "it-shape" };
    const scripts_ = ["common.sh", "container.sh", "backup.sh", aside("no-engine.sh"), "await-serving.sh"];
    const begun = performance.now();
    const outcome = await run(scripts_, {
      ...{
        ...input,
        container_observed: "new",
        name,
        url: "http://it:8080/",
        env_file: `${directory}/none`,
        patience: "60",
      },
    });
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
      fake: "a docker command that cannot connect any more",
    });
  } finally {
    await remove(name);
  }
});
