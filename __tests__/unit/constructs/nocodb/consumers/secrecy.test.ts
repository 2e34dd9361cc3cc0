import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { LIBRARIES, renderConsumers } from "../../../../../constructs/nocodb/consumers/nocodb-consumers.js";
import { PROBE } from "../../../../../constructs/remote-host/probe.js";
import { scratch } from "../../../support/host-shell.js";
import { NocodbStandIn } from "../../../support/nocodb-stand-in.js";

// Whoever may run `ps` on the host reads every argument of every program. Here each program that a host script could call
// writes down its arguments before it starts, and NocoDB's part is played by a server that knows all secrets.
const RECORDER = `#!/bin/sh
printf '%s\\n' "\${0##*/} $*" >>"$SEEN/arguments"
`;
/** By its path: what it starts, as `timeout` does, is then recorded or stood in for as well. */
const asItself = (program: string) => `exec ${program} "$@"
`;
/** Programs that would need root, or an engine. */
const INSTEAD: Record<string, string> = {
  docker: `case $* in
  *IPAddress*) echo 127.0.0.1 ;;
  *Config.Env*) cat "$SEEN/container.env" ;;
  *Labels*) echo "/opt/compose.yml n8n" ;;
esac
`,
  runuser: `while [ "$1" != -- ]; do shift; done; shift; exec "$@"
`,
  getent: `echo "deploy:x:0:0::/tmp:/bin/sh"
`,
};

const directory = scratch("secrecy");
const scripts = fileURLToPath(new URL("../../../../../constructs/host/", import.meta.url));
const nocodb = new NocodbStandIn();
const manifest = path.join(directory, "manifest");
const file = (name: string) => path.join(directory, `${name}.env`);
const consumer = (name: string, over = {}) => ({
  ...{ name, role: "creator" as const, bases: {}, envFile: file(name), ownFile: false, missingFile: "create" as const },
  ...{ variables: { NOCODB_BASE_URL: "http://nocodb:8080" }, container: name, ...over },
});
const consumers = [
  consumer("openclaw", { recreate: `cp ${file("openclaw")} ${directory}/container.env` }),
  consumer("n8n", { role: "viewer", ownFile: true, bases: { Production: "editor" } }),
  consumer("root", { role: "super-admin" }),
];

let port: number;

beforeAll(async () => {
  port = await nocodb.listen();
  const { email, password } = NocodbStandIn.admin;
  writeFileSync(file("nocodb"), `NC_ADMIN_EMAIL=${email}\nNC_ADMIN_PASSWORD=${password}\n`);
  writeFileSync(path.join(directory, "container.env"), "");
  const bin = path.join(directory, "bin");
  mkdirSync(bin);
  const words = new Set(
    readdirSync(scripts).flatMap((each) => readFileSync(path.join(scripts, each), "utf8").match(/[\w[-]+/g) ?? []),
  );
  const programs = new Map<string, string>();
  for (const folder of process.env
    .PATH!.split(":")
    .filter((each) => existsSync(each))
    .reverse())
    for (const name of readdirSync(folder)) if (words.has(name)) programs.set(name, asItself(path.join(folder, name)));
  // It would record itself without end.
  programs.delete("sh");
  for (const [name, does] of [...programs, ...Object.entries(INSTEAD)])
    writeFileSync(path.join(bin, name), RECORDER + does, { mode: 0o755 });
});

beforeEach(() => {
  nocodb.refuses = "";
  writeFileSync(path.join(directory, "arguments"), "");
});

/** Runs host scripts as on-host.sh does, with a shell of this machine in place of ssh. */
function run(files: readonly string[], input: Record<string, string>): Promise<{ code: number; said: string }> {
  const given = Object.entries({ manifest, ...input }).map(([name, value]) => [`INPUT_${name}`, value]);
  const env = {
    ...Object.fromEntries(given),
    ...{ SEEN: directory, PATH: `${directory}/bin:${process.env.PATH}` },
  };
  const words = [`${scripts}on-host.sh`, ...files, "--", "sh", "-s"];
  return new Promise((resolve) => {
    execFile("sh", words, { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr });
    });
  });
}

const ensure = (over: Record<string, string> = {}) =>
  run(["common.sh", ...LIBRARIES, "ensure-consumers.sh"], {
    ...{
      key: "consumers",
      observed: "as it was left",
      service: "nocodb",
      port: String(port),
      env_file: file("nocodb"),
    },
    deploy_user: `${process.getuid!()}:${process.getgid!()}`,
    consumers: renderConsumers(consumers),
    ...over,
  });

/** Where each secret was seen that must be seen nowhere. */
function leaks(said: string): string[] {
  const records = existsSync(manifest) ? readdirSync(manifest) : [];
  const places = {
    arguments: readFileSync(path.join(directory, "arguments"), "utf8"),
    output: said,
    records: records.map((each) => readFileSync(path.join(manifest, each), "utf8")).join(""),
  };
  return nocodb.secrets.flatMap((secret) =>
    Object.entries(places).flatMap(([place, text]) =>
      text
        .split("\n")
        .filter((line) => line.includes(secret))
        .map((line) => `${place}: ${line}`),
    ),
  );
}

const called = (): string[] =>
  readFileSync(path.join(directory, "arguments"), "utf8")
    .split("\n")
    .map((line) => line.split(" ", 1)[0]!);

describe("no secret is an argument of a program, or stands in what is printed or recorded:", () => {
  test("when users, tokens and lines are made", async () => {
    const { code, said } = await ensure();
    expect([code, said]).toEqual([0, expect.stringContaining("openclaw: container openclaw created anew")]);
    // What was made is a secret that this test knows, and the programs that could tell it have been seen.
    for (const { name, envFile } of consumers) {
      expect(nocodb.secrets).toContain(/^NOCODB_API_TOKEN=(.*)$/m.exec(readFileSync(envFile, "utf8"))?.[1]);
      expect(said).toContain(`${name}: token made`);
    }
    expect(called()).toEqual(expect.arrayContaining(["curl", "awk", "sed", "grep", "docker", "runuser", "sha256sum"]));
    expect(leaks(said)).toEqual([]);
  });

  test("when there is nothing to do", async () => {
    const { code, said } = await ensure();
    expect([code, said]).toEqual([0, expect.stringContaining("openclaw: token kept")]);
    expect(leaks(said)).toEqual([]);
  });

  test("when the probe looks", async () => {
    const { code, said } = await run(PROBE, { requirements: "" });
    expect([code, said]).toEqual([0, expect.stringContaining('"consumers":"as it was left"')]);
    expect(leaks(said)).toEqual([]);
  });

  test("when one is rotated, for which a password is set", async () => {
    const { code, said } = await ensure({ rotate: "openclaw" });
    expect([code, said]).toEqual([0, expect.stringContaining("openclaw: token replaced")]);
    expect(leaks(said)).toEqual([]);
  });

  test.each([
    ["a token", "POST /api/v1/tokens"],
    ["a password", "POST /api/v1/auth/password/reset/"],
    ["a sign-in", "POST /api/v1/auth/user/signin"],
    ["the deletion of a token", "DELETE /api/v1/tokens/"],
  ])("when NocoDB refuses %s", async (_, refused) => {
    nocodb.refuses = refused;
    const { code, said } = await ensure({ rotate: "n8n" });
    expect([code, said]).toEqual([1, expect.stringContaining('answered 500 "broken" to')]);
    expect(leaks(said)).toEqual([]);
    nocodb.refuses = "";
    expect((await ensure()).code).toBe(0);
  });

  test("when one of them leaves", async () => {
    const { code, said } = await ensure({ consumers: renderConsumers(consumers.slice(1)) });
    expect([code, said]).toEqual([0, expect.stringContaining("openclaw: user and tokens removed")]);
    expect(leaks(said)).toEqual([]);
  });

  test("when all are taken away", async () => {
    const { code, said } = await run(["common.sh", ...LIBRARIES, "remove-consumers.sh"], {
      key: "consumers",
      service: "nocodb",
    });
    expect([code, said]).toEqual([0, expect.stringContaining("consumers: tokens deleted")]);
    expect(leaks(said)).toEqual([]);
  });
});
