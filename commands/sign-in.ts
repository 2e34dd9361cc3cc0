/** `npm run sign-in -- prod`: prints where and as whom to sign in, read from nocodb.env on the host. */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { sshOptions, sshShell } from "../constructs/remote-host.js";
import { formatProblems, loadEnvironments } from "../settings/environment.js";

const scripts = fileURLToPath(new URL("../constructs/host", import.meta.url));

function main(name: string | undefined): number {
  const { environments, problems } = loadEnvironments(process.env.NOCODB_ENVIRONMENTS ?? "environments", process.env);
  const environment = environments.find((each) => each.name === name);
  if (!environment) {
    const own = problems.filter((each) => each.environment === name);
    const known = environments.map((each) => each.name).join(", ");
    console.error(own.length > 0 ? formatProblems(own) : `usage: npm run sign-in -- ENVIRONMENT (one of: ${known})`);
    return 2;
  }
  // A connection of its own: the shared one belongs to the directory Terraform runs in.
  const ssh = sshShell(environment.ssh, ["-o", "ControlPath=none", ...sshOptions(environment.ssh)]);
  const command = [path.join(scripts, "on-host.sh"), "common.sh", "print-sign-in.sh", "--", ...ssh];
  const INPUT_env_file = `${environment.baseDirectory}/configs/nocodb/nocodb.env`;
  const { status } = spawnSync("sh", command, { stdio: "inherit", env: { ...process.env, INPUT_env_file } });
  return status ?? 1;
}

process.exitCode = main(process.argv[2]);
