import { chmod, rm } from "node:fs/promises";
import { Agent, createServer, request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sshShell } from "../../constructs/remote-host/ssh.js";
import { recordFault } from "../fault.js";
import { asRoot, connection, run, scratch } from "./host.js";
import { through } from "./plan-faults.js";

const directory = scratch("engines");
const socket = join(directory, "other.sock");
const ENGINE = "/var/run/docker.sock";
let id = "IT:OTHER";
let security: readonly string[] = [];

/** Another engine on the host, with the same networks and containers: the host's own, under another id. */
const other = createServer((asked, answer) => {
  const options = { socketPath: ENGINE, path: asked.url, method: asked.method, agent: new Agent() };
  const passed = request(options, (engine) => {
    const chunks: Buffer[] = [];
    engine.on("data", (chunk) => chunks.push(chunk));
    engine.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const isInfo = asked.url!.endsWith("/info");
      const told = isInfo ? { ...JSON.parse(body), ...(id && { ID: id }), SecurityOptions: security } : undefined;
      const { "content-length": _, "transfer-encoding": __, ...headers } = engine.headers;
      answer.writeHead(engine.statusCode!, headers).end(told ? JSON.stringify(told) : body);
    });
  });
  asked.pipe(passed);
});

const asDeploy = (command: string) =>
  asRoot('runuser -u "$1" -- env HOME="/home/$1" sh -c "$2"', connection.user, command);
const context = (name: string) => asDeploy(`docker context use ${name} >/dev/null`);

/** What the user's shell sets when ssh starts it. */
const setHost = (value = "") =>
  asDeploy(`sed -i '/DOCKER_HOST/d' ~/.bashrc; ${value && `sed -i '1i export DOCKER_HOST=${value}' ~/.bashrc`}`);

beforeAll(async () => {
  await new Promise<void>((listening) => void other.listen(socket, listening));
  await chmod(socket, 0o666);
  await asDeploy(`docker context create it_other --docker host=unix://${socket} >/dev/null`);
});
afterAll(async () => {
  await context("default");
  await asDeploy("docker context rm it_other >/dev/null");
  other.close();
  await rm(socket, { force: true });
});

async function probe(shell: readonly string[] = sshShell(connection)) {
  const begun = performance.now();
  const input = { records: `${directory}/none`, requirements: "docker" };
  const outcome = await run("remote-host/probe", input, { shell });
  return { ...outcome, seconds: (performance.now() - begun) / 1000 };
}

const TWO = `user ${connection.user} and root use two Docker engines, and the app needs one for both: `;
const [THEIRS, OURS] = [`unix://${socket} (data in `, `root uses unix://${ENGINE} (data in `];

describe("the deploy user's engine is not root's:", () => {
  test("its context is refused, with both engines; the advice is run, and the next plan passes", async () => {
    await context("it_other");
    const { code, stdout, stderr, seconds } = await probe();
    expect([code, stdout]).toEqual([1, ""]);
    for (const words of [TWO, THEIRS, OURS]) expect(stderr).toContain(words);
    const advice = /for the system's, run `(docker context use default)` as (\w+) on the host/.exec(stderr)!;
    expect(advice[2]).toBe(connection.user);
    await asDeploy(advice[1]!);
    expect(await probe()).toMatchObject({ code: 0, stderr: "" });
    const cause = "the deploy user's Docker context is another engine than root's";
    recordFault({
      cause,
      command: "plan",
      seen: TWO.slice(0, -2),
      seconds,
      preserved: "everything: nothing was changed",
    });
  });

  test("DOCKER_HOST from the user's shell is refused, with the remedy", async () => {
    await setHost(`unix://${socket}`);
    const { code, stderr } = await probe();
    await setHost();
    expect(code).toBe(1);
    for (const words of [TWO, THEIRS, OURS]) expect(stderr).toContain(words);
    expect(stderr).toContain(`remove DOCKER_HOST and DOCKER_CONTEXT from what the shell of ${connection.user} reads`);
  });

  test("root's own context is refused, with the remedy for root", async () => {
    await asRoot(
      `docker context create it_root --docker host=unix://${socket} >/dev/null; docker context use it_root >/dev/null`,
    );
    try {
      const { code, stderr } = await probe();
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining("run `docker context use default` as root on the host"),
      ]);
    } finally {
      await asRoot("docker context use default >/dev/null; docker context rm it_root >/dev/null");
    }
    expect((await probe()).code).toBe(0);
  });

  test("it is rootless, and root has none: the message says that it is not supported", async () => {
    security = ["name=seccomp,profile=default", "name=rootless"];
    await setHost(`unix://${socket}`);
    const { code, stderr } = await probe(through("sudo -n env DOCKER_HOST=unix:///none sh -s"));
    await setHost();
    security = [];
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /root has no Docker engine on the host, and user deploy has one at \S+ \(data in \S+, rootless\)\. .* does not support a rootless one/,
      ),
    ]);
  });
});

test("a rootless engine is refused, also if both use it", async () => {
  security = ["name=rootless"];
  await setHost(`unix://${socket}`);
  const { code, stderr } = await probe(through(`sudo -n env DOCKER_HOST=unix://${socket} sh -s`));
  await setHost();
  security = [];
  expect([code, stderr]).toEqual([1, expect.stringContaining("- the Docker engine is rootless (")]);
});

test("another way to the same engine is not another engine", async () => {
  id = "";
  await setHost(`unix://${socket}`);
  expect(await probe()).toMatchObject({ code: 0, stderr: "" });
  await setHost();
});
