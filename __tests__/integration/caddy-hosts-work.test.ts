import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IMAGES } from "../../lab/images.js";
import { respond, siteName } from "./caddy.js";
import { type CaddyHost, caddyHost } from "./caddy-hosts.js";
import { ANSWERS, ownName, remove, start } from "./containers.js";
import { asRoot, instance, run } from "./host.js";

// Hosts on which another process in Caddy's container would read another configuration than the server.

const site = siteName("a");
const neighbour = siteName("hello");
const options = "{\n\tlocal_certs\n\tskip_install_trust\n}\n";
const QUIET = { code: 0, stdout: "", stderr: "" };
const run_ = "exec caddy run --adapter caddyfile --config /etc/caddy";

const HOSTS: readonly (readonly [string, CaddyHost])[] = [
  [
    "a variable that only --envfile sets",
    {
      files: { Caddyfile: `${options}hello.{$DOM} {\n\trespond "hello"\n}\n`, "x.env": `DOM=${instance.domain}\n` },
      command: `sed -i 's/hello\\./it-hello./' /etc/caddy/Caddyfile; ${run_}/Caddyfile --envfile /etc/caddy/x.env`,
    },
  ],
  [
    "a variable with a default that the entrypoint overrides",
    {
      files: { Caddyfile: `${options}${neighbour} {\n\trespond "{$TEXT:default}"\n}\n` },
      command: `export TEXT=hello; ${run_}/Caddyfile`,
    },
  ],
  [
    "an email address that the entrypoint exports",
    {
      files: { Caddyfile: `{\n\temail {env.EMAIL}\n\tlocal_certs\n}\n${respond(neighbour, "hello")}\n` },
      command: `export EMAIL=root@${instance.domain}; ${run_}/Caddyfile`,
    },
  ],
  [
    "imports from beside and above its folder, also in imported files",
    {
      files: {
        "main/Caddyfile": `${options}import ../snippets.caddy\nimport ../conf.d/*.conf\nimport site ${neighbour} hello\n`,
        "snippets.caddy": "(site) {\n\t{args[0]} {\n\t\trespond {args[1]}\n\t}\n}\n",
        "conf.d/one.conf": "import more/*.conf\n",
        "conf.d/more/two.conf": respond(siteName("two"), "two"),
      },
      main: "main/Caddyfile",
      command: `cd /; ${run_}/main/Caddyfile`,
    },
  ],
  [
    "a read-only root file system without /tmp",
    {
      files: { Caddyfile: `${options}${respond(neighbour, "hello")}\n` },
      settings: ["--read-only", "--volume", "/data", "--volume", "/config"],
    },
  ],
  [
    "an admin endpoint at another address, from CADDY_ADMIN",
    {
      files: { Caddyfile: `${options}${respond(neighbour, "hello")}\n` },
      settings: ["--env", "CADDY_ADMIN=0.0.0.0:2021"],
    },
  ],
  [
    "an admin endpoint at another address, from the Caddyfile, and CRLF at the ends of lines",
    {
      files: {
        Caddyfile: `${options}${respond(neighbour, "hello")}\n`
          .replace("{\n", "{\n\tadmin 127.0.0.1:2022\n")
          .replaceAll("\n", "\r\n"),
      },
    },
  ],
  [
    "a site that is a wildcard, one at a port, and files that it serves",
    {
      files: {
        Caddyfile: `${options}*.${instance.domain} {\n\t@hello host ${neighbour}\n\thandle @hello {\n\t\trespond "hello"\n\t}\n}\n${siteName("port")}:9443 {\n\tfile_server\n}\n`,
      },
      command: "cd /etc/caddy; exec caddy run",
    },
  ],
];

describe.each(HOSTS)("a host with %s", (title, definition) => {
  const host = caddyHost(`works_${HOSTS.findIndex(([each]) => each === title)}`, definition);

  test("the neighbour answers byte for byte while a site is planned, deployed, changed and removed", async () => {
    const before = await host.answer(neighbour);
    expect(before).toBe("hello 200");
    const text = await host.read();
    for (const said of ["one", "two"]) {
      expect(await host.plan(site, respond(site, said))).toBe("");
      expect(await host.apply(site, respond(site, said))).toEqual(QUIET);
      expect([await host.answer(site), await host.answer(neighbour)]).toEqual([`${said} 200`, before]);
    }
    expect(await host.remove(site)).toEqual(QUIET);
    expect([await host.read(), await host.answer(neighbour)]).toEqual([text, before]);
  });
});

describe("the smoke test follows the configuration:", () => {
  const name = ownName("served");
  const ports = caddyHost("ports", {
    files: { Caddyfile: `${options.replace("{\n", "{\n\thttps_port 8443\n")}${respond(site, "one")}\n` },
  });
  const plain = caddyHost("plain", { files: { Caddyfile: `http://${site} {\n\trespond one\n}\n` } });
  beforeAll(() => start(name, IMAGES.nocodb, ["--network", "none"], ["sh", "-c", ANSWERS]));
  afterAll(() => remove(name));

  const smokeTest = async ({ place: { caddy, caddyfile }, records }: typeof ports) => {
    await asRoot('mkdir -p "$1"', records);
    return run("web-service/smoke-test", {
      ...{ name, caddy, caddyfile, site, records, service: "it", image: IMAGES.nocodb, health_path: "/" },
      ...{ url: "http://127.0.0.1:8080/", secrets: "/nonexistent", requirements: "" },
      ...{ database_container: instance.containers.postgresql, superuser: "postgres", database: "postgres" },
    });
  };

  test.each([
    ["https_port", ports, `https://${site}:8443: answers 200, asked from the host, with a certificate whose issuer`],
    ["plain HTTP", plain, `http://${site}: answers 200, asked from the host\n`],
  ])("%s", async (_, host, line) => {
    const { stdout, stderr } = await smokeTest(host);
    expect(`${stdout}${stderr}`).toContain(`site ${line}`);
  });
});
