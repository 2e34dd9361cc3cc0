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
  await caddy.edit(CADDYFILE);
});

/** What the program prints; the Caddyfile is unchanged, nothing is recorded, and the other site is served. */
async function refusal(attempt: () => Promise<Outcome>, caddyfile = CADDYFILE): Promise<string> {
  if (caddyfile !== CADDYFILE) await caddy.write(caddyfile);
  const { code, stdout, stderr } = await attempt();
  expect([code, stdout]).toEqual([1, ""]);
  expect(await caddy.read()).toBe(caddyfile);
  expect(await asRoot('ls "$1/records" 2>/dev/null || true', caddy.directory)).toBe("");
  expect(await caddy.answer(siteName("other"))).toBe("the other site");
  return stderr;
}

describe("a configuration that Caddy would not load is refused with Caddy's reason, and nothing is written:", () => {
  test.each([
    ["an unknown directive", `${site} {\n\tno_such_directive\n}`, "unrecognized directive: no_such_directive"],
    ["an unknown snippet", `${site} {\n\timport no_such_snippet\n}`, "no_such_snippet"],
    ["a missing brace", `${site} {\n\trespond "one"`, "syntax error"],
    ["a site that exists already", respond(siteName("other"), "mine"), "ambiguous site definition"],
  ])("%s", async (_, text, reason) => {
    const said = await refusal(() => caddy.apply(site, text));
    expect(said).toContain("Nothing was changed: ");
    expect(said).toContain(`would not load ${caddy.caddyfile} with the site ${site} in it: `);
    expect(said).toContain(reason);
  });

  test("a Caddyfile that is already broken, on apply and on remove", async () => {
    const broken = `${CADDYFILE}${begin}\n${respond(site, "one")}\n${end}\nbroken {\n\trespnd "x"\n}\n`;
    const reasons = [
      await refusal(() => caddy.apply(site, respond(site, "two")), broken),
      await refusal(() => caddy.remove(site), broken),
    ];
    for (const said of reasons) {
      expect(said).toContain(`would not load ${caddy.caddyfile} as it is: `);
      expect(said).toMatch(/\/etc\/caddy\/Caddyfile:\d+.*unrecognized directive: respnd/);
    }
  });
});

describe("markers that are not a pair are refused with the lines, the file and what to do:", () => {
  const twice = "must occur once each, or not at all: fix it by hand";
  test.each([
    ["the first one twice", `${begin}\n${begin}\n${end}\n`, twice],
    ["a block twice", `${begin}\n${end}\n${begin}\n${end}\n`, twice],
    ["only the first one", `${begin}\n`, twice],
    ["only the last one", `${end}\n`, twice],
    ["the last before the first", `${end}\n${begin}\n`, `'${end}' comes before '${begin}': fix it by hand`],
  ])("%s", async (_, marks, reason) => {
    for (const attempt of [() => caddy.apply(site, respond(site, "one")), () => caddy.remove(site)]) {
      const said = await refusal(attempt, CADDYFILE + marks);
      expect(said).toContain(`${caddy.caddyfile}: `);
      expect(said).toContain(reason);
    }
  });
});

describe("a configuration that Caddy refuses on reload is reverted:", () => {
  const putBack = `Caddy refused the new configuration, and ${caddy.caddyfile} was put back: `;

  test("an address that Caddy cannot listen on", async () => {
    const text = respond(site, "one").replace("{\n", "{\n\tbind 192.0.2.1\n");
    const said = await refusal(() => caddy.apply(site, text));
    expect(said).toContain(putBack);
    expect(said).toContain("cannot assign requested address");
  });
});

describe("a host that does not match the settings is refused:", () => {
  test("a Caddy with its admin endpoint disabled", async () => {
    const disabled = CADDYFILE.replace("{\n", "{\n\tadmin off\n");
    await caddy.write(disabled);
    await caddy.reload();
    try {
      const said = await refusal(() => caddy.apply(site, respond(site, "one")), disabled);
      expect(said).toContain("the global option admin off keeps the running Caddy");
      expect(await caddy.answer(site)).toBe("nothing");
    } finally {
      await caddy.write(CADDYFILE);
      await must(["docker", "restart", "--time", "1", caddy.container]);
    }
  });

  test("a Caddyfile that the container does not see", async () => {
    const elsewhere = `${caddy.directory}/elsewhere`;
    await caddy.write(CADDYFILE, elsewhere);
    const said = await refusal(() => caddy.apply(site, respond(site, "one"), { caddyfile: elsewhere }));
    expect(said).toContain(`container ${caddy.container} does not see ${elsewhere}: mount it there, or correct`);
    expect(await caddy.read(elsewhere)).toBe(CADDYFILE);
  });

  test("a missing Caddyfile", async () => {
    const missing = `${caddy.directory}/missing`;
    const said = await refusal(() => caddy.apply(site, respond(site, "one"), { caddyfile: missing }));
    expect(said).toBe(`${missing} is not a file on the host: correct caddy.caddyfile in the environment file\n`);
  });

  test("a missing container", async () => {
    const said = await refusal(() => caddy.apply(site, respond(site, "one"), { caddy: "it_no_such_container" }));
    expect(said).toContain("it_no_such_container");
  });

  test("a Caddyfile that cannot be written", async () => {
    // A host whose disk is full or mounted read-only: another container, whose engine and files are the same.
    const mounts = ["/var/run/docker.sock:/var/run/docker.sock", `${caddy.directory}:${caddy.directory}:ro`];
    const host = ["docker", "run", "--rm", "--interactive", ...mounts.flatMap((mount) => ["--volume", mount])];
    const records = "/tmp/records";
    const shell = [...host, IMAGES.sshd, "sh", "-s"];
    const said = await refusal(() => caddy.apply(site, respond(site, "one"), { records }, { shell }));
    expect(said).toContain(caddy.caddyfile);
  });
});
