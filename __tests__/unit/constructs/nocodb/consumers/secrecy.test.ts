import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { renderConsumers } from "../../../../../constructs/nocodb/consumers/nocodb-consumers.js";
import { ProgramFolder, program } from "../../../../../constructs/remote-host/program.js";
import { scratch } from "../../../support/host-shell.js";
import { NocodbStandIn } from "../../../support/nocodb-stand-in.js";

// Everyone who may run `ps` on the host can read every argument of every command. Here each command that a host program
// could call records its arguments before it starts, and a server that knows all secrets acts as NocoDB.
const RECORDER = `#!/bin/sh
printf '%s\\n' "\${0##*/} $*" >>"$SEEN/arguments"
`;
/** By its path, so that commands that it starts in turn, as `timeout` does, are recorded or replaced too. */
const asItself = (program: string) => `exec ${program} "$@"
`;
/** Replacements of commands that need root or an engine. */
const REPLACED: Record<string, string> = {
  docker: `case $* in
  "run "*" node -- "*) exec node - ;;
  "network ls"*) echo network backend ;;
  "ps -a "*) printf 'container %s\\n' openclaw n8n root nocodb ;;
  *"= {{slice .Name 1}}"*) shift 3; for each; do printf '= %s\\nid 1\\naddress 127.0.0.1\\n' "$each"; sed "s/^/env /" "$SEEN/container.env"; done ;;
  *psql*) cat >/dev/null; cat "$SEEN/rights" ;;
  *State.Running*) echo sha256:1 ;;
  *Labels*) echo "/opt/compose.yml n8n" ;;
esac
`,
  runuser: `while [ "$1" != -- ]; do shift; done; shift; exec "$@"
`,
  getent: `echo "deploy:x:0:0::/tmp:/bin/sh"
`,
};

const directory = scratch("secrecy");
const runner = fileURLToPath(new URL("../../../../../constructs/remote-host/run-remote.sh", import.meta.url));
const programs = new ProgramFolder();
const texts = ["nocodb/consumers/apply", "nocodb/consumers/remove", "remote-host/probe"].map((name) => {
  const { text } = program(name);
  programs.write(name, text);
  return text;
});
programs.write("run-remote", readFileSync(runner, "utf8"));
const nocodb = new NocodbStandIn();
const records = path.join(directory, "records");
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
  writeFileSync(file("nocodb"), `NC_ADMIN_EMAIL=${email}\n`);
  mkdirSync(path.join(directory, "secrets"));
  writeFileSync(path.join(directory, "secrets/values"), `NC_ADMIN_PASSWORD=${password}\n`);
  writeFileSync(path.join(directory, "container.env"), "");
  const bin = path.join(directory, "bin");
  mkdirSync(bin);
  const words = new Set(texts.flatMap((text) => text.match(/[\w[-]+/g) ?? []));
  const commands = new Map<string, string>();
  for (const folder of process.env
    .PATH!.split(":")
    .filter((each) => existsSync(each))
    .reverse())
    for (const name of readdirSync(folder)) if (words.has(name)) commands.set(name, asItself(path.join(folder, name)));
  // It would record itself without end.
  commands.delete("sh");
  for (const [name, does] of [...commands, ...Object.entries(REPLACED)])
    writeFileSync(path.join(bin, name), RECORDER + does, { mode: 0o755 });
});

beforeEach(() => {
  nocodb.refuses = "";
  writeFileSync(path.join(directory, "arguments"), "");
});

/** Runs a program by run-remote.sh, with a shell of this machine in place of ssh. */
function run(name: string, input: Record<string, string>): Promise<{ code: number; output: string }> {
  const given = Object.entries({ records, ...input }).map(([variable, value]) => [`INPUT_${variable}`, value]);
  const env = {
    ...Object.fromEntries(given),
    ...{ SEEN: directory, PATH: `${directory}/bin:${process.env.PATH}` },
  };
  const words = [path.join(programs.path, "run-remote.sh"), name, "--", "sh", "-s"];
  return new Promise((resolve) => {
    execFile("sh", words, { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

const apply = (over: Record<string, string> = {}) =>
  run("nocodb/consumers/apply", {
    ...{
      key: "consumers",
      status: "as deployed",
      api_container: "nocodb",
      port: String(port),
      env_file: file("nocodb"),
      secrets: path.join(directory, "secrets"),
    },
    deploy_user: `${process.getuid!()}:${process.getgid!()}`,
    database_container: "postgresql",
    superuser: "postgres",
    bases: "",
    consumers: renderConsumers(consumers),
    ...over,
  });

/** The places in which a secret was seen; it must be in none of them. */
function leaks(output: string): string[] {
  const keys = existsSync(records) ? readdirSync(records) : [];
  const places = {
    arguments: readFileSync(path.join(directory, "arguments"), "utf8"),
    output,
    records: keys.map((each) => readFileSync(path.join(records, each), "utf8")).join(""),
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

describe("no secret is an argument of a command, or in the output or the records:", () => {
  test("when users, tokens and lines are created", async () => {
    const { code, output } = await apply();
    expect([code, output]).toEqual([0, expect.stringContaining("openclaw: container openclaw created again")]);
    // The test knows the tokens that were created, and has seen the commands that could reveal them.
    for (const { name, envFile } of consumers) {
      expect(nocodb.secrets).toContain(/^NOCODB_API_TOKEN=(.*)$/m.exec(readFileSync(envFile, "utf8"))?.[1]);
      expect(output).toContain(`${name}: token created`);
    }
    expect(called()).toEqual(
      expect.arrayContaining(["base64", "awk", "sed", "grep", "docker", "runuser", "sha256sum"]),
    );
    expect(leaks(output)).toEqual([]);
  });

  test("when there is nothing to do", async () => {
    const { code, output } = await apply();
    expect([code, output]).toEqual([0, expect.stringContaining("openclaw: token kept")]);
    expect(leaks(output)).toEqual([]);
  });

  test("when the probe runs", async () => {
    const rights = ["openclaw roles org-level-creator", "n8n roles org-level-viewer", "n8n is p1 editor"];
    const holders = consumers.map(({ name }) => `${name} holder ${name}@consumers.invalid`);
    writeFileSync(path.join(directory, "rights"), [...rights, ...holders].join("\n"));
    const { code, output } = await run("remote-host/probe", { requirements: "" });
    expect([code, output]).toEqual([0, expect.stringContaining('"consumers":"as deployed"')]);
    expect(leaks(output)).toEqual([]);
  });

  test("when a token is rotated, for which a password is set", async () => {
    const { code, output } = await apply({ rotate: "openclaw" });
    expect([code, output]).toEqual([0, expect.stringContaining("openclaw: token replaced")]);
    expect(leaks(output)).toEqual([]);
  });

  test.each([
    ["a token", "POST /api/v1/tokens"],
    ["a password", "POST /api/v1/auth/password/reset/"],
    ["a sign-in", "POST /api/v1/auth/user/signin"],
    ["the deletion of a token", "DELETE /api/v1/tokens/"],
  ])("when NocoDB refuses %s", async (_, refused) => {
    nocodb.refuses = refused;
    const { code, output } = await apply({ rotate: "n8n" });
    expect([code, output]).toEqual([1, expect.stringContaining('answered 500 "broken" to')]);
    expect(leaks(output)).toEqual([]);
    nocodb.refuses = "";
    expect((await apply()).code).toBe(0);
  });

  test("when a consumer leaves", async () => {
    const { code, output } = await apply({ consumers: renderConsumers(consumers.slice(1)) });
    expect([code, output]).toEqual([0, expect.stringContaining("openclaw: user and tokens removed")]);
    expect(leaks(output)).toEqual([]);
  });

  test("when all are removed", async () => {
    const { code, output } = await run("nocodb/consumers/remove", {
      key: "consumers",
      api_container: "nocodb",
    });
    expect([code, output]).toEqual([0, expect.stringContaining("consumers: tokens deleted")]);
    expect(leaks(output)).toEqual([]);
  });
});
