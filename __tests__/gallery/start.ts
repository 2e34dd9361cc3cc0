import { CommandFailed, must, run } from "../../lab/command.js";
import { inContainer, ownedBy } from "../../lab/docker.js";
import { IMAGES } from "../../lab/images.js";
import type { Instance } from "../../lab/instance.js";
import { eventually } from "../../lab/site.js";
import { introduce } from "../../lab/ssh.js";
import type { GalleryApp, GalleryPostgresql } from "./gallery-host.js";
import { base, instance, named } from "./place.js";

/** Starts a container that belongs to the lab's instance, and fails with its log if it ends at once. */
export async function startContainer(
  name: string,
  image: string,
  settings: readonly string[],
  command: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const own = ["--name", name, "--label", ownedBy(instance)];
  await must(["docker", "run", "--detach", ...own, ...settings, image, ...command], { env });
  const { stdout } = await run(["docker", "inspect", "--format", "{{.State.Running}}", name]);
  if (stdout.trim() !== "true") throw new CommandFailed(["docker", "logs", name], await run(["docker", "logs", name]));
}

/** A program that answers any request in the same way. */
export function startApp({ name, port, network = instance.frontend.name, options = [] }: GalleryApp): Promise<void> {
  const settings = ["--network", network, ...(network.includes(":") ? [] : ["--network-alias", name]), ...options];
  const answer = ["--listen", `:${port}`, "--header", `X-App: ${name}`, "--body", `${name}: {http.request.uri}`];
  return startContainer(named(`_gallery_${name}`), IMAGES.caddy, settings, ["caddy", "respond", ...answer]);
}

/** A machine that SSH reaches, and that sees the processes of the containers. */
export async function startMachine(machine: Instance): Promise<void> {
  const { sshd } = machine.containers;
  const socket = `{{range .Mounts}}{{if eq .Destination "/run/docker.sock"}}{{.Source}}{{end}}{{end}}`;
  await startContainer(sshd, IMAGES.sshd, [
    ...["--pid", "host", "--userns", "host", "--network", machine.frontend.name],
    ...["--cap-add", "SYS_ADMIN", "--cap-add", "SYS_PTRACE"],
    ...["--publish", `127.0.0.1:${machine.ports.ssh}:22`, "--volume", `${base}:${base}`],
    ...[
      "--volume",
      `${await must(["docker", "inspect", "--format", socket, instance.containers.sshd])}:/run/docker.sock`,
    ],
  ]);
  await introduce(machine);
}

/** A PostgreSQL of the host's own, found as `db` on the backend network. */
export async function startPostgresql(
  name: string,
  { superuser, options = [], sql, access }: GalleryPostgresql,
): Promise<void> {
  const settings = ["--network", instance.backend.name, "--network-alias", "db", "--env", "POSTGRES_PASSWORD"];
  const secrets = { POSTGRES_PASSWORD: "of-the-gallery" };
  await startContainer(
    name,
    IMAGES.postgresql,
    [...settings, "--env", `POSTGRES_USER=${superuser}`, ...options],
    [],
    secrets,
  );
  const psql = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", superuser, "-d", "postgres"];
  await eventually(60, () => inContainer(name, ["pg_isready", "-q", "-U", superuser, "-h", "127.0.0.1"]));
  if (sql !== undefined) await inContainer(name, psql, { input: sql });
  if (access === undefined) return;
  const prepend = 'file=$PGDATA/pg_hba.conf; { cat; cat "$file"; } >/tmp/access; cat /tmp/access >"$file"';
  await inContainer(name, ["sh", "-euc", prepend], { input: access });
  await must(["docker", "kill", "--signal", "HUP", name]);
}
