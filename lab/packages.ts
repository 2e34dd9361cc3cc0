import { access, constants, readFile, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { must, run } from "./command.js";
import { LabProblem } from "./problem.js";
import { phase, type Report } from "./progress.js";

/** Can this process install Debian packages? */
export async function isDebianAsRoot(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  return (await stat("/etc/debian_version").catch(() => undefined)) !== undefined;
}

/** The full path of a program on PATH, or undefined. */
export async function programPath(program: string, path = process.env.PATH ?? ""): Promise<string | undefined> {
  for (const folder of [...path.split(delimiter), "/usr/sbin", "/sbin"]) {
    const candidate = join(folder || ".", program);
    const found = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return candidate;
  }
  return undefined;
}

/**
 * Makes sure that programs are installed: `{ ssh: "openssh-client" }` maps a program to its Debian package.
 *
 * @throws LabProblem if a program is missing and cannot be installed
 */
export async function ensurePrograms(wanted: Readonly<Record<string, string>>, report: Report): Promise<void> {
  const missing: string[] = [];
  for (const program of Object.keys(wanted)) if (!(await programPath(program))) missing.push(program);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((program) => wanted[program]!))];
  if (!(await isDebianAsRoot())) {
    throw new LabProblem(
      `Missing on this machine: ${missing.join(", ")}`,
      `Install it (on Debian: apt-get install ${packages.join(" ")}). On Debian, as root, the lab installs it`,
    );
  }
  await phase(report, `apt-get install ${packages.join(" ")}`, () => inTurn(() => install(packages)));
}

let turn: Promise<unknown> = Promise.resolve();

/** apt allows one installation at a time, but phases run in parallel. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work);
  turn = mine.catch(() => undefined);
  return mine;
}

async function install(packages: readonly string[]): Promise<void> {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const argv = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"];
  // A bare machine has no package lists, and old lists name packages that no longer exist.
  if ((await run([...argv, ...packages], { env })).code === 0) return;
  await must(["apt-get", "update", "-q"], { env });
  await must([...argv, ...packages], { env });
}

/** The Debian mirror in a machine's package sources, of either format; by default the public one. */
export function debianMirror(sources: readonly string[]): string {
  const pattern = /^\s*(?:deb\s+(?:\[[^\]]*\]\s+)?|URIs:\s*)(https?:\/\/\S+\/debian)\/?(?=\s|$)/m;
  for (const source of sources) {
    const mirror = pattern.exec(source)?.[1];
    if (mirror) return mirror;
  }
  return "http://deb.debian.org/debian";
}

/** The mirror of this machine. */
export async function ownDebianMirror(): Promise<string> {
  const files = ["/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"];
  return debianMirror(await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => ""))));
}
