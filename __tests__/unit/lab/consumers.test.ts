import { once } from "node:events";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { run } from "../../../lab/command.js";
import { CONSUMERS, instanceNamed } from "../../../lab/instance.js";
import { Running } from "../../../lab/running.js";
import { eventually } from "../../../lab/site.js";
import { loadEnvironments } from "../../../settings/environment.js";

const consumers = fileURLToPath(new URL("../../../lab/consumers", import.meta.url));

describe("the program of a consumer", () => {
  const TOKEN = "a-secret-token";
  let api: Server;
  let url: string;
  let statuses: number[];
  let asked: IncomingMessage[];

  beforeEach(async () => {
    statuses = [];
    asked = [];
    api = createServer((request, response) => {
      asked.push(request);
      response.writeHead(statuses.length > 1 ? statuses.shift()! : statuses[0]!).end("{}");
    }).listen(0, "127.0.0.1");
    await once(api, "listening");
    url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  });

  afterEach(() => void api.close());

  const call = (env: Record<string, string>, words = ["once"], flags: string[] = [], timeoutSeconds = 20) =>
    run([process.execPath, ...flags, join(consumers, "call.mjs"), ...words], { env, timeoutSeconds });

  test("`once` lists the bases with the token, prints 200 and exits with 0", async () => {
    statuses = [200];
    const { code, stdout } = await call({ NOCODB_BASE_URL: url, NOCODB_API_TOKEN: TOKEN });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "200\n" });
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual(["GET /api/v2/meta/bases"]);
    expect(asked[0]!.headers).toMatchObject({ "xc-token": TOKEN, connection: "close" });
  });

  test("the internal address takes precedence over the one behind the VPN gate", async () => {
    statuses = [200];
    const env = { NOCODB_BASE_URL: "https://noco.invalid", NOCODB_INTERNAL_URL: url, NOCODB_API_TOKEN: TOKEN };
    expect((await call(env)).code).toBe(0);
  });

  test.each([
    ["a refused token", {}, "401"],
    ["no address", { NOCODB_BASE_URL: "" }, "NOCODB_BASE_URL is not set"],
    ["no token", { NOCODB_API_TOKEN: "" }, "NOCODB_API_TOKEN is not set"],
    ["a closed port", { NOCODB_BASE_URL: "http://127.0.0.1:1" }, "ECONNREFUSED"],
    ["an invalid URL", { NOCODB_BASE_URL: "noco" }, "ERR_INVALID_URL"],
    ["an invalid token", { NOCODB_API_TOKEN: `${TOKEN}\n` }, "ERR_INVALID_CHAR"],
  ])("`once` exits with 1 and prints the reason, never the token: %s", async (_, wrong, reason) => {
    statuses = [401];
    const { code, stdout, stderr } = await call({ NOCODB_BASE_URL: url, NOCODB_API_TOKEN: TOKEN, ...wrong });
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: `${reason}\n`, stderr: "" });
  });

  test("it calls repeatedly, and prints an answer that differs from the last one", async () => {
    statuses = [401, 401, 200, 200, 200, 503];
    const { stdout, stderr } = await call(
      { NOCODB_BASE_URL: url, NOCODB_API_TOKEN: TOKEN },
      [],
      ["--import", HURRY],
      3,
    );
    expect(asked.length).toBeGreaterThan(6);
    expect(stdout.replace(/^\S+Z /gm, "")).toBe(
      ["401", "200", "503"].map((status) => `GET /api/v2/meta/bases: ${status}\n`).join(""),
    );
    expect(stderr).toBe("no answer within 3 s");
  });

  /** Shortens the ten seconds between two calls to a twentieth of a second. */
  const HURRY = `data:text/javascript,${encodeURIComponent(`
    import timers from "node:timers/promises";
    import { syncBuiltinESMExports } from "node:module";
    const { setTimeout } = timers;
    timers.setTimeout = (milliseconds) => setTimeout(milliseconds / 200);
    syncBuiltinESMExports();`)}`;
});

test("n8n's receiver answers a webhook with 200, and prints its method, path and body on one line", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const receiver = new Running([process.execPath, join(consumers, "receive.mjs")], consumers, {
    WEBHOOK_PORT: `${port}`,
  });
  const body = JSON.stringify({ type: "records.after.insert" }, undefined, 2);
  const send = () => fetch(`http://127.0.0.1:${port}/webhook/scenes`, { method: "POST", body });
  expect((await eventually(10, send)).status).toBe(200);
  receiver.signal("SIGTERM");
  await receiver.ended;
  expect(receiver.said).toMatch(/^\S+Z POST \/webhook\/scenes: \{ "type": "records.after.insert" \}\n$/);
});

describe("the host's recreate command", () => {
  let base: string;
  const calls = async () => (await readFile(join(base, "calls"), "utf8").catch(() => "")).trim().split("\n");

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), "lab-consumers-"));
    await mkdir(join(base, "bin"));
    await mkdir(join(base, "consumers"));
    await copyFile(join(consumers, "recreate.sh"), join(base, "recreate"));
    await chmod(join(base, "recreate"), 0o755);
    await writeFile(join(base, "consumers/instance"), "instance=labtest\nimage=nocodb/nocodb:1\nkey=abc\n");
    for (const consumer of CONSUMERS) {
      await mkdir(join(base, "configs", consumer), { recursive: true });
      await writeFile(join(base, `configs/${consumer}/${consumer}.env`), "NOCODB_API_TOKEN=hidden\n");
    }
  });

  afterEach(() => rm(base, { recursive: true }));

  /** Runs the command with a docker that records its calls and refuses one subcommand. */
  async function recreate(words: string[], refused = "none") {
    const docker = `#!/bin/sh\necho "$*" >>'${base}/calls'\n[ "$1" != ${refused} ]\n`;
    await writeFile(join(base, "bin/docker"), docker, { mode: 0o755 });
    return run([join(base, "recreate"), ...words], { env: { PATH: `${base}/bin:${process.env.PATH}` } });
  }

  test("the new container is created from the env file before the old one is removed, and no secret is an argument", async () => {
    expect((await recreate(["n8n"])).code).toBe(0);
    const [, create, ...then] = await calls();
    expect(create).toContain(`create --name labtest_n8n_new --env-file ${base}/configs/n8n/n8n.env`);
    expect(create).toContain("--label nocodb-lab=labtest --label nocodb-lab.key=abc");
    expect(create).toContain("--network labtest_backend --network-alias n8n");
    expect(create).toMatch(
      /--entrypoint node nocodb\/nocodb:1 --import \/consumer\/receive\.mjs \/consumer\/call\.mjs$/,
    );
    expect(then).toEqual([
      "container inspect labtest_n8n",
      "rm --force labtest_n8n",
      "rename labtest_n8n_new labtest_n8n",
      "start labtest_n8n",
    ]);
    expect((await calls()).join()).not.toContain("hidden");
  });

  test("OpenClaw is on the frontend, too", async () => {
    expect((await recreate(["openclaw"])).code).toBe(0);
    expect(await calls()).toContain("network connect --alias openclaw labtest_frontend labtest_openclaw_new");
  });

  test.each(["create", "network"])("if `docker %s` fails, the old container keeps running", async (refused) => {
    expect((await recreate(["openclaw"], refused)).code).not.toBe(0);
    expect(await calls()).not.toContain("rm --force labtest_openclaw");
  });

  test("a missing env file is named, and Docker is not called", async () => {
    const envFile = join(base, "configs/n8n/n8n.env");
    await rm(envFile);
    const { code, stderr } = await recreate(["n8n"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(`${envFile} cannot be read by `);
    expect(await calls()).toEqual([""]);
  });

  test.each([[[]], [["nocodb"]], [["../n8n"]]])(
    "an unknown service is refused with the known ones: %j",
    async (words) => {
      const { code, stderr } = await recreate(words);
      expect(code).toBe(1);
      expect(stderr).toBe(`recreate: "${words[0] ?? ""}" is not a service of this host. Give one of: openclaw, n8n\n`);
    },
  );
});

test("the consumers' names and paths derive from the instance", () => {
  const { containers, envFiles, recreateCommand } = instanceNamed("labtest", "/home/ann");
  expect([containers.openclaw, containers.n8n]).toEqual(["labtest_openclaw", "labtest_n8n"]);
  expect(envFiles.n8n).toBe("/home/ann/.nocodb-lab/labtest/host/configs/n8n/n8n.env");
  expect(recreateCommand).toBe("/home/ann/.nocodb-lab/labtest/host/recreate");
});

test("the lab's environment names the host's own containers, env files and command", () => {
  const environments = fileURLToPath(new URL("../../../environments", import.meta.url));
  const lab = loadEnvironments(environments, { HOME: "/home/ann" }).environments.find(({ name }) => name === "lab");
  const { containers, envFiles, recreateCommand } = instanceNamed("lab", "/home/ann");
  expect(lab?.consumers.map(({ name, container, envFile, recreate }) => [name, container, envFile, recreate])).toEqual(
    [...CONSUMERS].sort().map((name) => [name, containers[name], envFiles[name], `${recreateCommand} ${name}`]),
  );
});

test("one env file ends without a newline, and both have lines that a careless rewrite would change", async () => {
  const [openclaw, n8n] = await Promise.all(CONSUMERS.map((name) => readFile(join(consumers, `${name}.env`), "utf8")));
  expect(openclaw).toMatch(/[^\n]\n$/);
  expect(n8n).toMatch(/[^\n]$/);
  expect(openclaw).toMatch(/="[^"]* [^"]*"\n\n\n#/);
  expect(n8n).toMatch(/='[^']* [^']*'\n/);
});
