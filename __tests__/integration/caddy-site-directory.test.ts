import { beforeEach, describe, expect, test } from "vitest";
import { must } from "../../lab/command.js";
import { CADDYFILE, ownCaddy, respond, siteName } from "./caddy.js";
import { asRoot, record } from "./host.js";

const imports = (pattern: string) => `${CADDYFILE}import ${pattern}\n`;
const inside = ownCaddy("directory", { caddyfile: imports("/etc/caddy/sites/*.caddy") });
const outside = ownCaddy("outside", { caddyfile: imports("/etc/caddy.d/*.caddy"), sitesAt: "/etc/caddy.d" });
const site = siteName("a");
const QUIET = { code: 0, stdout: "", stderr: "" };

const files = ({ sites }: typeof inside) => asRoot('ls -A -- "$1"', sites);

describe.each([
  ["by its absolute path", inside, "/etc/caddy/sites/*.caddy"],
  ["by a path relative to the Caddyfile", inside, "sites/*.caddy"],
  ["with everything in it", inside, "/etc/caddy/sites/*"],
  ["from outside of the Caddyfile's own directory", outside, "/etc/caddy.d/*.caddy"],
])("if the Caddyfile imports a directory %s", (_, caddy, pattern) => {
  const own = { sites_directory: caddy.sites };
  beforeEach(async () => {
    await asRoot('rm -f -- "$1"/*', caddy.sites);
    await caddy.edit(imports(pattern));
  });

  test("a site is added, changed and removed as a file of its own; the Caddyfile stays unchanged", async () => {
    const identity = () => asRoot('stat -c "%i %a %u:%g %Y" "$1" && sha256sum "$1"', caddy.caddyfile);
    const before = await identity();
    for (const text of ["one", "two"]) {
      expect(await caddy.apply(site, respond(site, text), own)).toEqual(QUIET);
      expect(await caddy.read(`${caddy.sites}/${site}.caddy`)).toBe(`${respond(site, text)}\n`);
      expect(await caddy.answer(site)).toBe(text);
    }
    expect(await asRoot('stat -c "%a %u:%g" "$1"', `${caddy.sites}/${site}.caddy`)).toBe("644 0:0\n");
    expect(await caddy.remove(site, own)).toEqual(QUIET);
    expect(await files(caddy)).toBe("");
    expect(await caddy.answer(site)).toBe("nothing");
    expect(await identity()).toBe(before);
    expect(await caddy.answer(siteName("other"))).toBe("the other site");
  });
});

describe("in a sites directory", () => {
  const own = { sites_directory: inside.sites };
  const neighbour = respond(siteName("b"), "b");
  beforeEach(async () => {
    await asRoot('rm -f -- "$1"/*', inside.sites);
    await inside.write(neighbour, `${inside.sites}/b.caddy`);
    await inside.edit(imports("sites/*.caddy"));
  });

  test("other files stay unchanged and are served while ours is added and removed, each twice", async () => {
    for (const _ of ["once", "twice"]) {
      expect(await inside.apply(site, respond(site, "one"), own)).toEqual(QUIET);
      expect(await files(inside)).toBe(`b.caddy\n${site}.caddy\n`);
    }
    for (const _ of ["once", "twice"]) expect(await inside.remove(site, own)).toEqual(QUIET);
    expect(await files(inside)).toBe("b.caddy\n");
    expect(await inside.read(`${inside.sites}/b.caddy`)).toBe(neighbour);
    expect(await inside.answer(siteName("b"))).toBe("b");
  });

  test("a site that Caddy would not load is refused with the reason; a new one is not written, an existing one stays", async () => {
    const invalid = `${site} {\n\trespnd "x"\n}`;
    for (const present of ["b.caddy\n", `b.caddy\n${site}.caddy\n`]) {
      const { code, stderr } = await inside.apply(site, invalid, own);
      expect([code, stderr]).toEqual([1, expect.stringContaining("unrecognized directive: respnd")]);
      expect(await files(inside)).toBe(present);
      await inside.apply(site, respond(site, "one"), own);
    }
    expect(await inside.answer(site)).toBe("one");
  });

  test("what Caddy refuses on reload is reverted: a new file is removed, an existing one gets its old text", async () => {
    const refused = respond(site, "x").replace("{\n", "{\n\tbind 192.0.2.1\n");
    const putBack = `${inside.sites}/${site}.caddy was put back: `;
    const first = await inside.apply(site, refused, own);
    expect([first.code, first.stderr]).toEqual([1, expect.stringContaining(putBack)]);
    expect(await files(inside)).toBe("b.caddy\n");
    await inside.apply(site, respond(site, "one"), own);
    const second = await inside.apply(site, refused, own);
    expect([second.code, second.stderr]).toEqual([1, expect.stringContaining(putBack)]);
    expect(await inside.read(`${inside.sites}/${site}.caddy`)).toBe(`${respond(site, "one")}\n`);
    expect(await inside.answer(site)).toBe("one");
  });

  test("a site is refused with the missing line if the Caddyfile does not import the directory", async () => {
    await inside.edit(CADDYFILE);
    const { code, stderr } = await inside.apply(site, respond(site, "one"), own);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(
        'add a line like "import /etc/caddy/sites/*.caddy" to it, or remove caddy.sitesDirectory from the environment file',
      ),
    ]);
    expect(await files(inside)).toBe("b.caddy\n");
  });

  test("a site is refused if the container does not see the directory", async () => {
    const elsewhere = `${inside.directory}/elsewhere`;
    await asRoot('mkdir -p "$1"', elsewhere);
    const { code, stderr } = await inside.apply(site, respond(site, "one"), { sites_directory: elsewhere });
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`container ${inside.container} does not see ${elsewhere}`),
    ]);
    expect(await asRoot('ls -A "$1"', elsewhere)).toBe("");
  });

  test("a Caddyfile that was replaced by rename is shown to its container first", async () => {
    await inside.apply(site, respond(site, "zero"), own);
    const text = `${imports("sites/*.caddy")}${respond(siteName("later"), "later")}\n`;
    await asRoot('printf %s "$2" >"$1.new" && mv "$1.new" "$1"', inside.caddyfile, text);
    expect(await inside.apply(site, respond(site, "one"), own)).toMatchObject({ code: 0, stderr: "" });
    expect(await inside.answer(site)).toBe("one");
    expect(await inside.answer(siteName("later"))).toBe("later");
    expect(await inside.read()).toBe(text);
  });

  test("an import counts as soon as it is in the Caddyfile, although the container still reads an older one", async () => {
    await asRoot('rm -f -- "$1"/*', inside.sites);
    await inside.edit(CADDYFILE);
    await must(["docker", "restart", "--time", "1", inside.container]);
    await asRoot('printf %s "$2" >"$1.new" && mv "$1.new" "$1"', inside.caddyfile, imports("sites/*.caddy"));
    expect(await inside.apply(site, respond(site, "one"), own)).toMatchObject({ code: 0, stderr: "" });
    expect(await inside.answer(site)).toBe("one");
  });

  test("the record holds the location of the site", async () => {
    await inside.apply(site, respond(site, "one"), own);
    expect(await record(`${inside.directory}/records`, site)).toContain(
      `sites_directory=${inside.sites}\nsite=${site}\n`,
    );
  });
});
