import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IMAGES } from "../../lab/images.js";
import { CADDYFILE, ownCaddy, respond, siteName } from "./caddy.js";
import { ANSWERS, ownName, remove, start } from "./containers.js";
import { asRoot, instance, run, scratch } from "./host.js";

const directory = scratch("smoke_test");
const secrets = `${directory}/secrets`;
const name = ownName("tested");
const url = "http://127.0.0.1:8080/health";
const [served, gated, aborted, broken] = ["a", "gated", "aborted", "broken"].map(siteName) as [
  string,
  string,
  string,
  string,
];
const caddy = ownCaddy("smoke_test", {
  caddyfile: [
    CADDYFILE,
    respond(served, "here"),
    `${gated} {\n\trespond 403\n}`,
    `${aborted} {\n\tabort\n}`,
    `${broken} {\n\trespond 502\n}\n`,
  ].join("\n"),
});

beforeAll(async () => {
  await asRoot('mkdir "$1" && echo A_PASSWORD=sesame >"$1/values"', secrets);
  await start(name, IMAGES.nocodb, ["--network", "none"], ["sh", "-c", `echo with sesame; ${ANSWERS}`]);
});
afterAll(() => remove(name));

/** The end of the line for a certificate of Caddy's own authority. */
const UNTRUSTED = ", with a certificate whose issuer this host does not trust";

const input = {
  ...{
    service: "it",
    name,
    image: IMAGES.nocodb,
    url,
    secrets,
    caddy: caddy.container,
    caddyfile: caddy.caddyfile,
    site: served,
    health_path: "/health",
  },
  ...{ database_container: instance.containers.postgresql, superuser: "postgres", database: "postgres" },
  ...{ records: directory, requirements: "" },
};
const smokeTest = (more: Partial<typeof input> = {}) =>
  run("web-service/smoke-test", { ...input, ...more }, { inject: "hastily" });

test("each check that passes prints a line, and the log is printed without secrets; twice", async () => {
  for (const _ of ["once", "twice"]) {
    const { code, stdout, stderr } = await smokeTest();
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n")).toEqual([
      expect.stringMatching(`^container ${name}: running, started 20\\d\\d-.*Z, image ${IMAGES.nocodb}$`),
      "  log: with ********",
      `health ${url}: 200`,
      `site https://${served}: answers 200, asked from the host${UNTRUSTED}`,
      "database postgres: listed, owner postgres",
      "",
    ]);
  }
});

test.each([
  ["a refusal of the VPN gate", gated, "403"],
  ["a gate that closes the connection", aborted, "refused"],
])("%s counts as an answer", async (_, site, answer) => {
  const { code, stdout } = await smokeTest({ site });
  expect([code, stdout]).toEqual([
    0,
    expect.stringContaining(
      `site https://${site}: answers ${answer}, asked from the host${answer === "refused" ? "" : UNTRUSTED}\n`,
    ),
  ]);
});

describe("the first check that fails is reported, after those that pass:", () => {
  const failing = async (more: Partial<typeof input>) => {
    const { code, stdout, stderr } = await smokeTest(more);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^container /)]);
    return { stdout, stderr };
  };

  test("a service that no longer answers", async () => {
    const { stderr } = await failing({ url: "http://127.0.0.1:8081/health" });
    expect(stderr).toContain(`container ${name} does not answer at http://127.0.0.1:8081/health any more\n`);
  });

  test("a site that Caddy does not serve", async () => {
    const site = siteName("missing");
    const { stdout, stderr } = await failing({ site });
    expect(stdout).toContain(`health ${url}: 200\n`);
    expect(stderr).toBe(
      `Caddy (container ${caddy.container}) does not serve a site ${site}: see docker logs ${caddy.container}, then deploy again\n`,
    );
  });

  test("a site that answers with a server error", async () => {
    const { stderr } = await failing({ site: broken });
    expect(stderr).toBe(`https://${broken} answers 502 at Caddy (container ${caddy.container})\n`);
  });

  test("a database that is not listed", async () => {
    const database = `it's "missing" $x %`;
    const { stdout, stderr } = await failing({ database });
    expect(stdout).toContain(`site https://${served}: answers 200`);
    expect(stderr).toBe(
      `database ${database} is not listed by PostgreSQL in container ${instance.containers.postgresql}\n`,
    );
  });
});
