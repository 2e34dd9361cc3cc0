import { randomBytes } from "node:crypto";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ensureVolume, inContainer } from "../docker.js";
import { started } from "../host.js";
import type { Instance } from "../instance.js";
import { DEPLOY_USER } from "../ssh.js";
import type { Cluster } from "./cluster.js";

/** The images of a cluster's services. They are built here. */
export const SERVICE_IMAGES = { redis: "nocodb-lab/redis:1", s3: "nocodb-lab/s3:1" } as const;

/** Makes the passwords of Redis and S3, once. They are on the host, for its deploy user. */
export async function placeSecrets({ redis, s3 }: Cluster): Promise<void> {
  for (const file of [redis.passwordFile, s3.accessKeyFile, s3.secretKeyFile]) {
    if (await stat(file).catch(() => undefined)) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, randomBytes(24).toString("hex"), { mode: 0o600 });
  }
}

/** Gives the passwords to the host's deploy user. Needs the SSH container, on this process's engine. */
export async function handOverSecrets(instance: Instance, { redis, s3 }: Cluster): Promise<void> {
  const folders = [dirname(redis.passwordFile), dirname(s3.accessKeyFile)];
  await inContainer(instance.containers.sshd, ["chown", "-R", `${DEPLOY_USER}:`, ...folders]);
}

/** Brings Redis up, on this process's engine. */
export async function ensureRedis(instance: Instance, { redis }: Cluster): Promise<void> {
  await ensureVolume(instance, redis.volume);
  const container = {
    name: redis.container,
    image: SERVICE_IMAGES.redis,
    settings: [
      ...["--restart", "unless-stopped", "--volume", `${redis.volume}:/data`],
      ...["--volume", `${dirname(redis.passwordFile)}:/run/secrets:ro`],
    ],
    networks: [{ name: instance.backend.name, alias: redis.host }],
  };
  const ping = "REDISCLI_AUTH=$(cat /run/secrets/password) redis-cli ping | grep -x PONG";
  await started(instance, container, 30, async () => {
    await inContainer(container.name, ["sh", "-euc", ping]);
  });
}

/** Brings the S3 server up, on this process's engine. */
export async function ensureS3(instance: Instance, { s3 }: Cluster): Promise<void> {
  await ensureVolume(instance, s3.volume);
  const container = {
    name: s3.container,
    image: SERVICE_IMAGES.s3,
    settings: [
      ...["--restart", "unless-stopped", "--volume", `${s3.volume}:/data`],
      ...["--volume", `${dirname(s3.accessKeyFile)}:/run/secrets:ro`],
      ...["--env", `S3_PORT=${s3.port}`, "--env", `S3_REGION=${s3.region}`, "--env", `S3_BUCKET=${s3.bucket}`],
      ...["--publish", `${instance.publishedOn}:${s3.port}:${s3.port}`],
    ],
    networks: [instance.frontend, instance.backend].map(({ name }) => ({ name, alias: s3.host })),
  };
  await started(instance, container, 30, async () => {
    const signal = AbortSignal.timeout(3000);
    const { status } = await fetch(`http://127.0.0.1:${s3.port}/${s3.bucket}`, { signal });
    if (status !== 403) throw new Error(`an anonymous request is answered ${status}, not 403`);
  });
}
