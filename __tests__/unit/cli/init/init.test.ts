import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { NocodbHost } from "../../support/nocodb-host.js";

const FACTS = `memory 7951 5213
disk 20000
systemd
network acme_backend
network acme_frontend
container acme_postgresql acme_backend,postgresql,ff5fffe7bd26
container acme_caddy acme_backend acme_frontend
container acme_n8n acme_backend
postgresql acme_postgresql postgres yes acme_backend,postgresql,ff5fffe7bd26
caddy acme_caddy acme_backend,3b09c8e0aaed acme_frontend,3b09c8e0aaed
port acme_caddy 443
caddyfile acme_caddy /opt/acme/configs/caddy/Caddyfile
snippet acme_caddy vpn_only
snippet acme_caddy vpn_error_page
site acme_caddy hello.acme.org
file /opt/acme/configs/n8n/n8n.env`;
const SSH = ["--ssh-host", "docker.acme.org"];

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost({});
});
afterEach(() => host.remove());

const answer = (facts: string) => host.standIn("ssh", `cat <<'FACTS'\n${facts}\nFACTS`);
const file = (name = "prod") => path.join(host.environments, `${name}.yaml`);
const settings = (name = "prod") => parse(readFileSync(file(name), "utf8"));
const without = (pattern: RegExp) =>
  FACTS.split("\n")
    .filter((line) => !pattern.test(line))
    .join("\n");

describe("without a terminal", () => {
  test("the host suggests everything but its own address", async () => {
    answer(FACTS);
    const { code, stdout, stderr } = await host.run(["init", "prod", ...SSH]);
    expect([code, stderr]).toEqual([0, "looking at docker.acme.org …\n"]);
    expect(stdout).toBe(
      `docker.acme.org: 5213 of 7951 MiB memory available, 20000 MiB disk free for Docker
PostgreSQL: acme_postgresql; Caddy: acme_caddy
${path.relative(process.cwd(), file())}: written
next: npx nocodb-host validate prod, then npx nocodb-host plan prod
`,
    );
    expect(settings()).toEqual({
      project: "acme",
      domain: "acme.org",
      subdomain: "noco",
      ssh: { host: "docker.acme.org", user: "deploy" },
      image: "nocodb/nocodb:2026.10.1",
      bases: ["Production"],
      consumers: { n8n: { bases: { Production: "creator" } } },
      backups: { schedule: "daily" },
    });
    expect(await host.run(["validate", "prod"])).toMatchObject({ code: 0, stderr: "" });
    expect(host.calls("ssh")).toHaveLength(1);
  });

  test("a flag exists for every answer, and wins", async () => {
    answer(FACTS);
    const [key, hosts] = ["key", "known_hosts"].map((name) => path.join(host.folder, name)) as [string, string];
    spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    writeFileSync(hosts, "");
    const flags = {
      ...{ "ssh-user": "me", "ssh-port": "2222", "identity-file": key, "known-hosts": hosts },
      ...{ postgresql: "db", caddy: "web", project: "films", domain: "films.org", subdomain: "plan", backend: "back" },
      ...{ frontend: "front", snippets: "none", consumers: "bot", "base-directory": "/srv/films", caddyfile: "/srv/C" },
      ...{ "public-port": "8443", superuser: "root", "postgresql-host": "pg", database: "noco", role: "noco_" },
      ...{
        alias: "noco",
        image: "nocodb/nocodb:0.301.3",
        "image-reason": "It stays until May.",
        "userns-mode": "host",
      },
      ...{ "admin-email": "me@films.org", bases: "Season 1, Production", "backup-schedule": "hourly" },
    };
    const words = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
    expect(await host.run(["init", "prod", ...SSH, ...words])).toMatchObject({ code: 0 });
    expect(settings()).toEqual({
      ...{ project: "films", domain: "films.org", subdomain: "plan" },
      ssh: { host: "docker.acme.org", port: 2222, user: "me", identityFile: key, knownHosts: hosts },
      ...{ baseDirectory: "/srv/films", image: "nocodb/nocodb:0.301.3", usernsMode: "host", alias: "noco" },
      networks: { backend: "back", frontend: "front" },
      postgresql: { container: "db", superuser: "root", host: "pg", database: "noco", role: "noco_" },
      caddy: { container: "web", caddyfile: "/srv/C", publicPort: 8443, snippets: [] },
      ...{ admin: { email: "me@films.org" }, bases: ["Season 1", "Production"], backups: { schedule: "hourly" } },
      consumers: { bot: { bases: { "Season 1": "creator", Production: "creator" }, missingFile: "create" } },
      acknowledgements: { "image-below-security-floor": "It stays until May." },
    });
  });

  test("the flags that are missing are named, all at once", async () => {
    expect(await host.run(["init", "prod"])).toEqual({
      code: 64,
      stdout: "",
      stderr:
        "--ssh-host: missing, and there is no terminal to ask on. Name or address of the Docker host; an alias of ssh_config works too\n",
    });
    answer(`${without(/^(site|snippet|caddyfile)/)}\npostgresql other postgres yes acme_backend`);
    const { code, stderr } = await host.run(["init", "prod", ...SSH]);
    expect(code).toBe(64);
    expect(stderr.match(/^--[\w-]+: missing/gm)).toEqual(["--postgresql: missing", "--domain: missing"]);
    expect(stderr).toContain("Default: <project>_postgresql; the host has acme_postgresql, other\n");
    expect(existsSync(file())).toBe(false);
  });

  test("what a flag names and the host does not have is told, with what it has", async () => {
    answer(FACTS);
    const words = ["--snippets", "vpn_only,vpn_onli", "--backend", "acme_back"];
    const { code, stdout } = await host.run(["init", "prod", ...SSH, ...words]);
    expect([code, stdout.match(/^warning: .*$/gm)]).toEqual([
      0,
      [
        'warning: networks.backend: "acme_back" was not found on the host, which has: acme_backend',
        'warning: caddy.snippets: "vpn_onli" was not found on the host, which has: vpn_only, vpn_error_page',
      ],
    ]);
    const { code: refused, stderr } = await host.run(["init", "next", ...SSH, "--caddy", "web"]);
    expect(refused).toBe(64);
    expect(stderr).toMatch(/^--caddy: "web" was not found on the host, which has: acme_caddy\n--\w+: missing/m);
  });

  test("a site without the VPN's snippets must be wanted", async () => {
    answer(without(/^snippet/));
    expect((await host.run(["init", "prod", ...SSH])).stderr).toContain("--snippets: missing");
    expect(await host.run(["init", "prod", ...SSH, "--snippets", "none"])).toMatchObject({ code: 0 });
    expect(settings().caddy).toEqual({ snippets: [] });
  });

  test.each([
    [["--domain", "http://x"], '--domain: "http://x": is not a domain'],
    [["--ssh-port", "0"], '--ssh-port: "0": must be'],
    [["--snippets", "a b"], '--snippets: "a b": is not a valid snippet name'],
    [["--consumers", "N8N"], '--consumers: "N8N": '],
  ])("a value that is not valid is named with its flag: %j", async (words, message) => {
    answer(FACTS);
    const { code, stderr } = await host.run(["init", "prod", ...SSH, ...words]);
    expect([code, existsSync(file())]).toEqual([64, false]);
    expect(stderr).toContain(message);
  });
});

describe("a file that exists", () => {
  test("is never overwritten, and its host is not asked", async () => {
    host.write("prod", "project: mine\n");
    expect(await host.run(["init", "prod", ...SSH])).toMatchObject({
      code: 64,
      stderr: `${path.relative(process.cwd(), file())}: exists already, and init never overwrites a file; choose another name, or edit the file\n`,
    });
    expect([host.calls("ssh"), readFileSync(file(), "utf8")]).toEqual([[], "project: mine\n"]);
  });

  test("is not overwritten either if it is written while the host is asked", async () => {
    host.standIn("ssh", `echo mine >"${file()}"\ncat <<'FACTS'\n${FACTS}\nFACTS`);
    expect(await host.run(["init", "prod", ...SSH])).toMatchObject({ code: 64, stdout: "" });
    expect(readFileSync(file(), "utf8")).toBe("mine\n");
  });

  test("of another environment must not share its project on the same host", async () => {
    host.write("first", "project: acme\ndomain: acme.org\nssh: { host: docker.acme.org, user: deploy }\n");
    answer(FACTS);
    const { code, stderr } = await host.run(["init", "prod", ...SSH]);
    expect([code, existsSync(file())]).toEqual([65, false]);
    expect(stderr).toContain('prod.yaml: project: "acme": is also first\'s on the same host');
  });
});

test.each(["Prod", "a.b", "-x"])("the name %s is refused: a stack could not have it", async (name) => {
  expect(await host.run(["init", ...SSH, "--", name])).toMatchObject({ code: 64, stdout: "" });
});

test("an unmanaged NocoDB gives its version, database, super admin and site, and the next command adopts it", async () => {
  answer(
    `${FACTS}\nunmanaged noco\nversion noco 0.263.8\ndatabase noco films\nemail noco me@acme.org\nurl noco https://plan.films.org`,
  );
  const { code, stdout } = await host.run(["init", "prod", ...SSH]);
  expect(code).toBe(0);
  expect(stdout).toContain("unmanaged NocoDB: noco, version 0.263.8\n");
  expect(stdout).toContain("next: npx nocodb-host validate prod, then npx nocodb-host adopt prod\n");
  expect(settings()).toMatchObject({
    ...{ subdomain: "plan", domain: "films.org", image: "nocodb/nocodb:0.263.8" },
    ...{ postgresql: { database: "films" }, admin: { email: "me@acme.org" } },
    acknowledgements: { "image-below-security-floor": expect.stringContaining("after the adoption") },
  });
});

test("beside another environment, everything that cannot be shared has a name of its own", async () => {
  answer(`${FACTS}\nmanaged acme_nocodb prod acme_backend,nocodb acme_frontend,nocodb`);
  expect(await host.run(["init", "pre-prod", ...SSH])).toMatchObject({ code: 0 });
  expect(settings("pre-prod")).toMatchObject({
    ...{ project: "acme-pre-prod", subdomain: "noco-pre-prod", alias: "nocodb-pre-prod" },
    networks: { backend: "acme_backend", frontend: "acme_frontend" },
    postgresql: { container: "acme_postgresql", database: "nocodb_pre_prod", role: "nocodb_pre_prod" },
    caddy: { container: "acme_caddy", caddyfile: "/opt/acme/configs/caddy/Caddyfile" },
  });
  expect(settings("pre-prod").consumers).toBeUndefined();
  expect(await host.run(["init", "prod", ...SSH])).toMatchObject({ code: 0 });
  expect(settings("prod")).toMatchObject({ project: "acme", subdomain: "noco" });
});

test("the host's shortcomings are named", async () => {
  answer("memory 900 300\ndisk 100\nnetwork acme_frontend");
  const words = [...SSH, "--project", "acme", "--domain", "acme.org"];
  const { code, stdout } = await host.run(["init", "prod", ...words]);
  expect(code).toBe(0);
  expect(stdout.match(/^warning: .*$/gm)).toEqual([
    "warning: no container runs PostgreSQL: start one before the deploy",
    "warning: no container runs Caddy: start one before the deploy",
    "warning: only 300 MiB memory are available, and NocoDB may use 512",
    "warning: only 100 MiB are free, and NocoDB's image alone needs about 1500",
  ]);
});

describe("a host that cannot be asked", () => {
  test.each([
    [255, "ssh: connect to host docker.acme.org port 22: Connection refused", "; check --ssh-host, --ssh-port"],
    [255, "No ED25519 host key is known for docker.acme.org", "; an unknown host key is never trusted"],
    [1, "sudo: a password is required", "; give the user of --ssh-user sudo without a password"],
    [1, "The host is not ready, and nothing was changed on it: Docker does not answer.", ""],
  ])("is reported with the flags (%s: %s)", async (status, message, remedy) => {
    host.standIn("ssh", `echo "${message}" >&2; exit ${status}`);
    const { code, stdout, stderr } = await host.run(["init", "prod", ...SSH]);
    expect([code, stdout, existsSync(file())]).toEqual([1, "", false]);
    expect(stderr).toContain(`deploy@docker.acme.org: ${message}${remedy}`);
  });
});

describe("on a terminal", () => {
  interface Terminal {
    onData(listener: (text: string) => void): void;
    onExit(listener: (end: { exitCode: number }) => void): void;
    write(text: string): void;
  }
  const { spawn } = createRequire(import.meta.url)("@cdktf/node-pty-prebuilt-multiarch") as {
    spawn(program: string, words: readonly string[], options: object): Terminal;
  };

  /** Runs `init prod`, and types each answer when its question is there. */
  function type(answers: readonly (readonly [question: string, keys: string])[]) {
    const program = path.join(import.meta.dirname, "../../../../cli/main.ts");
    const env = {
      ...process.env,
      PATH: `${host.folder}/bin:${process.env.PATH}`,
      NOCODB_ENVIRONMENTS: host.environments,
    };
    const terminal = spawn(process.execPath, ["--import", "tsx", program, "init", "prod"], { env, cols: 200 });
    return new Promise<{ code: number; shown: string }>((resolve) => {
      let shown = "";
      let from = 0;
      const left = [...answers];
      terminal.onData((text) => {
        shown += text;
        const [question = "", keys = ""] = left[0] ?? [];
        if (left.length === 0 || !shown.slice(from).includes(question)) return;
        from = shown.length;
        left.shift();
        terminal.write(keys);
      });
      terminal.onExit(({ exitCode }) => resolve({ code: exitCode, shown }));
    });
  }

  test("the few questions without a default are asked, Enter takes what is proposed, and a wrong answer is asked again", async () => {
    answer(FACTS.replace("site acme_caddy", "postgresql other postgres yes acme_backend\nsite acme_caddy"));
    const { code, shown } = await type([
      ["ssh.host:", "docker.acme.org\r"],
      ["ssh.user:", "\r"],
      ["ssh.port:", "\r"],
      ["postgresql.container:", "\r"],
      ["project:", "\r"],
      ["domain:", "http://x\r"],
      ["is not a domain", "\u0015films.org\r"],
      ["subdomain:", "\r"],
      ["consumers:", "\r"],
    ]);
    expect([code, shown]).toEqual([0, expect.stringContaining("prod.yaml: written")]);
    expect(settings()).toMatchObject({ project: "acme", domain: "films.org", ssh: { user: "deploy" } });
  });

  test.each([
    ["the first question", [["ssh.host:", "\u0003"]]],
    [
      "a question after the look at the host",
      [
        ["ssh.host:", "docker.acme.org\r"],
        ["ssh.user:", "\r"],
        ["ssh.port:", "\r"],
        ["project:", "\u0003"],
      ],
    ],
  ] as const)("Ctrl-C at %s ends it, and nothing is written", async (_, answers) => {
    answer(FACTS);
    const { code, shown } = await type(answers);
    expect([code, existsSync(file())]).toEqual([130, false]);
    expect(shown).toContain("Stopped, and nothing was written.");
    expect(shown).not.toContain("    at ");
  });
});
