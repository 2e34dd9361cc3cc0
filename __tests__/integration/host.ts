import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";
import { shellWord } from "../../constructs/remote-host/shell-word.js";
import { sshOptions, sshShell } from "../../constructs/remote-host/ssh.js";
import { CommandFailed, run as command, type Outcome } from "../../lab/command.js";
import { testInstance } from "../../lab/instance.js";
import { DEPLOY_USER } from "../../lab/ssh.js";

export type { Outcome };

/** The host that the tests of the host scripts work on, with names, sites and directories of their own (`it…`). */
export const instance = testInstance();

/** How the app reaches it. */
export const connection = {
  host: "127.0.0.1",
  port: instance.ports.ssh,
  user: DEPLOY_USER,
  identityFile: instance.identityFile,
  knownHosts: instance.knownHosts,
};

const scripts = fileURLToPath(new URL("../../constructs/host", import.meta.url));

// The control socket lies where the command runs, as in Terraform's working directory.
const cwd = mkdtempSync(join(tmpdir(), "it-"));
afterAll(async () => {
  await command(["ssh", "-O", "exit", ...sshOptions(connection), "-p", String(connection.port), connection.host], {
    cwd,
  });
  rmSync(cwd, { recursive: true });
});

/** What a script is given: variables by name. */
export type Input = Readonly<Record<string, string>>;

/** Runs host scripts on the host as the app does: one behind the other, over SSH, as root. */
export function run(
  names: readonly string[],
  input: Input,
  way: readonly string[] = sshShell(connection),
): Promise<Outcome> {
  const env = Object.fromEntries(Object.entries(input).map(([name, value]) => [`INPUT_${name}`, value]));
  return command(["sh", join(scripts, "on-host.sh"), ...names, "--", ...way], { env, cwd, timeoutSeconds: 120 });
}

/** A script of asides/, as `run` takes it: it stands in front of the script proper, and slows it down or winds its clock. */
export const aside = (name: string): string => `../../__tests__/integration/asides/${name}`;

/** Runs a program of the test's own on the host as root; `$1` and so on are the words. @throws CommandFailed */
export async function asRoot(program: string, ...words: string[]): Promise<string> {
  const outcome = await command(sshShell(connection), {
    input: `set -eu\nset -- ${words.map(shellWord).join(" ")}\n${program}\n`,
    cwd,
    timeoutSeconds: 60,
  });
  if (outcome.code !== 0) throw new CommandFailed(["on the host:", program, ...words], outcome);
  return outcome.stdout;
}

/** A directory of the test file's own on the host, there while its tests run; owned by root. */
export function scratch(name: string): string {
  const path = join(instance.baseDirectory, `it_${name}`);
  beforeAll(() => asRoot('rm -rf -- "$1" && umask 022 && mkdir "$1"', path));
  afterAll(() => asRoot('rm -rf -- "$1"', path));
  return path;
}

/** The record of a thing: what a script noted about it. */
export const record = (manifest: string, key: string): Promise<string> => asRoot('cat -- "$1/$2"', manifest, key);

/** Names and texts that a shell, a format or an encoding could stumble over. */
export const HOSTILE = {
  quotes: `it's "quoted" \`backed\``,
  dollar: "$HOME $(id) ${PATH} $$",
  backslash: "C:\\new\\table\\",
  percent: "100% %s %n %%",
  unicode: "Zürich 東京 🗄️",
  option: "-rf --",
  star: "* ? [a-z]",
} as const;
