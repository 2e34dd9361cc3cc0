import { PINNED_SECRETS } from "../../constructs/nocodb/secrets.js";
import { releaseKey, versionLabel } from "../../constructs/service-container/image-reference.js";
import { IMAGES } from "../../lab/images.js";
import { ownName, remove, sql, start } from "./containers.js";
import { asRoot, type Input, type Outcome, type RunOptions, run } from "./host.js";

export interface DataServiceOptions {
  /** Its database and its role have the name `it_<name>`. */
  readonly name: string;
  /** @default nocodb */
  readonly kind?: "nocodb" | "generic";
  /** PostgreSQL's container. */
  readonly postgresql: string;
  /** A folder of the test file's own on the host. It holds the records of all its services. */
  readonly directory: string;
}

/** A service with rows, files and backups, and the programs that handle them. Its container does not exist. */
export function dataService({ name, kind = "nocodb", postgresql, directory }: DataServiceOptions) {
  const database = `it_${name}`;
  const table = kind === "nocodb" ? "nc_users_v2" : "notes";
  const home = `${directory}/${name}`;
  const [records, backups, data] = [`${directory}/records`, `${home}/backups`, `${home}/data`];
  const secrets = `${home}/secrets`;
  const pinned = kind === "nocodb" ? PINNED_SECRETS : [];
  const service = {
    ...{ records, service: name, service_kind: kind, backups, keep: "3", data_directory: data },
    ...{ database_container: postgresql, superuser: "postgres", database, role: database, secrets },
    pinned_secrets: pinned.join(" "),
  };
  const container = { container: "it_none", grace_period: "1", owned_tables: "" };
  const label = "cdktf.environment=it";
  const serving = ownName(`${name}_serving`);
  const creation = { name: "it_none", label, grace_period: "1", requirements: "" };

  return {
    ...{ name, database, home, records, backups, data, secrets },

    create: (more: Input = {}): Promise<Outcome> => run("backup/create", { ...service, reason: "on request", ...more }),
    list: async (): Promise<string> => (await run("backup/list", service)).stdout,
    /** Lists, makes or fetches copies; `more` names the repository. */
    copies: (verb: "run" | "list" | "fetch", more: Input): Promise<Outcome> =>
      run(`backup/copy/${verb}`, { ...service, ...(verb === "fetch" && { backup: "latest" }), ...more }),
    /** Tests the latest backup. */
    verify: (more: Input = {}, options?: RunOptions): Promise<Outcome> =>
      run("backup/verify", { ...service, backup: "latest", reason: "requested", ...more }, options),
    /** Restores the latest backup. */
    restore(more: Input = {}, options?: RunOptions): Promise<Outcome> {
      const input = { ...service, ...container, backup: "latest", confirmed: "yes", discard: "no" };
      return run("backup/restore", { ...input, ...more }, options);
    },
    /** Before another container is created, while one serves. */
    async beforeReplace(more: Input = {}): Promise<Outcome> {
      const settings = ["--init", "--label", label, "--network", "none"];
      await start(serving, IMAGES.sshd, settings, ["sleep", "1000"]);
      try {
        return await run("service-container/before-create", {
          ...{ ...service, ...creation, name: serving, image: IMAGES.sshd },
          ...more,
        });
      } finally {
        await remove(serving, `${serving}_former`);
      }
    },
    beforeCreate: (image: string = IMAGES.sshd, more: Input = {}): Promise<Outcome> =>
      run("service-container/before-create", { ...service, ...creation, image, ...more }),

    /** Makes a database with the row `a`, and a file; there are no records and no backups. */
    async reset(): Promise<void> {
      await asRoot('rm -rf -- "$1" "$2" && mkdir -p "$1/data" && echo one >"$1/data/file"', home, records);
      await sql(postgresql, `DROP DATABASE IF EXISTS ${database}`);
      await sql(postgresql, `DO $$ BEGIN CREATE ROLE ${database} LOGIN; EXCEPTION WHEN duplicate_object THEN END $$`);
      await sql(postgresql, `CREATE DATABASE ${database} OWNER ${database}`);
      const rows = `CREATE TABLE ${table} (email text); INSERT INTO ${table} VALUES ('a')`;
      await sql(postgresql, `SET ROLE ${database}; ${rows}`, database);
    },
    /** Puts secrets into use. */
    useSecrets(values: Readonly<Record<string, string>>): Promise<string> {
      const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
      return asRoot('umask 077; mkdir -p "$1"; printf %s "$2" >"$1/values"', secrets, lines.join(""));
    },
    insert: (...emails: string[]): Promise<string> =>
      sql(postgresql, `INSERT INTO ${table} VALUES ${emails.map((each) => `('${each}')`).join()}`, database),
    rows: (): Promise<string> =>
      sql(postgresql, `SELECT string_agg(email, ' ' ORDER BY email) FROM ${table}`, database),
    dropTable: (): Promise<string> => sql(postgresql, `DROP TABLE ${table}`, database),

    /** Records an image as the last one that has served. */
    served(image: string, id = "sha256:1"): Promise<string> {
      const lines = [`image=${image}`, `id=${id}`, `release=${releaseKey(image)}`, `version=${versionLabel(image)}`];
      const text = [...lines, "since=1", ""].join("\n");
      return asRoot('mkdir -p "$1" && printf %s "$3" >"$1/.served-$2"', records, name, text);
    },
    /** Records an image as one that was started, and has not served. */
    started: (image: string): Promise<string> => asRoot('printf "%s\\n" "$3" >"$1/.started-$2"', records, name, image),
    /** A file beside the records that names an image. */
    recorded: (what: "served" | "started" | "restore-test" | "backup-copy"): Promise<string> =>
      asRoot('cat -- "$1/.$2-$3" 2>/dev/null || true', records, what, name),
  };
}
