import { randomBytes } from "node:crypto";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { caddyfile } from "./caddyfile.js";
import { lastLines, must, run } from "./command.js";
import { ensureConsumers } from "./consumers.js";
import { type ContainerWanted, ensureContainer, ensureNetwork, ensureVolume, inContainer } from "./docker.js";
import { type Engine, readyEngine } from "./engine.js";
import { IMAGES, prepareImages } from "./images.js";
import type { Instance } from "./instance.js";
import { alone } from "./lock.js";
import { ensurePrograms } from "./packages.js";
import { LabProblem } from "./problem.js";
import { phase, type Report } from "./progress.js";
import { ask, eventually } from "./site.js";
import { DEPLOY_USER, ensureIdentity, introduce, sshCommand } from "./ssh.js";

/**
 * Brings the host of an instance up, whatever state it is in, and checks SSH, PostgreSQL and Caddy. The two consumers only have to
 * run: a deploy gives them their settings. May run at any time; parts that are already right stay as they are.
 */
export async function hostUp(instance: Instance, report: Report): Promise<void> {
  await ensurePrograms({ ssh: "openssh-client", "ssh-keygen": "openssh-client" }, report);
  const engine = await readyEngine(report);
  await prepareImages(engine, report);
  await alone(`instance-${instance.name}`, report, () =>
    phase(report, `host ${instance.name}: networks, PostgreSQL, Caddy, SSH, consumers`, async () => {
      await Promise.all([placeFiles(instance), ensureIdentity(instance), placeNetworks(instance)]);
      const consumers = async () => {
        await sshd(instance, engine);
        await ensureConsumers(instance);
      };
      await Promise.all([postgresql(instance), caddy(instance), consumers()]);
    }),
  );
}

async function placeNetworks(instance: Instance): Promise<void> {
  await ensureNetwork(instance, instance.frontend);
  await ensureNetwork(instance, instance.backend, ["--internal"]);
  await ensureVolume(instance, instance.volumes.postgresql);
  await ensureVolume(instance, instance.volumes.caddy);
}

/** The files that containers mount. An existing Caddyfile is kept, as it may have been edited. */
async function placeFiles(instance: Instance): Promise<void> {
  await mkdir(instance.directory, { recursive: true, mode: 0o700 });
  await chmod(dirname(instance.directory), 0o700);
  await chmod(instance.directory, 0o700);
  if ((await run(["test", "-e", instance.caddyfile])).code === 0) return;
  await mkdir(instance.sitesDirectory, { recursive: true });
  await writeFile(instance.caddyfile, caddyfile(instance));
}

async function postgresql(instance: Instance): Promise<void> {
  const container: ContainerWanted = {
    name: instance.containers.postgresql,
    image: IMAGES.postgresql,
    settings: [
      ...["--restart", "unless-stopped", "--env", "POSTGRES_PASSWORD"],
      ...["--volume", `${instance.volumes.postgresql}:${postgresqlVolume(IMAGES.postgresql)}`],
    ],
    secrets: { POSTGRES_PASSWORD: randomBytes(24).toString("base64url") },
    networks: [{ name: instance.backend.name, alias: "postgresql" }],
  };
  await started(instance, container, 60, async () => {
    // Over TCP: while the official image prepares the cluster on its first start, it answers on the socket only.
    await inContainer(container.name, ["pg_isready", "-q", "-U", "postgres", "-h", "127.0.0.1"]);
  });
}

/** Where the official image has its volume: since version 18, one directory higher. */
function postgresqlVolume(image: string): string {
  return Number(image.split(":")[1]) < 18 ? "/var/lib/postgresql/data" : "/var/lib/postgresql";
}

async function caddy(instance: Instance): Promise<void> {
  const container: ContainerWanted = {
    name: instance.containers.caddy,
    image: IMAGES.caddy,
    settings: [
      ...["--restart", "unless-stopped", "--volume", `${instance.volumes.caddy}:/data`],
      ...["--volume", `${instance.caddyfile}:/etc/caddy/Caddyfile`],
      ...["--volume", `${instance.sitesDirectory}:/etc/caddy/sites`],
      ...["--publish", `${instance.publishedOn}:${instance.ports.http}:80`],
      ...["--publish", `${instance.publishedOn}:${instance.ports.https}:443`],
    ],
    networks: [{ name: instance.frontend.name }, { name: instance.backend.name }],
  };
  await started(instance, container, 30, async () => {
    const root = await inContainer(container.name, ["cat", "/data/caddy/pki/authorities/local/root.crt"]);
    await writeFile(instance.rootCertificate, `${root}\n`);
    const answer = await ask(instance, instance.otherSite);
    if (answer.status !== 200) throw new Error(`https://${instance.otherSite} answers ${answer.status}, not 200`);
  });
}

async function sshd(instance: Instance, engine: Engine): Promise<void> {
  const container: ContainerWanted = {
    name: instance.containers.sshd,
    image: IMAGES.sshd,
    settings: [
      // Its root is the host's root, even if the engine gives containers other users.
      ...["--restart", "unless-stopped", "--init", "--userns", "host", "--hostname", `${instance.name}-host`],
      ...["--publish", `${instance.publishedOn}:${instance.ports.ssh}:22`],
      // Not /var/run, a symlink: `docker cp` of engine 28.5 fails on a container with a mount below one.
      ...["--volume", `${engine.socket}:/run/docker.sock`],
      ...["--volume", `${instance.baseDirectory}:${instance.baseDirectory}`],
      // Of a cluster's overlay networks root of the host enters the namespaces, which needs its processes.
      ...(instance.cluster ? ["--pid", "host", "--cap-add", "SYS_ADMIN", "--cap-add", "SYS_PTRACE"] : []),
    ],
    networks: [{ name: instance.frontend.name }, { name: instance.backend.name }],
  };
  await started(instance, container, 120, async () => {
    await inContainer(container.name, ["sh", "-euc", HAND_OVER, "-", instance.baseDirectory]);
    await introduce(instance);
    await must([...sshCommand(instance), "sudo -n true && docker version"], { timeoutSeconds: 10 });
  });
}

/**
 * Gives the base directory to the host's deploy user. It lies in a user's home directory, so its parents are made
 * accessible; in the container they hold nothing else.
 */
const HAND_OVER = `
  mkdir -p "$1/data"
  chmod 0755 "$1"
  chown ${DEPLOY_USER}: "$1" "$1/configs" "$1/data" "$1/configs/caddy" "$1/configs/caddy/sites"
  parent=$1
  while parent=$(dirname "$parent") && [ "$parent" != / ]; do chmod a+x "$parent"; done`;

/** A container that runs and passes its check; if it does not within `seconds`, the problem shows the end of its log. */
export async function started(
  instance: Instance,
  container: ContainerWanted,
  seconds: number,
  check: () => Promise<void>,
): Promise<void> {
  await ensureContainer(instance, container);
  try {
    await eventually(seconds, check);
  } catch (error) {
    const log = await run(["docker", "logs", "--tail", "12", container.name]);
    throw new LabProblem(
      `Container ${container.name} is not ready after ${seconds} s: ${(error as Error).message}\n${lastLines(log.stdout + log.stderr, 12)}`,
      `See: docker logs ${container.name}. To start again: npm run lab -- down --instance ${instance.name}`,
    );
  }
}
