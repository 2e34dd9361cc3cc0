import { spawn, spawnSync } from "node:child_process";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, test } from "vitest";
import { scratch } from "../../support/host-shell.js";

const directory = scratch("preload");
const preload = path.join(directory, "secrets.cjs");
const values = path.join(directory, "values");
cpSync(fileURLToPath(new URL("../../../../constructs/service-secrets/secrets.cjs", import.meta.url)), preload);

/** Runs a program on Node.js as a service is run: with these secrets, and with variables of its own. */
function node(program: string, secrets: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(values, lines.join(""));
  return start(program, env);
}

function start(program: string, env: Readonly<Record<string, string>> = {}) {
  return spawnSync(process.execPath, ["-e", program], {
    encoding: "utf8",
    env: { NODE_OPTIONS: `--require=${preload}`, ...env },
    timeout: 20_000,
  });
}

const PRINT = "process.stdout.write(JSON.stringify(process.env))";
const seen = (secrets: Readonly<Record<string, string>>, env?: Readonly<Record<string, string>>) => {
  const { status, stdout, stderr } = node(PRINT, secrets, env);
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
};

const ODD = "  0pen&%#'s3same\"$`\\{}~é=東京 ?@:/+ $(id) ${HOME} ${secret:A}  ";

beforeEach(() => rmSync(values, { force: true }));

describe("a service on Node.js", () => {
  test.each([
    ["odd characters, blanks at both ends", ODD],
    ["other ends of a line", "a\rb\u2028c\u2029d\u0085e\tf"],
    ["60 kB", "0123456789".repeat(6000)],
    ["the form of a variable", "A=b"],
  ])("gets each secret as a variable, every character of it: %s", (_, value) => {
    const { NODE_OPTIONS, ...variables } = seen({ A: "first", B: value, C: "last" }, { PLAIN: "1" });
    expect(variables).toEqual({ PLAIN: "1", A: "first", B: value, C: "last" });
  });

  test("gets a secret instead of a variable of the same name", () => {
    expect(seen({ A: "of the file" }, { A: "plain" }).A).toBe("of the file");
  });

  test("gets other variables with secrets in them, percent-encoded, so that a URL holds them", () => {
    const NC_DB = "pg://postgresql:5432?u=nocodb&p=${secret:B}&d=nocodb&again=${secret:A}${secret:B}";
    const url = new URL(seen({ A: "a", B: ODD }, { NC_DB }).NC_DB);
    expect(url.searchParams.get("p")).toBe(ODD);
    expect(url.searchParams.get("d")).toBe("nocodb");
    expect(url.searchParams.get("again")).toBe(`a${ODD}`);
  });

  test("gets text that only looks like a secret's name as it is", () => {
    const PLAIN = "${secret:UNKNOWN} ${secret:} ${secret:A ${HOME} $A {secret:A}";
    expect(seen({ A: "a" }, { PLAIN }).PLAIN).toBe(PLAIN);
  });

  test("passes them on to the processes that it starts", () => {
    const child = `process.stdout.write(require("child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(PRINT)}]))`;
    const { stdout } = node(child, { A: ODD, B: "b" }, { URL: "x:${secret:A}" });
    expect(JSON.parse(stdout)).toMatchObject({ A: ODD, B: "b", URL: `x:${encodeURIComponent(ODD)}` });
  });

  test("holds none in the environment with which it was started, as others see it", () => {
    const program =
      'process.stdout.write(JSON.stringify([process.env, require("fs").readFileSync("/proc/self/environ", "utf8")]))';
    const { stdout } = node(program, { A: "s3same", B: "0pen" }, { PLAIN: "${secret:A} and plain", B: "plain" });
    const [variables, environ] = JSON.parse(stdout);
    expect(variables).toMatchObject({ A: "s3same", PLAIN: "s3same and plain", B: "0pen" });
    expect(environ).toContain("PLAIN=${secret:A} and plain\0");
    expect(environ).not.toMatch(/s3same|0pen/);
  });

  test("does not start without the file, and says which one is missing", () => {
    const { status, stdout, stderr } = start(PRINT);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(`ENOENT: no such file or directory, open '${values}'`);
  });
});

describe("a service whose predecessor still serves", () => {
  const waitFile = path.join(directory, `wait-${hostname()}`);
  const WAITS = "loaded, and waiting for its predecessor to stop\n";

  /** Runs a program beside the file, removes the file when it waits, and returns what it printed before and after. */
  async function across(program: string): Promise<{ before: string; after: string; stderr: string }> {
    writeFileSync(values, "A=1\n");
    writeFileSync(waitFile, "");
    const child = spawn(process.execPath, ["-e", program], { env: { NODE_OPTIONS: `--require=${preload}` } });
    let [stdout, stderr, before] = ["", "", "it did not wait"];
    child.stdout.on("data", (data) => (stdout += data));
    child.stderr.on("data", (data) => {
      stderr += data;
      setTimeout(() => {
        before = stdout;
        rmSync(waitFile, { force: true });
      }, 300);
    });
    await new Promise((resolve) => child.on("close", resolve));
    return { before, after: stdout, stderr };
  }

  const done = 'console.log("on"); process.exit()';
  test.each([
    ["makes its first connection", `require("net").connect(9, "127.0.0.1").on("error", () => { ${done} })`],
    ["makes it with TLS", `require("tls").connect(9, "127.0.0.1").on("error", () => { ${done} })`],
    ["fetches", `fetch("http://127.0.0.1:65000").catch(() => { ${done} })`],
    ["listens", `require("http").createServer().listen(0, () => { ${done} })`],
  ])("waits before it %s, with everything else that it does", async (_, program) => {
    const tick = 'setTimeout(() => console.log("meanwhile"), 0);';
    const { before, after, stderr } = await across(`console.log("loaded"); ${program}; ${tick}`);
    expect([before, stderr]).toEqual(["loaded\n", WAITS]);
    expect(after).toContain("on\n");
  });

  test("does not wait if the file is for another one, or gone", () => {
    writeFileSync(`${waitFile}-other`, "");
    const { stdout, stderr } = node(`require("net").connect(9, "127.0.0.1").on("error", () => { ${done} })`, {
      A: "1",
    });
    expect([stdout, stderr]).toEqual(["on\n", ""]);
  });
});
