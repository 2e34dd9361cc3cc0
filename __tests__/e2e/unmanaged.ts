import type { PastEvent } from "../../cli/history.js";
import { must, run } from "../../lab/command.js";
import { Deployment } from "../../lab/deployment.js";
import { inContainer, ownedBy } from "../../lab/docker.js";
import { IMAGES } from "../../lab/images.js";
import { testInstance } from "../../lab/instance.js";
import { eventually } from "../../lab/site.js";
import { Host } from "./host.js";
import { type Credential, nocodb } from "./nocodb.js";
import { signIn, visit } from "./visitor.js";
import { Base } from "./work.js";

/** How someone created a NocoDB on the host before the app. */
export interface Unmanaged {
  /** The container's name. */
  readonly container: string;
  readonly database: string;
  /** NocoDB's role in PostgreSQL; it owns the tables. */
  readonly role: string;
  readonly superuser: boolean;
  /** Options of `docker run`, beside name, networks and database. */
  readonly settings: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const instance = testInstance();

export const ROOT = { email: "root@acme.example", password: "ofTheSuperAdmin4711" };
export const ANN = { email: "ann@acme.example", password: "ofAnn4711" };

/**
 * A NocoDB that someone created on the host without the app, with data in it. Its project is not that of the other
 * tests: it has its own names, base directory, database and site, and uses the instance's PostgreSQL and Caddy.
 */
export class UnmanagedNocodb {
  readonly project = `${instance.name}-unmanaged`;
  readonly baseDirectory = `${instance.baseDirectory}/unmanaged`;
  readonly site = `old.${instance.domain}`;
  readonly envFile = `${this.baseDirectory}/configs/openclaw/openclaw.env`;
  readonly dataDirectory = `${this.baseDirectory}/data/nocodb`;
  readonly deployment = new Deployment(instance);
  readonly host = new Host(instance);
  readonly base = new Base("Made by hand");
  /** A token that someone created in the UI. */
  token = "";

  constructor(readonly how: Unmanaged) {}

  /** The block of the site as its author wrote it; the Caddyfile goes on after it. */
  get block(): string {
    return `${this.site} {
    import vpn_only
    import vpn_error_page

    reverse_proxy ${this.how.container}:8080

    header {
        X-Frame-Options "SAMEORIGIN"
        -Server
    }
}
`;
  }

  async begin(): Promise<void> {
    await this.clear();
    await this.deployment.begin();
    await this.deployment.set({
      project: this.project,
      baseDirectory: this.baseDirectory,
      subdomain: "old",
      cpus: 1,
      networks: { backend: instance.backend.name, frontend: instance.frontend.name },
      "postgresql.container": instance.containers.postgresql,
      "caddy.container": instance.containers.caddy,
      "caddy.caddyfile": instance.caddyfile,
      "postgresql.database": this.how.database,
      "admin.email": ROOT.email,
      consumers: { openclaw: {} },
    });
    await this.start();
    await this.fill();
  }

  private async start(): Promise<void> {
    const { container, database, role, superuser, settings, env } = this.how;
    await this.host.sql(
      `CREATE ROLE ${role} LOGIN ${superuser ? "SUPERUSER" : ""} PASSWORD 'it$s by hand'`.replace("$", "''"),
    );
    await this.host.sql(`CREATE DATABASE ${database} OWNER ${role}`);
    const password = encodeURIComponent("it's by hand");
    const values = { NC_DB: `pg://postgresql:5432?u=${role}&p=${password}&d=${database}`, ...env };
    const flags = Object.keys(values).flatMap((name) => ["--env", name]);
    const own = ["--name", container, "--label", ownedBy(instance), "--network", instance.backend.name];
    await must(["docker", "run", "--detach", ...own, ...settings, ...flags, IMAGES.nocodb], { env: values });
    await must(["docker", "network", "connect", instance.frontend.name, container]);
    await this.host.sh(
      `mkdir -p "\${1%/*}"; printf '%s\\n' '# of openclaw' 'NOCODB_BASE_URL=http://somewhere:8080' 'PORT=1' 'NOCODB_API_TOKEN=made-by-hand' >"$1"; chmod 600 "$1"; chown -R deploy: "$2"`,
      this.envFile,
      this.baseDirectory,
    );
    await this.editCaddyfile((text) => text.replace("\n# the end", `\n${this.block}# the end`));
    await eventually(60, async () => {
      const { status } = await visit(instance, this.site, "/api/v1/db/meta/nocodb/info");
      if (status !== 200) throw new Error(`${container} answers ${status}`);
    });
  }

  /** Creates data: a super admin who signed up, a table with rows, a token, a second user. */
  private async fill(): Promise<void> {
    const { body } = await visit(instance, this.site, "/api/v1/auth/user/signup", ROOT);
    const root = await this.as({ "xc-auth": JSON.parse(body).token });
    await this.base.create(root);
    await visit(instance, this.site, "/api/v1/auth/user/signup", ANN);
    this.token = (await root.orgTokens.create({ description: "created in the UI" } as never)).token!;
  }

  as(credential: Credential) {
    return nocodb(instance, this.site, credential);
  }

  async signIn({ email, password }: { email: string; password: string }): Promise<number> {
    return (await signIn(instance, this.site, email, password)).status;
  }

  adopt(...words: string[]) {
    return this.deployment.nocodbHost("adopt", ...words);
  }

  /** What was done to the host, the newest last: `adoption failed`. */
  async history(): Promise<string[]> {
    const { stdout } = await this.deployment.nocodbHost("history", "--json");
    return (JSON.parse(stdout) as PastEvent[]).map(({ event, result }) => `${event} ${result}`);
  }

  /** Edits it in place, as an editor that keeps the file, and reloads Caddy. */
  async editCaddyfile(change: (text: string) => string): Promise<void> {
    const input = change(await this.host.text(instance.caddyfile));
    await inContainer(instance.containers.sshd, ["sh", "-euc", 'cat >"$1"', "-", instance.caddyfile], { input });
    await must([
      ...["docker", "exec", instance.containers.caddy, "caddy", "reload"],
      ...["--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"],
    ]);
  }

  /** The container of a name: id, status and restart policy; empty if it does not exist. */
  async inspect(name = this.how.container): Promise<string> {
    const format = "{{.Id}} {{.State.Status}} {{.HostConfig.RestartPolicy.Name}}";
    return (await run(["docker", "container", "inspect", "--format", format, name])).stdout.trim();
  }

  /** Removes all of it from the host, whatever state a test has left. */
  async clear(): Promise<void> {
    const { container, database, role } = this.how;
    const containers = [container, `${container}_before`, `${this.project}_nocodb`];
    await run(["docker", "rm", "--force", "--volumes", ...containers]);
    await run(["docker", "volume", "rm", "--force", container]);
    const text = await this.host.text(instance.caddyfile);
    if (text.includes(this.site)) await this.editCaddyfile((now) => without(now, this.block, this.site));
    await this.host.sh('rm -rf "$1"', this.baseDirectory);
    await this.host.sql(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    for (const each of [role, "nocodb_unmanaged"]) await this.host.sql(`DROP ROLE IF EXISTS ${each}`);
  }
}

/** The Caddyfile without the site, its author's or the app's, and without the remarks of an adoption. */
function without(text: string, block: string, site: string): string {
  const marked = new RegExp(`^# BEGIN ${site}.*\\n[\\s\\S]*?^# END ${site}.*\\n`, "m");
  return text
    .replace(block, "")
    .replace(marked, "")
    .replace(/^# Moved by cdktf.*\n/gm, "");
}
