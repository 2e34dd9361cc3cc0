import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { checkInput, ProgramFolder, program } from "../../constructs/remote-host/program.js";
import { shellWord } from "../../constructs/remote-host/shell-word.js";
import { sshOptions, sshShell } from "../../constructs/remote-host/ssh.js";
import { CommandFailed, run as command, type Outcome } from "../../lab/command.js";
import { testInstance } from "../../lab/instance.js";
import { DEPLOY_USER } from "../../lab/ssh.js";

export type { Outcome };

/** The host that these tests work on, with names, sites and directories of their own (`it…`). */
export const instance = testInstance();

/** How the app reaches it. */
export const connection = {
  host: "127.0.0.1",
  port: instance.ports.ssh,
  user: DEPLOY_USER,
  identityFile: instance.identityFile,
  knownHosts: instance.knownHosts,
};

const folder = new ProgramFolder();
for (const local of ["run-remote", "run-probe", "preflight"] as const) {
  folder.write(local, readFileSync(new URL(`../../constructs/remote-host/${local}.sh`, import.meta.url), "utf8"));
}

// The control socket is in the working directory, as with Terraform.
const cwd = mkdtempSync(join(tmpdir(), "it-"));
afterAll(async () => {
  await command(["ssh", "-O", "exit", ...sshOptions(connection), "-p", String(connection.port), connection.host], {
    cwd,
  });
  rmSync(cwd, { recursive: true });
});

/** What a program is given: variables by name. */
export type Input = Readonly<Record<string, string>>;

export interface RunOptions {
  /** The command that runs a shell on the host. @default SSH as the app uses it */
  readonly shell?: readonly string[];
  /** A script of fault-injection/, without `.sh`: its functions replace commands and functions of the program. */
  readonly inject?: string | undefined;
  /** What that script expects. */
  readonly faultInput?: Input;
  /** The script that starts the program. @default run-remote */
  readonly runner?: "run-remote" | "run-probe";
}

/**
 * Runs a program on the host as the app does: over SSH, as root.
 *
 * @param name such as `caddy-site/apply`
 * @throws if the input is not what the program's header expects
 */
export function run(name: string, input: Input, options: RunOptions = {}): Promise<Outcome> {
  const { shell = sshShell(connection), inject, faultInput, runner = "run-remote" } = options;
  const linked = program(name);
  checkInput(linked, Object.keys(input));
  const written = inject === undefined ? name : `${name}-${inject}`;
  writeOnce(written, inject === undefined ? linked.text : withFault(linked.text, inject));
  const entries = Object.entries({ ...input, ...faultInput });
  const env = Object.fromEntries(entries.map(([variable, value]) => [`INPUT_${variable}`, value]));
  const argv = ["sh", join(folder.path, `${runner}.sh`), written, "--", ...shell];
  return command(argv, { env, cwd, timeoutSeconds: 120 });
}

/** Another run may be reading the file. */
function writeOnce(name: string, text: string): void {
  if (!existsSync(join(folder.path, `${name}.sh`))) folder.write(name, text);
}

const START = "main </dev/null\n";

/** The program with a fault in front of the line that starts it. */
function withFault(text: string, fault: string): string {
  const injected = readFileSync(new URL(`./fault-injection/${fault}.sh`, import.meta.url), "utf8");
  return `${text.slice(0, -START.length)}${injected}\n${START}`;
}

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

/** A directory of the test file's own on the host, owned by root, that exists while its tests run. */
export function scratch(name: string): string {
  const path = join(instance.baseDirectory, `it_${name}`);
  beforeAll(() => asRoot('rm -rf -- "$1" && umask 022 && mkdir "$1"', path));
  afterAll(() => asRoot('rm -rf -- "$1"', path));
  return path;
}

/** A record: what a program has left, and recorded. */
export const record = (records: string, key: string): Promise<string> => asRoot('cat -- "$1/$2"', records, key);

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

/** An environment file for the commands of an operator on this host. */
export function environmentText(baseDirectory: string): string {
  return `project: it
domain: ${instance.domain}
ssh:
  host: ${connection.host}
  port: ${connection.port}
  user: ${connection.user}
  identityFile: ${connection.identityFile}
  knownHosts: ${connection.knownHosts}
baseDirectory: ${baseDirectory}
`;
}
