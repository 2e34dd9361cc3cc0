import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { ownName, remove } from "./containers.js";
import { asRoot, instance, type Outcome } from "./host.js";
import { ownNocodb, type Wanted } from "./nocodb.js";

const nocodb = ownNocodb("recreate");
const { directory } = nocodb;
const file = (name: string) => `${directory}/${name}.env`;
const container = (name: string) => ownName(name);
/** Creates the tests' containers on the host, from their env file. `$1` is the container, `$2` the file. */
const RECREATE = `docker rm -f "$1" >/dev/null 2>&1; docker create --name "$1" --label nocodb-lab=${instance.name} --env-file "$2" ${IMAGES.caddy} >/dev/null && echo "$1 $(id -un) $PWD" >>"${directory}/log"`;
const recreate = (name: string) => `sh ${directory}/recreate ${container(name)} ${file(name)}`;

const wanted: readonly Wanted[] = [
  { name: "follows", recreate: recreate("follows") },
  { name: "fails", recreate: `cat ${file("fails")}; echo "no such service" >&2; exit 7` },
  { name: "deaf", recreate: "true" },
  { name: "compose" },
  { name: "portainer" },
  { name: "plain" },
  { name: "absent" },
];

const id = async (name: string) => must(["docker", "inspect", "-f", "{{.Id}}", container(name)]);
const log = () => asRoot('cat "$1/log" 2>/dev/null || true', directory);

let first: Outcome;

beforeAll(async () => {
  const own = ["--label", `nocodb-lab=${instance.name}`, IMAGES.caddy];
  const labels = (project: string, service: string, files: string, environment: string) =>
    Object.entries({
      project,
      service,
      ...{ "project.config_files": files, "project.environment_file": environment },
    }).flatMap(([name, value]) => ["--label", `com.docker.compose.${name}=${value}`]);
  const portainer = labels("automation", "n8n", "/data/compose/7/docker-compose.yml", "/data/compose/7/stack.env");
  await asRoot('touch "$1/compose.yml" "$1/more.yml" "$1/.env.prod"', directory);
  const compose = labels("acme", "api", `${directory}/compose.yml,${directory}/more.yml`, `${directory}/.env.prod`);
  await remove(...wanted.map(({ name }) => container(name)));
  await must(["docker", "create", "--name", container("compose"), ...compose, ...own]);
  await must(["docker", "create", "--name", container("portainer"), ...portainer, ...own]);
  for (const name of ["plain", "deaf", "fails"]) await must(["docker", "create", "--name", container(name), ...own]);
  await asRoot('printf "%s\\n" "$2" >"$1/recreate"; chmod 0644 "$1/recreate"', directory, RECREATE);
  await asRoot('touch "$1/log"; chown deploy: "$1/log"', directory);
  first = await nocodb.apply(wanted);
});
afterAll(() => remove(...wanted.map(({ name }) => container(name))));

describe("a container without the lines of its env file", () => {
  test("is created again by the command, as the deploy user, in its home", async () => {
    expect(first.stdout).toContain(
      `follows: container ${container("follows")} created again, with the lines of ${file("follows")}\n`,
    );
    expect(await log()).toBe(`${container("follows")} deploy /home/deploy\n`);
    const environment = await must(["docker", "inspect", "-f", "{{.Config.Env}}", container("follows")]);
    expect(environment).toContain(`NOCODB_API_TOKEN=${await nocodb.token("follows")}`);
  });

  test("is reported with the command to run, if Compose created it", () => {
    const files = `-f ${directory}/compose.yml -f ${directory}/more.yml --env-file ${directory}/.env.prod`;
    const run = `docker compose -p acme ${files} up -d --force-recreate api`;
    expect(first.stdout).toContain(
      `compose: container ${container("compose")} does not have these lines yet. Run: ${run}\n`,
    );
  });

  test("is reported without a command if the files of its Compose project are not on the host", () => {
    expect(first.stdout).toContain(
      `It is service n8n of the Compose project automation, whose files are not on this host (/data/compose/7/docker-compose.yml, /data/compose/7/stack.env): redeploy it with the tool that made it, such as Portainer, and with ${file("portainer")} as its env file.\n`,
    );
  });

  test("is reported with its env file if it has another origin or does not exist", () => {
    expect(first.stdout).toContain(
      `plain: container ${container("plain")} does not have these lines yet. Create it again, with ${file("plain")} as its env file.\n`,
    );
    expect(first.stdout).toContain(
      `absent: container ${container("absent")} does not exist; it reads ${file("absent")} when it is created\n`,
    );
  });
});

describe("a command", () => {
  test("that fails is reported with its last lines and no token; everything else is done", async () => {
    const [head, ...lines] = first.stderr.trimEnd().split("\n");
    expect([first.code, head]).toEqual([1, "Not everything could be done:"]);
    const said = lines.join("\n");
    expect(said).toContain(
      `so container ${container("fails")} does not have the lines of ${file("fails")}. The last lines of the command: `,
    );
    expect(said).toContain("NOCODB_API_TOKEN=********\n");
    expect(said).toContain("no such service");
    expect(first.stdout).toContain("plain: token works\n");
  });

  test("that changes nothing is reported with what to check", () => {
    expect(first.stderr).toContain(
      `- consumers.deaf.recreate: "true" succeeded, but container ${container("deaf")} still does not have the lines of ${file("deaf")}: does it read that file (env_file), and is consumers.deaf.container the right one?\n`,
    );
  });

  test("does not run while the container has the lines of the file", async () => {
    const before = [await id("follows"), await log()];
    const { code, stdout, stderr } = await nocodb.apply(wanted.slice(0, 1));
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).not.toContain("container");
    expect([await id("follows"), await log()]).toEqual(before);
  });

  test("runs again after a rotation, and after someone created the container without the lines", async () => {
    const before = await id("follows");
    expect(await nocodb.rotate("follows")).toMatchObject({ code: 0, stderr: "" });
    const rotated = await id("follows");
    expect(rotated).not.toBe(before);

    await remove(container("follows"));
    const own = ["--name", container("follows"), "--label", `nocodb-lab=${instance.name}`, IMAGES.caddy];
    await must(["docker", "create", "--env", "NOCODB_API_TOKEN=another", ...own]);
    expect(await nocodb.status()).toBe(`container ${container("follows")} without the lines of follows`);
    expect(await nocodb.apply(wanted.slice(0, 1))).toMatchObject({ code: 0, stderr: "" });
    expect(await nocodb.status()).toBe("new");
  });
});
