import { afterAll, beforeAll } from "vitest";
import { nocodbSecrets } from "../../constructs/nocodb/secrets.js";
import { expectedSecrets } from "../../constructs/service-secrets/secret.js";
import { sql } from "./containers.js";
import { asRoot, type Input, instance, type Outcome, type RunOptions, run, scratch } from "./host.js";

/** One secret of each policy, and further ones that a deploy makes. */
export const SECRETS = nocodbSecrets(["NC_SMTP_PASSWORD"]);
export const PINNED = "NC_CONNECTION_ENCRYPT_KEY";
export const QUIET = { code: 0, stdout: "", stderr: "" };

/** With every character that a shell, a URL or an encoding could stumble over, and blanks at both ends. */
export const ODD = "  0pen&%#'s3same\"$`\\{}~é $(id) ${HOME}  ";

/** Lines NAME=value. */
export const linesOf = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");

/** What Terraform offers in a run: a new value for each secret that may be missing. */
export function offered(label: string): Readonly<Record<string, string>> {
  const made = SECRETS.filter(({ policy }) => policy !== "given");
  return Object.fromEntries(made.map(({ name }) => [name, `${label}-${name.toLowerCase()}`]));
}

/** The secrets of a NocoDB, which has no container, with the programs for them, in a folder of their own on the host. */
export function ownSecrets(name: string) {
  const directory = scratch(`secrets_${name}`);
  const [configs, database] = [`${directory}/configs`, `it_secrets_${name}`];
  const [secrets, records] = [`${configs}/secrets`, `${configs}/records`];
  const place = { secrets, records };
  const superuser = { database_container: instance.containers.postgresql, superuser: "postgres" };
  const expected = expectedSecrets(SECRETS);

  const dropDatabase = () => sql(superuser.database_container, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  beforeAll(dropDatabase);
  afterAll(dropDatabase);

  return {
    ...{ directory, configs, secrets, records, expected },

    /** There are no secrets, no records and no data. */
    async reset(): Promise<void> {
      await asRoot('rm -rf -- "$1"', configs);
      await dropDatabase();
    },
    /** NocoDB has its tables. */
    async holdData(): Promise<void> {
      await sql(superuser.database_container, `CREATE DATABASE ${database}`);
      await sql(superuser.database_container, "CREATE TABLE nc_users_v2 ()", database);
    },

    /** The step of a deploy; `label` begins the values that Terraform offers in that run. */
    apply(label: string, more: Input = {}, options?: RunOptions): Promise<Outcome> {
      const input = { ...place, key: "it", status: "new", owner: "0:0", expected, generated: linesOf(offered(label)) };
      const kind = { service_kind: "nocodb", ...superuser, database };
      return run("service-secrets/apply", { ...input, ...kind, ...more }, options);
    },
    /** What `nocodb-host secret set` does on the host. */
    set: (secret: string, value: string): Promise<Outcome> =>
      run("service-secrets/set", { ...place, expected, name: secret, value }),

    /** The status that a plan shows. */
    async status(): Promise<string> {
      const { stdout, stderr } = await run("remote-host/probe", { records, requirements: "" });
      if (stderr !== "") throw new Error(stderr);
      return JSON.parse(stdout).it;
    },
    /** The requirement of a plan. */
    require(more: Input = {}): Promise<Outcome> {
      const requirements = `secrets it ${secrets} ${PINNED} NC_SMTP_PASSWORD npx nocodb-host secret set prod`;
      return run("remote-host/probe", { records, requirements, ...more });
    },

    read: (file: string): Promise<string> => asRoot('cat -- "$1/$2"', secrets, file),
    /** Someone edits the secrets in use. */
    edit: (sed: string): Promise<string> => asRoot('sed -i "$2" "$1/values"', secrets, sed),
    files: (): Promise<string> => asRoot('ls -A "$1"', secrets),
    /** Names, rights and content of everything, and when the secrets in use were written. */
    everything: (): Promise<string> =>
      asRoot(
        'cd "$1" && find . -printf "%p %m %U:%G\\n" | sort && stat -c %y values && head -c -0 values pending 2>&1 || true',
        secrets,
      ),
    recordedLine: (secret: string): Promise<string> => asRoot('grep "^secret=$2 " "$1/it" || true', records, secret),
  };
}
