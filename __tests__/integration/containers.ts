import { afterAll, beforeAll } from "vitest";
import { type CommandOptions, must, run } from "../../lab/command.js";
import { inContainer, ownedBy } from "../../lab/docker.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { instance } from "./host.js";

export { inContainer };

/** The full name of a container that belongs to the tests, `<instance>_it_<name>`. */
export const ownName = (name: string): string => `${instance.name}_it_${name}`;

/** A shell command that answers at port 8080, for a container of the image that has node and wget. */
export const ANSWERS = `exec node -e 'require("http").createServer((_, response) => response.end("here")).listen(8080)'`;

/** Makes and starts a container that belongs to the tests. Whatever happens to them, `down` of the lab removes it. */
export async function start(
  name: string,
  image: string,
  settings: readonly string[],
  command: readonly string[] = [],
  options: CommandOptions = {},
): Promise<void> {
  await remove(name);
  const own = ["--name", name, "--label", ownedBy(instance)];
  await must(["docker", "run", "--detach", ...own, ...settings, image, ...command], options);
}

export async function remove(...names: string[]): Promise<void> {
  await run(["docker", "rm", "--force", "--volumes", ...names]);
}

/**
 * A PostgreSQL that the tests may break, there while the tests of a file run. It logs every statement, and refuses a
 * password that is the role's own name.
 *
 * @returns the container's name; it is also its alias on the backend network
 */
export function ownPostgresql(): string {
  const name = ownName("postgresql");
  const settings = ["--network", instance.backend.name, "--env", "POSTGRES_PASSWORD"];
  const server = ["log_statement=all", "shared_preload_libraries=passwordcheck", "fsync=off"];
  const command = ["postgres", ...server.flatMap((setting) => ["-c", setting])];
  beforeAll(async () => {
    await start(name, IMAGES.postgresql, settings, command, { env: { POSTGRES_PASSWORD: "of the superuser" } });
    await eventually(60, () => inContainer(name, ["pg_isready", "-q", "-U", "postgres", "-h", "127.0.0.1"]));
  });
  afterAll(() => remove(name));
  return name;
}

/** Runs SQL as PostgreSQL's superuser. @returns the answer in psql's plainest form */
export function sql(container: string, statement: string, database = "postgres"): Promise<string> {
  const command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database];
  return inContainer(container, command, { input: statement });
}
