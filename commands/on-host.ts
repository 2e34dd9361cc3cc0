/** The commands that run host scripts on the host of one environment, without Terraform. */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { backupInput } from "../constructs/backups.js";
import { shellWord } from "../constructs/shell-word.js";
import { type SshConnection, sshAsRoot, sshOptions } from "../constructs/ssh.js";
import { configDirectory, type Environment, formatProblems, loadEnvironments } from "../settings/environment.js";

const hostScripts = fileURLToPath(new URL("../constructs/host", import.meta.url));

/** The environment of that name, or what to print where there is none; the exit status is then 2. */
export function environmentNamed(name: string | undefined, usage: string): Environment | string {
  const { environments, problems } = loadEnvironments(process.env.NOCODB_ENVIRONMENTS ?? "environments", process.env);
  const environment = environments.find((each) => each.name === name);
  if (environment) return environment;
  const own = problems.filter((each) => each.environment === name);
  const known = environments.map((each) => each.name).join(", ");
  return own.length > 0 ? formatProblems(own) : `usage: ${usage} (one of: ${known})`;
}

/**
 * Runs host scripts as root on the environment's host, their output on this terminal.
 *
 * @returns their exit status, 255 where the host cannot be reached
 */
export function runOnHost(environment: Environment, scripts: readonly string[], input: Input): number {
  return spawnOnHost(environment, scripts, input, "inherit").status ?? 1;
}

/** The same with what they print for the caller; what they complain of goes to this terminal. */
export function sayOnHost(environment: Environment, scripts: readonly string[], input: Input) {
  const { status, stdout } = spawnOnHost(environment, scripts, input, "pipe");
  return { status: status ?? 1, said: String(stdout) };
}

type Input = Readonly<Record<string, string>>;

function spawnOnHost(environment: Environment, scripts: readonly string[], input: Input, stdout: "inherit" | "pipe") {
  const { argv, env } = scriptsOnHost(environment, scripts, input);
  return spawnSync(argv[0]!, argv.slice(1), { stdio: ["inherit", stdout, "inherit"], env });
}

/** The command that runs host scripts. */
export function scriptsOnHost({ ssh }: Environment, scripts: readonly string[], input: Input) {
  const argv = ["sh", path.join(hostScripts, "on-host.sh"), "common.sh", ...scripts, "--", ...asRoot(ssh, "sh -s")];
  const given = Object.fromEntries(Object.entries(input).map(([name, value]) => [`INPUT_${name}`, value]));
  return { argv, env: { ...process.env, ...given } };
}

/** The command that unpacks a tar on the host, as root's, in a directory there. */
export function unpackOnHost({ ssh }: Environment, directory: string) {
  return { argv: asRoot(ssh, `tar -C ${shellWord(directory)} --no-same-owner -xf -`) };
}

/** Over a connection of its own: the shared one belongs to the directory Terraform runs in. */
function asRoot(ssh: SshConnection, command: string): string[] {
  return sshAsRoot(ssh, command, ["-o", "ControlPath=none", ...sshOptions(ssh)]);
}

/** What backup.sh expects. */
export function backupsOf(environment: Environment): Record<string, string> {
  const { backups, postgresql, baseDirectory } = environment;
  const config = configDirectory(environment);
  const [dataDirectory, environmentFile] = [`${baseDirectory}/data/nocodb`, `${config}/nocodb.env`];
  const input = backupInput({ ...backups, ...postgresql, dataDirectory, environmentFile });
  return { manifest: `${config}/manifest`, ...input };
}
