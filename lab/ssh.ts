import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { must } from "./command.js";
import { inContainer } from "./docker.js";
import type { Instance } from "./instance.js";

/** The user who signs in to the host: not root, but with sudo and Docker. */
export const DEPLOY_USER = "deploy";

/** The start of a command that runs on the host: `[...sshCommand(instance), "docker ps"]`. It trusts only the known key. */
export function sshCommand(instance: Instance): string[] {
  const options = ["StrictHostKeyChecking=yes", `UserKnownHostsFile=${instance.knownHosts}`, "IdentitiesOnly=yes"];
  return [
    ...["ssh", "-F", "none", "-i", instance.identityFile, "-p", String(instance.ports.ssh), "-o", "BatchMode=yes"],
    ...options.flatMap((option) => ["-o", option]),
    `${DEPLOY_USER}@127.0.0.1`,
  ];
}

/** The line of a known_hosts file for a server on 127.0.0.1, from the text of its public key file. */
export function knownHostsLine(port: number, publicKey: string): string {
  const [type, key] = publicKey.trim().split(/\s+/);
  if (!type || !key) throw new Error(`not a public key: "${publicKey.trim()}"`);
  return `[127.0.0.1]:${port} ${type} ${key}\n`;
}

/** Makes the instance's key pair for signing in, once. */
export async function ensureIdentity(instance: Instance): Promise<void> {
  await mkdir(dirname(instance.identityFile), { recursive: true, mode: 0o700 });
  if (await stat(`${instance.identityFile}.pub`).catch(() => undefined)) return;
  const comment = `nocodb-lab ${instance.name}`;
  await must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", instance.identityFile], {
    input: "y\n", // overwrites half a pair that an interrupted run left
  });
}

/**
 * Authorizes the identity and records the host's key. The key is read inside the container, through the engine, so it is
 * certain to be the right one; a key from the network would have to be trusted.
 */
export async function introduce(instance: Instance): Promise<void> {
  const identity = await readFile(`${instance.identityFile}.pub`, "utf8");
  const place = `install -d -o ${DEPLOY_USER} -g ${DEPLOY_USER} -m 0700 /home/${DEPLOY_USER}/.ssh
    cat >/home/${DEPLOY_USER}/.ssh/authorized_keys
    chown ${DEPLOY_USER}: /home/${DEPLOY_USER}/.ssh/authorized_keys`;
  await inContainer(instance.containers.sshd, ["sh", "-euc", place], { input: identity });
  const publicKey = await inContainer(instance.containers.sshd, ["sh", "-euc", READ_HOST_KEY]);
  await writeFile(instance.knownHosts, knownHostsLine(instance.ports.ssh, publicKey));
  await chmod(instance.knownHosts, 0o600);
}

/** On the first start, the container makes the key only after it has started. */
const READ_HOST_KEY = `file=/etc/ssh/ssh_host_ed25519_key.pub
  for _ in $(seq 50); do [ -s "$file" ] && break; sleep 0.1; done
  cat "$file"`;
