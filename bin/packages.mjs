// Installs the packages of package-lock.json if they are missing or others. Uses nothing but Node, as there may be no
// package yet.
//
// node_modules/.installed-lock holds the digest of the lock file that was completely installed. It is written last,
// and npm ci begins by deleting node_modules, so an interrupted install is never taken for a complete one.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, linkSync, lstatSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The project's folder. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const stamp = path.join(root, "node_modules", ".installed-lock");
const digest = (text) => createHash("sha256").update(text).digest("hex");
const wanted = () => digest(readFileSync(path.join(root, "package-lock.json")));
const installed = () => existsSync(stamp) && readFileSync(stamp, "utf8").trim() === wanted();

/** Makes sure that the packages of the lock file are installed, and says what it does. Answers an exit code. */
export async function ensurePackages() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 9)) {
    console.error(`Node ${process.versions.node} is too old; install 20.9 or newer`);
    return 1;
  }
  return installed() ? 0 : alone(install);
}

/** Runs a tool of the installed packages in the caller's folder; answers its exit code, 127 if it cannot be started. */
export async function runTool(tool, parameters) {
  const [program, ...before] = tool === "tsx" ? typeScript() : [path.join(root, "node_modules", ".bin", tool)];
  const { code, output } = await run(program, [...before, ...parameters], { stdio: "inherit" });
  if (output) console.error(output);
  return code;
}

/** What the command tsx does, without a process around it: that would take longer to start than most commands to run. */
function typeScript() {
  const loader = path.join(root, "node_modules", "tsx", "dist", "loader.mjs");
  return [process.execPath, "--import", pathToFileURL(loader).href];
}

/** Runs a program until it ends and passes signals on; answers its exit code, 128 + number for a signal. */
function run(program, parameters, options) {
  return new Promise((resolve) => {
    // In a terminal Ctrl-C reaches the child without us; sent twice, it would mean "at once" to Terraform.
    const forward = (signal) => (signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal));
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    // Before spawn: a signal may arrive while the child already works and spawn has not returned.
    for (const signal of signals) process.on(signal, forward);
    const child = spawn(program, parameters, options);
    const output = [];
    const end = (code) => {
      for (const each of signals) process.off(each, forward);
      resolve({ code, output: Buffer.concat(output).toString() });
    };
    child.stdout?.on("data", (chunk) => output.push(chunk));
    child.stderr?.on("data", (chunk) => output.push(chunk));
    child.on("error", ({ code, message }) => {
      output.push(Buffer.from(code === "ENOENT" ? `${program} is missing; install it or add it to PATH` : message));
      end(127);
    });
    child.on("close", (code, signal) => end(code ?? 128 + constants.signals[signal]));
  });
}

/** Lets one process in at a time; the lock of a process that is gone does not count. */
async function alone(work) {
  const lock = path.join(tmpdir(), `npm-ci-${process.getuid?.() ?? 0}-${digest(root).slice(0, 16)}`);
  const mine = `${lock}-${process.pid}`;
  writeFileSync(mine, String(process.pid), { mode: 0o600 });
  try {
    for (let said = false; !tryLink(mine, lock); said = true) {
      if (!said) console.error("packages: waiting for another command that is installing them");
      await sleep(500);
      if (!isAlive(lock)) rmSync(lock, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function tryLink(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function isAlive(lock) {
  try {
    process.kill(Number(readFileSync(lock, "utf8")), 0);
    return true;
  } catch (error) {
    return error.code !== "ESRCH"; // ENOENT: it was released just now. EPERM: it is alive, as another user.
  }
}

async function install() {
  if (installed()) return 0;
  const modules = lstatSync(path.join(root, "node_modules"), { throwIfNoEntry: false });
  if (modules?.isSymbolicLink()) {
    // npm would delete the packages of the folder that it points to, which another clone uses.
    console.error(`packages: ${path.join(root, "node_modules")} is a link to other packages: remove the link`);
    return 1;
  }
  const start = Date.now();
  const seconds = () => Math.round((Date.now() - start) / 1000);
  console.error("packages: npm ci");
  rmSync(stamp, { force: true });
  const ticks = setInterval(() => console.error(`packages: npm ci, ${seconds()} s`), 10_000);
  // A machine's own npm settings (NODE_ENV=production, say) must not leave out the tools.
  const parameters = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
  const options = { cwd: root, stdio: ["ignore", "pipe", "pipe"] };
  const { code, output } = await run("npm", parameters, options).finally(() => clearInterval(ticks));
  if (code === 0) {
    writeFileSync(stamp, `${wanted()}\n`);
    console.error(`packages: installed in ${seconds()} s`);
  } else {
    console.error(output.trimEnd().split("\n").slice(-20).join("\n"));
    console.error(`packages: npm ci failed with exit code ${code}; fix the problem above and run the command again`);
  }
  return code;
}
