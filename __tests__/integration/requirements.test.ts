import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sshShell } from "../../constructs/remote-host/ssh.js";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { ownName, remove, sql, start } from "./containers.js";
import { asRoot, connection, instance, type RunOptions, run, scratch } from "./host.js";

const directory = scratch("requirements");
const caddyfile = `${directory}/Caddyfile`;
const stopped = ownName("stopped");
const twin = ownName("twin");
const { caddy, postgresql } = instance.containers;

beforeAll(async () => {
  await asRoot(
    'echo "# not mounted" >"$1"; printf "\\n{\\n  \\"apps\\": {}\\n}\\n" >"$2/caddy.json"',
    caddyfile,
    directory,
  );
  await sql(postgresql, "DROP ROLE IF EXISTS it_guest; CREATE ROLE it_guest LOGIN");
  await remove(stopped);
  await must(["docker", "create", "--name", stopped, "--label", `nocodb-lab=${instance.name}`, IMAGES.caddy]);
  const named = ["--network", instance.backend.name, "--network-alias", postgresql];
  await start(twin, IMAGES.caddy, named, ["sleep", "300"]);
});
afterAll(async () => {
  await remove(stopped, twin);
  await sql(postgresql, "DROP ROLE it_guest");
});

const probe = (requirements: readonly string[], records = `${directory}/none`, options?: RunOptions) =>
  run("remote-host/probe", { records, requirements: requirements.join("\n") }, options);

/** The same connection, with another environment for the shell at its end. */
const shellWith = (assignment: string) => ({
  shell: [...sshShell(connection).slice(0, -1), `sudo -n env ${assignment} sh -s`],
});

const unmet: readonly (readonly [requirement: string, said: string | RegExp])[] = [
  [
    "command no-such-command some-package",
    "the host has no command 'no-such-command': install it (Debian: apt-get install some-package)",
  ],
  [
    `room ${directory}/Caddyfile 1`,
    `${directory}/Caddyfile exists, but it is not a directory: move it away, or correct baseDirectory in the environment file`,
  ],
  [`file ${directory}`, `${directory} exists, but it is a directory: move it away`],
  ["user no_such_user", "user no_such_user does not exist on the host"],
  [
    "network bridge",
    /^networks in the environment file names bridge, one of Docker's own networks, on which .*: create another \(docker network create web\)/,
  ],
  [
    "network it_no_such_network",
    /^network it_no_such_network is missing on the host: create it, .* Existing networks: .*bridge.*/,
  ],
  [
    "postgresql it_no_postgresql postgres",
    "container it_no_postgresql is missing: start it, or correct postgresql.container in the environment file",
  ],
  [
    `postgresql ${stopped} postgres`,
    `container ${stopped} is created: start it, or correct postgresql.container in the environment file`,
  ],
  [
    `postgresql ${postgresql} it_nobody`,
    new RegExp(
      `^PostgreSQL in container ${postgresql} does not let it_nobody in .*: .*role "it_nobody" does not exist$`,
    ),
  ],
  [
    `postgresql ${postgresql} it_guest`,
    `it_guest is not a superuser of PostgreSQL in container ${postgresql}: correct postgresql.superuser in the environment file`,
  ],
  [
    "caddy it_no_caddy /no/matter",
    "container it_no_caddy is missing: start it, or correct caddy.container in the environment file",
  ],
  [
    `caddy ${caddy} /no/such/Caddyfile`,
    "/no/such/Caddyfile is not a file on the host: correct caddy.caddyfile in the environment file",
  ],
  [
    `caddy ${caddy} ${caddyfile}`,
    `container ${caddy} does not see ${caddyfile}: mount it there, or correct caddy.container, caddy.caddyfile or caddy.sitesDirectory in the environment file`,
  ],
  [
    `caddy ${caddy} ${directory}/caddy.json`,
    `${directory}/caddy.json is JSON, and the app adds its site to a Caddyfile: correct caddy.caddyfile in the environment file, or start Caddy from a Caddyfile that yields the same`,
  ],
  [
    `caddy ${caddy} ${instance.caddyfile} /no/such/sites`,
    "/no/such/sites is not a directory on the host: create it, or correct caddy.sitesDirectory in the environment file",
  ],
  [
    `free_name ${stopped} cdktf.environment=it generic`,
    `a container named ${stopped} exists that this app did not create: rename it (docker rename ${stopped} ${stopped}_before) or remove it, then deploy again`,
  ],
  [
    `free_alias ${instance.backend.name} postgresql it_other cdktf.environment=it generic`,
    new RegExp(`^on network ${instance.backend.name} the name postgresql is also used by container ${postgresql}: `),
  ],
  [
    `free_alias ${instance.backend.name} postgresql it_other nocodb-lab=${instance.name} generic`,
    `container ${postgresql} is the one that this app created, under another name: docker rename ${postgresql} it_other`,
  ],
  [
    `sole_upstream ${caddy} ${instance.containers.n8n} it_other generic ${instance.frontend.name}`,
    `container ${caddy} also finds container ${instance.containers.n8n} as ${instance.containers.n8n}, on network ${instance.backend.name}, and would send it a share of the site's requests: set alias in the environment file to a name that only this NocoDB has`,
  ],
  [
    `found it-database ${postgresql} ${instance.backend.name} ${instance.frontend.name}`,
    new RegExp(
      `^no container is found as it-database \\(postgresql\\.host\\) on the networks .*: attach ${postgresql} \\(docker network connect --alias it-database ${instance.backend.name} ${postgresql}\\), or`,
    ),
  ],
  [
    `found ${postgresql} ${postgresql} ${instance.backend.name}`,
    `on the networks ${instance.backend.name} the name ${postgresql} (postgresql.host) belongs to ${postgresql} and also to container ${twin}, which the service would sometimes reach: remove that name from it (docker network disconnect and connect), or give postgresql.host a name that only ${postgresql} has`,
  ],
  [
    `shared_network ${postgresql} it_nowhere ${instance.frontend.name}`,
    new RegExp(`^container ${postgresql} is on none of the networks it_nowhere ${instance.frontend.name}, only on: `),
  ],
];

test("all unmet requirements are reported at once and in their order, and no JSON is printed", async () => {
  const { code, stdout, stderr } = await probe(["docker", ...unmet.map(([requirement]) => requirement), ""]);
  const [head, ...problems] = stderr.trimEnd().split("\n");
  expect([code, stdout, head]).toEqual([1, "", "The host is not ready, and nothing was changed on it:"]);
  expect(problems).toEqual(
    unmet.map(([, said]) =>
      typeof said === "string" ? `- ${said}` : expect.stringMatching(said.source.replace("^", "^- ")),
    ),
  );
});

test("if all are met the probe prints its answer, twice the same", async () => {
  const met = [
    ...["docker", "command flock util-linux", "user deploy", `network ${instance.backend.name}`],
    ...[`postgresql ${postgresql} postgres`, `caddy ${caddy} ${instance.caddyfile} ${instance.sitesDirectory}`],
    ...[
      `free_alias ${instance.backend.name} postgresql ${postgresql} nocodb-lab=it generic`,
      `sole_upstream ${caddy} it_nobody it_other generic ${instance.backend.name}`,
      `sole_upstream ${caddy} ${instance.containers.n8n} it_other generic ${instance.frontend.name} ${instance.backend.name}`,
      `shared_network ${caddy} ${instance.frontend.name}`,
    ],
    ...[`found postgresql ${postgresql} ${instance.frontend.name} ${instance.backend.name}`],
    ...[`found db.example.com ${postgresql} ${instance.backend.name}`, `found it-database ${postgresql} it_to_be_made`],
    ...[`file ${caddyfile}`, `file ${directory}/none`],
    ...[
      "free_name it_no_container cdktf.environment=it generic",
      `free_name ${stopped} nocodb-lab=${instance.name} nocodb`,
    ],
  ];
  const stdout = expect.stringMatching(/^\{"unrecorded":"[^"]+","checked":"[^"]+"\}\n$/);
  for (const _ of ["once", "twice"]) expect(await probe(met)).toEqual({ code: 0, stdout, stderr: "" });
});

describe("a container that Docker cannot attach to a network", () => {
  const [own, holder] = [ownName("unattached"), ownName("holder")];
  const { backend, frontend } = instance;
  const sleeping = (name: string, network: string) =>
    start(name, IMAGES.caddy, ["--network", network], ["sleep", "300"]);
  const shared = async () => (await probe([`shared_network ${own} ${backend.name} ${frontend.name}`])).stderr;
  afterAll(() => remove(own, holder));

  test.each([
    ["is on the host's network", "host", "It is on the host's network, where"],
    ["has no network", "none", "It was started without a network, and"],
  ])("because it %s is to be recreated, which helps", async (_, network, words) => {
    await sleeping(own, network);
    const said = await shared();
    expect(said).toContain(words);
    expect(said).toContain(`recreate it on ${frontend.name}`);
    await sleeping(own, frontend.name);
    expect(await shared()).toBe("");
  });

  test("because it uses another one's network is reached by attaching that one", async () => {
    await sleeping(holder, "bridge");
    await sleeping(own, `container:${holder}`);
    const advice = `docker network connect ${frontend.name} ${holder}`;
    expect(await shared()).toContain(
      `is on none of the networks ${backend.name} ${frontend.name}, only on: bridge . Attach it (${advice})`,
    );
    await must(advice.split(" "));
    expect(await shared()).toBe("");
  });

  test("is to be found at an address of the host if it is the PostgreSQL", async () => {
    await sleeping(own, "host");
    const { stderr } = await probe([`found it-database ${own} ${backend.name} ${frontend.name}`]);
    expect(stderr).toContain(
      `set postgresql.host in the environment file to an address of the host, such as ${backend.gateway}, because ${own} is on the host's network`,
    );
    expect((await probe([`found ${backend.gateway} ${own} ${backend.name}`])).stderr).toBe("");
  });
});

test("a name that another environment's container has is never to be taken from it", async () => {
  const other = ownName("other_environment");
  const labelled = ["--label", "cdktf.environment=preprod", "--network", instance.backend.name];
  await start(other, IMAGES.caddy, [...labelled, "--network-alias", "it-shared"], ["sleep", "300"]);
  const { stderr } = await probe([
    `free_alias ${instance.backend.name} it-shared it_own cdktf.environment=prod nocodb`,
  ]);
  await remove(other);
  expect(stderr).toContain(
    `the name it-shared is also used by container ${other} (of environment preprod of this app): set alias in the environment file to another name\n`,
  );
});

test("the flock of BusyBox, which cannot wait, is refused in the plan and named in a step", async () => {
  const [bin, records] = [`${directory}/busybox`, `${directory}/busybox_records`];
  const flock = '#!/bin/sh\necho "flock: unrecognized option: w" >&2\nexit 1\n';
  await asRoot('mkdir -p "$1" "$2" && printf %s "$3" >"$1/flock" && chmod +x "$1/flock"', bin, records, flock);
  const shell = shellWith(`PATH=${bin}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`);
  const words = "cannot wait for a lock (that of BusyBox cannot)";
  expect((await probe(["command flock util-linux"], records, shell)).stderr).toContain(
    `flock on the host is not that of util-linux, and ${words}`,
  );
  const lock = `/run/${records.slice(1).replaceAll("/", "-")}.lock`;
  await asRoot('echo "a deploy, process 999999, since yesterday" >"$1"', lock);
  const { code, stderr } = await probe([], records, shell);
  await asRoot('rm -f "$1"', lock);
  expect([code, stderr]).toEqual([1, expect.stringContaining(words)]);
  expect(stderr).not.toContain("kill");
});

describe("a host on which Docker cannot be used is reported:", () => {
  test("because the user who signs in may not", async () => {
    const { code, stdout, stderr } = await probe(["docker"], undefined, shellWith("SUDO_USER=nobody"));
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(
      "- user nobody cannot use Docker on the host (add it to the group docker, or start the engine): ",
    );
    expect(stderr).toContain("permission denied");
  });

  test("because it is not installed", async () => {
    const { code, stdout, stderr } = await probe(
      ["docker"],
      undefined,
      shellWith("PATH=/usr/bin:/bin:/usr/sbin:/sbin"),
    );
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("Docker does not answer. Start it (systemctl start docker), or install it: ");
  });
});

describe("a probe that cannot check fails with the reason, and prints nothing that could be taken for an answer:", () => {
  const records = `${directory}/records`;
  const isJson = (text: string) => {
    try {
      return Boolean(JSON.parse(text));
    } catch {
      return false;
    }
  };

  test("PostgreSQL that is down", async () => {
    const recorded = `status=new\nkind=database\ncontainer=${stopped}\nsuperuser=postgres\nrole=it_role\ndatabase=it_db\nowned_tables=\nsalt=0\nfingerprint=0\n`;
    await asRoot('mkdir -p "$1" && printf %s "$2" >"$1/database"', records, recorded);
    const { code, stdout, stderr } = await probe([], records);
    expect(code).toBe(1);
    expect(stderr).toContain(`cannot check role it_role and database it_db in container ${stopped}`);
    expect(isJson(stdout)).toBe(false);
  });

  test("a Caddyfile with half of our markers", async () => {
    const site = "it-half.example.com";
    const recorded = `status=new\nkind=site\ncaddy=${caddy}\ncaddyfile=${caddyfile}\nsites_directory=\nsite=${site}\nsalt=0\nfingerprint=0\n`;
    await asRoot('rm -rf "$1" && mkdir "$1" && printf %s "$2" >"$1/site"', records, recorded);
    await asRoot('echo "# BEGIN $2 (kept by cdktf)" >>"$1"', caddyfile, site);
    const { code, stdout, stderr } = await probe([], records);
    expect(code).toBe(1);
    expect(stderr).toContain(`${caddyfile}: the lines '# BEGIN ${site} (kept by cdktf)' and`);
    expect(isJson(stdout)).toBe(false);
  });
});
