import { beforeEach, describe, expect, test } from "vitest";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { CADDYFILE, ownCaddy, respond, siteName } from "./caddy.js";
import { asRoot, type Outcome } from "./host.js";

const caddy = ownCaddy("refused");
const site = siteName("a");
const begin = `# BEGIN ${site} (kept by cdktf)`;
const end = `# END ${site} (kept by cdktf)`;

beforeEach(async () => {
  await caddy.write(CADDYFILE);
});

/** What the script says; the Caddyfile is as it was, nothing is noted, the other site is served. */
async function refusal(attempt: () => Promise<Outcome>, caddyfile = CADDYFILE): Promise<string> {
  if (caddyfile !== CADDYFILE) await caddy.write(caddyfile);
  const { code, stdout, stderr } = await attempt();
  expect([code, stdout]).toEqual([1, ""]);
  expect(await caddy.read()).toBe(caddyfile);
  expect(await asRoot('ls "$1/manifest" 2>/dev/null || true', caddy.directory)).toBe("");
  expect(await caddy.answer(siteName("other"))).toBe("the other site");
  return stderr;
}

describe("a configuration that Caddy would not load is told with Caddy's reason, and nothing is written:", () => {
  test.each([
    ["a directive that is none", `${site} {\n\tno_such_directive\n}`, "unrecognized directive: no_such_directive"],
    ["a snippet that is none", `${site} {\n\timport no_such_snippet\n}`, "no_such_snippet"],
    ["a brace that is missing", `${site} {\n\trespond "one"`, "syntax error"],
    ["a site that is there already", respond(siteName("other"), "mine"), "ambiguous site definition"],
  ])("%s", async (_, text, reason) => {
    const said = await refusal(() => caddy.ensure(site, text));
    expect(said).toContain(
      `Caddy would not load its configuration with the site ${site} in it, so nothing was changed: `,
    );
    expect(said).toContain(reason);
  });

  test("a Caddyfile that someone broke before, when the site comes and when it goes", async () => {
    const broken = `${CADDYFILE}${begin}\n${respond(site, "one")}\n${end}\nbroken {\n\trespnd "x"\n}\n`;
    const reasons = [
      await refusal(() => caddy.ensure(site, respond(site, "two")), broken),
      await refusal(() => caddy.remove(site), broken),
    ];
    for (const said of reasons) {
      expect(said).toContain("so nothing was changed: ");
      expect(said).toMatch(/\/etc\/caddy\/Caddyfile:\d+.*unrecognized directive: respnd/);
    }
  });
});

describe("markers that are not a pair are told: which lines, in which file, and what to do:", () => {
  const twice = "must stand there once each, or not at all: mend it by hand";
  test.each([
    ["the first twice", `${begin}\n${begin}\n${end}\n`, twice],
    ["a block twice", `${begin}\n${end}\n${begin}\n${end}\n`, twice],
    ["the first alone", `${begin}\n`, twice],
    ["the last alone", `${end}\n`, twice],
    ["the last before the first", `${end}\n${begin}\n`, `'${end}' stands before '${begin}': mend it by hand`],
  ])("%s", async (_, marks, reason) => {
    for (const attempt of [() => caddy.ensure(site, respond(site, "one")), () => caddy.remove(site)]) {
      const said = await refusal(attempt, CADDYFILE + marks);
      expect(said).toContain(`${caddy.caddyfile}: `);
      expect(said).toContain(reason);
    }
  });
});

describe("what Caddy refuses when it loads is put back:", () => {
  const putBack = `Caddy did not take the new configuration, ${caddy.caddyfile} was put back: `;

  test("an address that Caddy cannot listen on", async () => {
    const text = respond(site, "one").replace("{\n", "{\n\tbind 192.0.2.1\n");
    const said = await refusal(() => caddy.ensure(site, text));
    expect(said).toContain(putBack);
    expect(said).toContain("cannot assign requested address");
  });
});

describe("a host that is not as the settings say is told:", () => {
  test("a Caddy that takes no other configuration", async () => {
    const switchedOff = CADDYFILE.replace("{\n", "{\n\tadmin off\n");
    await caddy.write(switchedOff);
    await caddy.reload();
    try {
      const said = await refusal(() => caddy.ensure(site, respond(site, "one")), switchedOff);
      expect(said).toContain("its global options say admin off");
      expect(await caddy.answer(site)).toBe("nothing");
    } finally {
      await caddy.write(CADDYFILE);
      await must(["docker", "restart", "--time", "1", caddy.container]);
    }
  });

  test("a Caddyfile that the container does not see", async () => {
    const elsewhere = `${caddy.directory}/elsewhere`;
    await caddy.write(CADDYFILE, elsewhere);
    const said = await refusal(() => caddy.ensure(site, respond(site, "one"), { caddyfile: elsewhere }));
    expect(said).toContain(`container ${caddy.container} does not see ${elsewhere}: mount it there, or correct`);
    expect(await caddy.read(elsewhere)).toBe(CADDYFILE);
  });

  test("a Caddyfile that is not there", async () => {
    const missing = `${caddy.directory}/missing`;
    const said = await refusal(() => caddy.ensure(site, respond(site, "one"), { caddyfile: missing }));
    expect(said).toBe(`${missing} is not a file on the host: correct caddy.caddyfile in the environment file\n`);
  });

  test("a container that is not there", async () => {
    const said = await refusal(() => caddy.ensure(site, respond(site, "one"), { caddy: "it_no_such_container" }));
    expect(said).toContain("it_no_such_container");
  });

  test("a Caddyfile that cannot be written", async () => {
    // A host whose disk is full or mounted read-only: another container, whose engine and files are the same.
    const mounts = ["/var/run/docker.sock:/var/run/docker.sock", `${caddy.directory}:${caddy.directory}:ro`];
    const host = ["docker", "run", "--rm", "--interactive", ...mounts.flatMap((mount) => ["--volume", mount])];
    const manifest = "/tmp/manifest";
    const way = [...host, IMAGES.sshd, "sh", "-s"];
    const said = await refusal(() => caddy.ensure(site, respond(site, "one"), { manifest }, way));
    expect(said).toContain(caddy.caddyfile);
  });
});
