import { setTimeout as sleep } from "node:timers/promises";
import { must, run } from "../lab/command.js";
import { inContainer } from "../lab/docker.js";
import type { Instance } from "../lab/instance.js";

/** Of the peers' databases, which live as long as a run. */
export const PASSWORD = "bench-peer-password";

/** Runs a script as root on the host. The words are its $1, $2, … */
export function onHost(instance: Instance, script: string, ...words: string[]): Promise<string> {
  return inContainer(instance.containers.sshd, ["sh", "-euc", script, "-", ...words]);
}

export function sql(instance: Instance, statement: string, database = "postgres"): Promise<string> {
  const psql = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database];
  return inContainer(instance.containers.postgresql, [...psql, "-c", statement]);
}

/** An empty database and its role, both with that name. */
export async function emptyDatabase(instance: Instance, name: string): Promise<void> {
  await dropDatabase(instance, name);
  await sql(instance, `CREATE ROLE ${name} LOGIN PASSWORD '${PASSWORD}'`);
  await sql(instance, `CREATE DATABASE ${name} OWNER ${name}`);
}

export async function dropDatabase(instance: Instance, name: string): Promise<void> {
  await sql(instance, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await sql(instance, `DROP ROLE IF EXISTS ${name}`);
}

/** An empty data directory that NocoDB may write. */
export function emptyData(instance: Instance, name: string): Promise<string> {
  const make = 'rm -rf "$1"; mkdir -p "$1"; chown 1000:1000 "$1"';
  return onHost(instance, make, `${instance.baseDirectory}/data/${name}`);
}

/** Adds the peers' sites to the host's Caddyfile, as their users do by hand. */
export async function placeSites(instance: Instance, aliases: readonly string[]): Promise<void> {
  const sites = aliases.map((alias) => `\n${alias}.${instance.domain} {\n\treverse_proxy ${alias}:8080\n}\n`);
  await onHost(
    instance,
    'grep -qF "$3" "$1" || printf "%s" "$2" >>"$1"',
    ...[instance.caddyfile, sites.join(""), `${aliases[0]}.${instance.domain}`],
  );
  const reload = ["caddy", "reload", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"];
  await inContainer(instance.containers.caddy, reload);
}

/** Waits until NocoDB answers inside its container. @returns whether it did within `seconds` */
export async function serves(container: string, seconds = 180): Promise<boolean> {
  const ask = ["docker", "exec", container, "wget", "-q", "-t", "1", "-T", "2", "-O", "/dev/null"];
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100)) {
    if ((await run([...ask, "http://127.0.0.1:8080/api/v1/health"])).code === 0) return true;
  }
  return false;
}

export function removeContainer(name: string): Promise<unknown> {
  return must(["docker", "rm", "--force", name]).catch(() => undefined);
}
