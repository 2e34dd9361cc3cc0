import { must, run } from "../../lab/command.js";
import { inContainer } from "../../lab/docker.js";
import type { Instance } from "../../lab/instance.js";
import { eventually } from "../../lab/site.js";

/** The parts of `docker inspect` that the tests read. */
export interface Inspected {
  readonly Id: string;
  /** The image's id. */
  readonly Image: string;
  readonly State: { readonly Status: string; readonly StartedAt: string };
  readonly RestartCount: number;
  readonly Config: {
    readonly Env: string[];
    readonly Labels: Record<string, string>;
    readonly Healthcheck: Record<string, unknown>;
  };
  readonly HostConfig: {
    readonly Memory: number;
    readonly MemorySwap: number;
    readonly MemoryReservation: number;
    readonly NanoCpus: number;
    readonly RestartPolicy: { readonly Name: string };
    readonly SecurityOpt: string[];
    readonly CapAdd: string[];
    readonly CapDrop: string[];
    readonly LogConfig: { readonly Config: Record<string, string> };
  };
  readonly Mounts: { readonly Source: string; readonly Destination: string; readonly RW: boolean }[];
  readonly NetworkSettings: { readonly Networks: Record<string, { readonly Aliases: string[] }> };
}

/** The host as its own administrators see it: as root, without the app. */
export class Host {
  readonly configDirectory: string;
  readonly dataDirectory: string;
  readonly envFile: string;
  readonly secretsDirectory: string;

  constructor(readonly instance: Instance) {
    this.configDirectory = `${instance.baseDirectory}/configs/nocodb`;
    this.dataDirectory = `${instance.baseDirectory}/data/nocodb`;
    this.envFile = `${this.configDirectory}/nocodb.env`;
    this.secretsDirectory = `${this.configDirectory}/secrets`;
  }

  /** Runs a shell script as root; its words are `$1`, `$2`, … */
  sh(script: string, ...words: string[]): Promise<string> {
    return inContainer(this.instance.containers.sshd, ["sh", "-euc", script, "-", ...words]);
  }

  read(path: string): Promise<string> {
    return inContainer(this.instance.containers.sshd, ["cat", path]);
  }

  /** All bytes of a file. */
  async text(path: string): Promise<string> {
    return Buffer.from(await this.sh('base64 -w 0 "$1"', path), "base64").toString();
  }

  /** Owner and mode: `deploy:deploy 755`, by number if the user has no name there. */
  async rights(path: string): Promise<string> {
    return (await this.sh('stat -c "%U:%G %u:%g %a" "$1"', path)).replace(/^UNKNOWN:UNKNOWN (\S+)|^(\S+) \S+/, "$1$2");
  }

  /** The variables of nocodb.env. */
  async variables(): Promise<Record<string, string>> {
    return assignments(await this.text(this.envFile));
  }

  /** The secrets in use, or those that the next deploy puts into use. */
  async secrets(file: "values" | "pending" = "values"): Promise<Record<string, string>> {
    const path = `${this.secretsDirectory}/${file}`;
    const there = await this.sh('[ ! -e "$1" ] || echo there', path);
    return there === "" ? {} : assignments(await this.text(path));
  }

  /** Edits the secrets in use, as an administrator would; undefined removes one. */
  async editSecrets(changes: Readonly<Record<string, string | undefined>>): Promise<void> {
    const lines = Object.entries({ ...(await this.secrets()), ...changes })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${value}\n`);
    const write = ["sh", "-euc", 'cat >"$1"', "-", `${this.secretsDirectory}/values`];
    await inContainer(this.instance.containers.sshd, write, { input: lines.join("") });
  }

  /** Email and password of the super admin. */
  async superAdmin(): Promise<{ email: string; password: string }> {
    const [{ NC_ADMIN_EMAIL: email = "" }, { NC_ADMIN_PASSWORD: password = "" }] = await Promise.all([
      this.variables(),
      this.secrets(),
    ]);
    return { email, password };
  }

  /**
   * Stops everything on the machine that SSH reaches. While it starts processes, the kernel sometimes fails with "unable to
   * freeze".
   */
  async freeze(): Promise<void> {
    await eventually(10, () => must(["docker", "pause", this.instance.containers.sshd]));
  }

  async thaw(): Promise<void> {
    await must(["docker", "unpause", this.instance.containers.sshd]);
  }

  /** Removes NocoDB's database, role, files and backups, as if it had never been there. */
  async empty(): Promise<void> {
    await this.sql("DROP DATABASE IF EXISTS nocodb WITH (FORCE)");
    await this.sql("DROP ROLE IF EXISTS nocodb");
    await this.sh('rm -rf -- "$@"', this.configDirectory, this.dataDirectory, `${this.instance.baseDirectory}/backups`);
  }

  sql(statement: string, database = "postgres"): Promise<string> {
    const psql = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database];
    return inContainer(this.instance.containers.postgresql, [...psql, "-c", statement]);
  }

  /** A container, by default NocoDB's; undefined if it does not exist. */
  async container(which: keyof Instance["containers"] = "nocodb"): Promise<Inspected | undefined> {
    const { code, stdout } = await run(["docker", "container", "inspect", this.instance.containers[which]]);
    return code === 0 ? (JSON.parse(stdout) as Inspected[])[0] : undefined;
  }

  /** Which container it is and since when it runs, so that a replacement or a restart shows. */
  async running(which: keyof Instance["containers"]): Promise<string> {
    const { Id, State } = (await this.container(which))!;
    return `${Id} ${State.Status} since ${State.StartedAt}`;
  }

  async log(container: keyof Instance["containers"]): Promise<string> {
    const { stdout, stderr } = await run(["docker", "logs", this.instance.containers[container]]);
    return stdout + stderr;
  }

  /** How often someone has signed in over SSH since the host was started. */
  async authentications(): Promise<number> {
    return (await this.log("sshd")).split("\n").filter((line) => line.includes("Accepted publickey")).length;
  }

  /**
   * Everything that a failed deploy could have changed, in a form that can be compared: without the history, which tells
   * of the failure, and so without the time of the folder in which it is replaced.
   */
  async everything(): Promise<string> {
    const [files, containers, networks, roles, databases] = await Promise.all([
      this.sh(
        `find "$1" -not -path "$1/data/nocodb/*" -not -path "$2/.history" -printf "%p %y %u:%g %m %s %T@\\n" |
         sed -E 's#^([^ ]*/records d .*) [0-9.]+$#\\1#' | sort`,
        this.instance.baseDirectory,
        `${this.configDirectory}/records`,
      ),
      must([
        "docker",
        "ps",
        "-a",
        "--no-trunc",
        "--filter",
        `name=^/${this.instance.name}_`,
        "--format",
        "{{.Names}} {{.ID}}",
      ]),
      must([
        "docker",
        "network",
        "ls",
        "--no-trunc",
        "--filter",
        `name=^${this.instance.name}_`,
        "--format",
        "{{.Name}} {{.ID}}",
      ]),
      this.sql("SELECT rolname, rolpassword FROM pg_authid ORDER BY 1"),
      this.sql("SELECT datname, datdba FROM pg_database ORDER BY 1"),
    ]);
    return [files, containers, networks, roles, databases].join("\n\n");
  }
}

/** The lines NAME=value of a file. */
function assignments(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => line !== "");
  return Object.fromEntries(lines.map((line) => [line.replace(/=.*/, ""), line.replace(/^[^=]*=/, "")]));
}
