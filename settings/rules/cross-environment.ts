import { isElsewhere } from "../../constructs/postgres-database/server.js";
import type { Environment } from "../defaults.js";
import type { Placed } from "../diagnostics/problems.js";
import { statePlace } from "./backend.js";

/** What two environments must not share: the setting, its value if it counts, and what would happen. */
interface Exclusive {
  readonly path: Placed[0];
  readonly shared: (environment: Environment) => string | readonly string[] | undefined;
  readonly consequence: (other: string) => string;
}

/** A name inside a container of the host counts with that container. */
const onHost = ({ ssh }: Environment, ...parts: string[]) => [ssh.host, ssh.port, ...parts].join(" ");

const isEnabled = ({ subdomain }: Environment) => subdomain !== "";

/** A directory counts with its host. */
function repositoryOf(environment: Environment): string | undefined {
  const repository = environment.backups.copy?.repository;
  return repository?.startsWith("/") ? onHost(environment, repository) : repository;
}

/** A name of one part is the host's own or that of its containers; others are the same from everywhere. */
const serverOn = (environment: Environment, host: string, port: number) =>
  host.includes(".") ? `${host}:${port}` : onHost(environment, `${host}:${port}`);

/** The databases of Redis for the cache and, the next one, for jobs. */
function redisDatabasesOf(environment: Environment): string[] | undefined {
  const { redis } = environment;
  if (redis === undefined || !isEnabled(environment)) return undefined;
  const server = serverOn(environment, redis.host, redis.port);
  return [redis.database, redis.database + 1].map((database) => `${server} ${database}`);
}

/** The PostgreSQL of an environment, by which others that use the same one are found. */
function postgresqlOf(environment: Environment): string {
  const { container, host, port } = environment.postgresql;
  return isElsewhere(container) ? serverOn(environment, host, port) : onHost(environment, container);
}

const EXCLUSIVE: readonly Exclusive[] = [
  {
    path: ["backend"],
    shared: ({ backend }) => statePlace(backend),
    consequence: (other) => `is also the place of ${other}'s state, and each would destroy what the other made`,
  },
  {
    path: ["project"],
    shared: (environment) => onHost(environment, environment.project),
    consequence: (other) => `is also ${other}'s on the same host, and both would be one container`,
  },
  {
    path: ["baseDirectory"],
    shared: (environment) => onHost(environment, environment.baseDirectory),
    consequence: (other) => `is also ${other}'s on the same host, and both would use the same files`,
  },
  {
    path: ["backups", "directory"],
    shared: (environment) => onHost(environment, environment.backups.directory),
    consequence: (other) => `is also ${other}'s on the same host, and each would delete the other's backups`,
  },
  {
    path: ["backups", "copyTo", "repository"],
    shared: (environment) => repositoryOf(environment),
    consequence: (other) => `is also ${other}'s, and each would remove, and bring back, the other's copies`,
  },
  {
    path: ["alerts", "textfile"],
    shared: (environment) =>
      environment.alerts?.textfile === undefined ? undefined : onHost(environment, environment.alerts.textfile),
    consequence: (other) => `is also ${other}'s on the same host, and each would overwrite the other's figures`,
  },
  {
    path: ["postgresql", "database"],
    shared: (environment) => `${postgresqlOf(environment)} ${environment.postgresql.database}`,
    consequence: (other) => `is also ${other}'s in the same PostgreSQL, and each would write into the other's data`,
  },
  {
    path: ["postgresql", "role"],
    shared: (environment) => `${postgresqlOf(environment)} ${environment.postgresql.role}`,
    consequence: (other) => `is also ${other}'s in the same PostgreSQL, and each would change the other's password`,
  },
  {
    path: ["redis", "database"],
    shared: redisDatabasesOf,
    consequence: (other) =>
      `or the next one, which is for jobs, is also ${other}'s in the same Redis, and each would delete the other's cache or run its jobs`,
  },
  {
    path: ["subdomain"],
    shared: (each) =>
      isEnabled(each) ? onHost(each, each.caddy.container, `${each.subdomain}.${each.domain}`) : undefined,
    consequence: (other) => `is also ${other}'s at the same Caddy and domain, and one site would replace the other`,
  },
  {
    path: ["alias"],
    shared: (each) => (isEnabled(each) ? onHost(each, each.caddy.container, each.alias) : undefined),
    consequence: (other) =>
      `is also ${other}'s at the same Caddy, which would send each a share of both sites' requests`,
  },
];

/**
 * Compares each environment with the others. If two share what only one can have, both are refused: the app cannot know
 * which one has to change.
 *
 * @returns the findings of each environment, in the same order
 */
export function crossEnvironment(all: readonly Environment[]): Placed[][] {
  const owners = EXCLUSIVE.map(({ shared }) => namesBy(all, shared));
  return all.map((environment) => {
    const found = EXCLUSIVE.flatMap(({ path, shared, consequence }, index): Placed[] => {
      const names = valuesOf(shared, environment).flatMap((value) => owners[index]!.get(value)!);
      const other = names.find((name) => name !== environment.name);
      if (other === undefined) return [];
      const remedy = "change it in one of the two files";
      return [[path, { message: consequence(other), remedy }]];
    });
    // The other names begin with the project by default.
    const ofProject = found.filter(([[setting]]) => ["backend", "project"].includes(String(setting)));
    return ofProject.some(([[setting]]) => setting === "project") ? ofProject : found;
  });
}

const valuesOf = (shared: Exclusive["shared"], environment: Environment) => [shared(environment) ?? []].flat();

/** The names of the environments by what they would share. */
function namesBy(all: readonly Environment[], shared: Exclusive["shared"]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const environment of all) {
    for (const value of valuesOf(shared, environment)) {
      const names = found.get(value);
      if (names) names.push(environment.name);
      else found.set(value, [environment.name]);
    }
  }
  return found;
}
