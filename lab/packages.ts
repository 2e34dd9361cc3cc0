import { access, constants, readFile, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { must, run } from "./command.js";
import { LabProblem } from "./problem.js";
import { phase, type Report } from "./progress.js";

/** Is this a Debian on which this process may install packages? */
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
 * Makes sure that programs are there: `{ ssh: "openssh-client" }` maps a program to its Debian package.
 *
 * @throws LabProblem where one is missing and this is not a Debian on which packages can be installed
 */
export async function ensurePrograms(wanted: Readonly<Record<string, string>>, report: Report): Promise<void> {
  const missing: string[] = [];
  for (const program of Object.keys(wanted)) if (!(await programPath(program))) missing.push(program);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((program) => wanted[program]!))];
  if (!(await isDebianAsRoot())) {
    throw new LabProblem(
      `Missing on this machine: ${missing.join(", ")}`,
      `Install what provides it (on Debian: apt-get install ${packages.join(" ")}); as root on Debian this happens by itself`,
    );
  }
  await phase(report, `apt-get install ${packages.join(" ")}`, () => inTurn(() => install(packages)));
}

let turn: Promise<unknown> = Promise.resolve();

/** apt takes one at a time, and phases run side by side. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work);
  turn = mine.catch(() => undefined);
  return mine;
}

async function install(packages: readonly string[]): Promise<void> {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const argv = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"];
  // A bare machine has no package lists at all, an old one has lists of packages that are gone.
  if ((await run([...argv, ...packages], { env })).code === 0) return;
  await must(["apt-get", "update", "-q"], { env });
  await must([...argv, ...packages], { env });
}

/** The Debian mirror that a machine uses, by its package sources in either format; the public one when none is found. */
export function debianMirror(sources: readonly string[]): string {
  const pattern = /^\s*(?:deb\s+(?:\[[^\]]*\]\s+)?|URIs:\s*)(https?:\/\/\S+\/debian)\/?(?=\s|$)/m;
  for (const source of sources) {
    const mirror = pattern.exec(source)?.[1];
    if (mirror) return mirror;
  }
  return "http://deb.debian.org/debian";
}

/** The mirror of the machine this runs on. */
export async function ownDebianMirror(): Promise<string> {
  const files = ["/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"];
  return debianMirror(await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => ""))));
}
