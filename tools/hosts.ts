// npm run hosts [-- KIND…]
//
// Runs the core lifecycle (__tests__/e2e/core-lifecycle.hosts.ts) on each kind of host, or on those named: a host with an
// engine of its own starts in a container, and a deployment goes through its life there. Writes the table in the README,
// and removes the hosts. Needs root on Linux. The last line is `N passed, N failed, N skipped`.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { must } from "../lab/command.js";
import { HOST_KINDS, type KindHost, startKind } from "../lab/host-kinds.js";
import { IMAGES } from "../lab/images.js";
import { CADDY_VERSION } from "../lab/parts.js";
import type { Counts } from "./counts-reporter.js";
import { type HostResult, withHostTable } from "./host-table.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const README = fileURLToPath(new URL("../README.md", import.meta.url));
const bin = (tool: string) => `${root}/node_modules/.bin/${tool}`;

async function main(words: readonly string[]): Promise<HostResult[]> {
  const unknown = words.filter((word) => !Object.hasOwn(HOST_KINDS, word));
  if (unknown.length > 0) {
    console.error(`${unknown.join(", ")}: not a kind of host; known are ${Object.keys(HOST_KINDS).join(", ")}`);
    process.exit(64);
  }
  const results: HostResult[] = [];
  for (const name of words.length > 0 ? words : Object.keys(HOST_KINDS)) {
    const result = await resultOn(name);
    writeFileSync(README, withHostTable(readFileSync(README, "utf8"), [result]));
    results.push(result);
  }
  return results;
}

async function resultOn(name: string): Promise<HostResult> {
  const { title, postgresql } = HOST_KINDS[name]!;
  const env = { NOCODB_LAB_POSTGRESQL: postgresql };
  await must([bin("tsx"), "lab/main.ts", "images"], { cwd: root, env });
  const { nocodb, caddy, sshd } = IMAGES;
  const host = await startKind(name, [nocodb, postgresql, caddy, sshd], console.log);
  try {
    const { passed, failed } = await coreLifecycle(host, { ...env, LAB_HOST_KIND: name });
    const { terraform_version: terraform } = JSON.parse(await must(["terraform", "version", "-json"]));
    const versions = { engine: host.engine.version, postgresql: postgresql.split(":")[1]!, caddy: CADDY_VERSION };
    return { title, ...versions, terraform, passed, failed };
  } finally {
    await host.remove();
  }
}

/** A run that fails for a reason that no test names counts as one failure. */
function coreLifecycle(host: KindHost, env: Readonly<Record<string, string>>): Promise<Counts> {
  const reporters = ["--reporter=default", `--reporter=${root}/tools/counts-reporter.ts`];
  const [program, ...words] = [...host.inside, process.execPath, bin("vitest"), "run", "--project", "hosts"];
  return new Promise((resolve) => {
    let counts: Counts = { passed: 0, failed: 0, skipped: 0 };
    const child = spawn(program!, [...words, ...reporters], {
      cwd: root,
      env: { ...process.env, ...host.env, ...env },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const end = (code: number | null) => resolve(code === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 });
    child.on("message", (sent) => {
      counts = sent as Counts;
    });
    child.on("error", () => end(null));
    child.on("close", end);
  });
}

const results = await main(process.argv.slice(2));
const [passed, failed] = [results.map((each) => each.passed), results.map((each) => each.failed)].map((counts) =>
  counts.reduce((sum, count) => sum + count, 0),
);
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed === 0 ? 0 : 1;
