import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sshOptions } from "../../../constructs/ssh.js";
import type { Instance } from "../../instance.js";
import { DEPLOY_USER } from "../../ssh.js";
import { slug } from "./case.js";
import type { GroundProps, Recorded } from "./ground.js";

const folder = fileURLToPath(new URL("./recordings", import.meta.url));
const fileOf = (rule: string) => join(folder, `${slug(rule)}.json`);

/** What the real providers did, step by step. */
export async function recording(rule: string): Promise<Recorded[]> {
  return JSON.parse(await readFile(fileOf(rule), "utf8"));
}

export async function record(rule: string, steps: readonly Recorded[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(fileOf(rule), `${JSON.stringify(steps, null, 2)}\n`);
}

/** Recordings of cases that are no more. */
export async function removeOthers(rules: readonly string[]): Promise<void> {
  const kept = rules.map((rule) => `${slug(rule)}.json`);
  const others = (await readdir(folder)).filter((file) => !kept.includes(file));
  await Promise.all(others.map((file) => rm(join(folder, file))));
}

/** The host of a lab instance as the docker provider reaches it, with the app's own options. */
export function connectionTo(instance: Instance): GroundProps["connection"] {
  const { identityFile, knownHosts, ports } = instance;
  const ssh = { host: "127.0.0.1", port: ports.ssh, user: DEPLOY_USER, identityFile, knownHosts };
  return { host: `ssh://${ssh.user}@${ssh.host}:${ssh.port}`, ssh_opts: sshOptions(ssh) };
}
