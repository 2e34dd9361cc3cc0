/** A secret of a service. The host keeps its value; see lib.sh. */
export interface ServiceSecret {
  /** The variable in which the service gets it. */
  readonly name: string;
  /** What a plan calls it, such as `database password`. */
  readonly title: string;
  /**
   * - `generated`: made by a deploy if it is missing.
   * - `pinned`: the service's data cannot be read without it. It is made only for a service without data, is part of
   *   every backup, and never changes.
   * - `given`: set by a command; without it a plan fails.
   * - `host`: the same, but for the host alone, which uses it at once: the service does not get it.
   */
  readonly policy: "generated" | "pinned" | "given" | "host";
}

/** The secrets as the host programs expect them, one a line: name, policy, title. */
export function expectedSecrets(secrets: readonly ServiceSecret[]): string {
  return secrets.map(({ name, policy, title }) => `${name} ${policy} ${title}`).join("\n");
}

/** How many letters and digits a generated secret has. */
export const SECRET_LENGTH = 40;

/** The password of the service's role in PostgreSQL, which every service has. */
export const DATABASE_SECRET = { name: "DATABASE_PASSWORD", policy: "generated", title: "database password" } as const;

/** What stands for a secret in another variable: the secret, percent-encoded for a URL. See secrets.cjs. */
export const inUrl = (name: string): string => `\${secret:${name}}`;

/** Where a service finds its secrets, in a directory that is mounted read-only. */
export const secretsMount = (service: string): string => `/run/${service}`;

/** The option of NODE_OPTIONS with which a service on Node.js gets its secrets as variables. */
export const preloadOption = (service: string): string => `--require=${secretsMount(service)}/secrets.cjs`;
