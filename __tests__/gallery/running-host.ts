import { must, run } from "../../lab/command.js";
import { inContainer, ownedBy } from "../../lab/docker.js";
import { IMAGES } from "../../lab/images.js";
import type { Instance } from "../../lab/instance.js";
import { Host } from "../e2e/host.js";
import type { GalleryCaddy, GalleryHost } from "./gallery-host.js";
import { base, instance, named, PUBLISHED } from "./place.js";
import { startApp, startContainer, startMachine, startPostgresql } from "./start.js";
import { Watch } from "./watch.js";

const host = new Host(instance);

/** A host of the gallery on the lab: everything that its owner had there before the app. */
export class RunningHost {
  readonly watch: Watch;
  readonly caddy: string;
  readonly postgresql: string;
  private readonly superuser: string;

  constructor(private readonly its: GalleryHost) {
    this.watch = new Watch(its.neighbours, PUBLISHED, instance.domain);
    this.caddy = named(its.caddy.container ?? "_gallery_caddy");
    this.postgresql = its.postgresql ? named("_gallery_postgresql") : instance.containers.postgresql;
    this.superuser = its.postgresql?.superuser ?? "postgres";
  }

  /** The machine that SSH reaches, if it is not the lab's. */
  private get machine(): Instance {
    const { containers, ports, directory } = instance;
    return {
      ...instance,
      containers: { ...containers, sshd: named("_gallery_sshd") },
      ports: { ...ports, ssh: ports.ssh + 10 },
      knownHosts: `${directory}/ssh/known_hosts_gallery`,
    };
  }

  /** The settings of the environment file that describe the host. */
  get settings(): Record<string, unknown> {
    const { postgresql, caddy, settings, seesProcesses } = this.its;
    const { ports, knownHosts } = this.machine;
    return {
      ...{ baseDirectory: base, consumers: undefined, privateNetwork: undefined },
      ...{ "caddy.container": this.caddy, "caddy.publicPort": PUBLISHED.https, "caddy.snippets": [] },
      "caddy.caddyfile": `${base}/configs/caddy/${caddy.caddyfile ?? "Caddyfile"}`,
      ...(postgresql && {
        ...{ "postgresql.container": this.postgresql, "postgresql.superuser": this.superuser },
        "postgresql.host": "db",
      }),
      ...(seesProcesses && { "ssh.port": ports.ssh, "ssh.knownHosts": knownHosts }),
      ...settings,
    };
  }

  /** Starts everything, and waits until the neighbours answer. */
  async start(): Promise<void> {
    const { networks = [], apps = [], postgresql, caddy, seesProcesses } = this.its;
    await this.remove();
    for (const network of networks)
      await must(["docker", "network", "create", "--label", ownedBy(instance), named(network)]);
    const directories = 'mkdir -p "$1/configs/caddy" "$1/data"; chown deploy: "$1" "$1/configs" "$1/data"';
    await host.sh(`umask 022; ${directories}`, base);
    await Promise.all([
      postgresql ? startPostgresql(this.postgresql, postgresql) : undefined,
      ...apps.map((app) => startApp(app)),
      seesProcesses ? startMachine(this.machine) : undefined,
    ]);
    await this.startCaddy(caddy);
    await this.sql("CREATE ROLE shop LOGIN");
    await this.sql("CREATE DATABASE shop OWNER shop");
    await this.sql("CREATE TABLE orders AS SELECT * FROM generate_series(1, 100) AS number", "shop");
    await this.watch.begin();
  }

  private async startCaddy(caddy: GalleryCaddy): Promise<void> {
    const { mount = "directory", network = instance.frontend.name, command, furtherNetworks = [] } = caddy;
    const { options = [], ports = { http: 80, https: 443 }, isPublished = true } = caddy;
    const files = `${base}/configs/caddy`;
    for (const [path, content] of Object.entries(caddy.files)) await writeFile(`${files}/${path}`, content);
    await host.sh(`cd "$2"; umask 022; ${caddy.prepare ?? ""}`, instance.domain, files);
    const [source, target] =
      mount === "file" ? [`${files}/${caddy.caddyfile ?? "Caddyfile"}`, "/etc/caddy/Caddyfile"] : [files, "/etc/caddy"];
    const publish = isPublished
      ? (["http", "https"] as const).flatMap((kind) => ["--publish", `127.0.0.1:${PUBLISHED[kind]}:${ports[kind]}`])
      : [];
    const settings = ["--network", network, "--volume", `${source}:${target}${mount.startsWith("read") ? ":ro" : ""}`];
    const words = command === undefined ? [] : ["sh", "-c", command];
    await startContainer(this.caddy, IMAGES.caddy, [...settings, ...publish, ...options], words);
    for (const each of furtherNetworks) await must(["docker", "network", "connect", each, this.caddy]);
  }

  /** Runs SQL as the owner of the server. */
  sql(statement: string, database = "postgres"): Promise<string> {
    const psql = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database];
    const shell = ['PGPASSWORD=$POSTGRES_PASSWORD exec "$@"', "psql", ...psql, "-U", this.superuser, "-h", "127.0.0.1"];
    return inContainer(this.postgresql, ["sh", "-c", ...shell], { input: `${statement};` });
  }

  /** Everything that is not the app's: containers, files, roles, and databases with their content. */
  async everythingElse(): Promise<string> {
    const format = "{{.Name}} {{.Id}} {{.State.StartedAt}} {{.RestartCount}} {{json .HostConfig.Binds}}";
    const containers = (await must(["docker", "ps", "--quiet", "--no-trunc", "--filter", `label=${ownedBy(instance)}`]))
      .split("\n")
      .sort();
    const { unchanged } = this.its.postgresql ?? {};
    return [
      unchanged === undefined ? "" : await this.sql(unchanged, "nocodb"),
      await must(["docker", "inspect", "--format", format, ...containers]),
      await host.sh(
        'cd "$1" && find . -printf "%p %y %U:%G %m %l\\n" | sort && find . -type f -exec sha256sum {} + | sort',
        `${base}/configs/caddy`,
      ),
      await this.sql(
        "SELECT rolname, rolsuper, rolcanlogin, rolpassword FROM pg_authid WHERE rolname <> 'nocodb' ORDER BY 1",
      ),
      await this.sql("SELECT datname, datdba::regrole, datacl FROM pg_database WHERE datname <> 'nocodb' ORDER BY 1"),
      await this.sql("SELECT sum(number) FROM orders", "shop"),
    ].join("\n\n");
  }

  /** Whether something of the app is on the host, which a refused plan must not leave. */
  async isTouched(): Promise<boolean> {
    const { code } = await run(["docker", "inspect", instance.containers.nocodb]);
    const files = await host.sh('cd "$1" && find configs data -mindepth 1 -maxdepth 1', base);
    const there = await this.sql("SELECT count(*) FROM pg_roles WHERE rolname = 'nocodb'");
    return code === 0 || files.includes("nocodb") || there !== "0";
  }

  /** Removes everything, and what the app has kept. */
  async remove(): Promise<void> {
    const { apps = [], networks = [], postgresql } = this.its;
    const own = [this.caddy, instance.containers.nocodb, this.machine.containers.sshd];
    const containers = [...own, ...apps.map(({ name }) => named(`_gallery_${name}`))];
    if (postgresql) containers.push(this.postgresql);
    await run(["docker", "rm", "--force", "--volumes", ...containers]);
    for (const network of networks) await run(["docker", "network", "rm", named(network)]);
    await host.sh('rm -rf -- "$1"', base);
    if (postgresql) return;
    for (const each of ["nocodb", "shop"]) {
      await host.sql(`DROP DATABASE IF EXISTS ${each} WITH (FORCE)`);
      await host.sql(`DROP ROLE IF EXISTS ${each}`);
    }
  }
}

/** Writes a file, or a link if the content is `-> TARGET`. */
async function writeFile(path: string, content: string): Promise<void> {
  const write = 'umask 022; mkdir -p "$(dirname "$1")"; cat >"$1"';
  const link = 'umask 022; mkdir -p "$(dirname "$1")"; ln -s "$(cat)" "$1"';
  const [script, input] = content.startsWith("-> ") ? [link, content.slice(3)] : [write, content];
  await inContainer(instance.containers.sshd, ["sh", "-euc", script, "-", path], { input });
}
