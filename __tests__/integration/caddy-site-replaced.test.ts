import { beforeEach, describe, expect, test } from "vitest";
import { CADDYFILE, ownCaddy, respond, siteName } from "./caddy.js";
import { inContainer } from "./containers.js";
import { asRoot } from "./host.js";

// A Caddyfile that is mounted as a single file and then replaced by rename, as `sed -i` and most editors do: the
// container keeps reading the old one.
const writable = ownCaddy("replaced");
const readOnly = ownCaddy("read_only", { mount: "read-only file" });
const site = siteName("a");
const later = respond(siteName("later"), "later");

type Caddy = typeof writable;

const replace = ({ caddyfile }: Caddy, text: string) =>
  asRoot('printf %s "$2" >"$1.new" && mv "$1.new" "$1"', caddyfile, text);
const seenInside = ({ container }: Caddy) => inContainer(container, ["cat", "/etc/caddy/Caddyfile"]);

describe.each([
  ["that the container may write to", writable],
  ["that the container may not write to", readOnly],
])("a Caddyfile %s, replaced by rename,", (_, caddy) => {
  let text: string;
  beforeEach(async ({ task }) => {
    text = `${CADDYFILE}# for ${task.id}\n${later}\n`;
    await replace(caddy, text);
    expect(await seenInside(caddy)).not.toContain(task.id);
  });

  test("is seen by its container again with the site in it, and all of it is served; twice", async () => {
    for (const _ of ["once", "twice"]) {
      expect(await caddy.apply(site, respond(site, "one"))).toMatchObject({ code: 0, stderr: "" });
      expect(await caddy.read()).toContain(`${text}# BEGIN ${site}`);
      expect(await seenInside(caddy)).toBe((await caddy.read()).trim());
      expect(await caddy.answer(site)).toBe("one");
      expect(await caddy.answer(siteName("later"))).toBe("later");
    }
  });

  test("is also seen again when the site is removed", async () => {
    await caddy.apply(site, respond(site, "one"));
    await replace(caddy, `${await caddy.read()}# an editor was here\n`);
    expect(await caddy.remove(site)).toMatchObject({ code: 0, stderr: "" });
    expect(await caddy.read()).toBe(`${text}# an editor was here\n`);
    expect(await seenInside(caddy)).toBe((await caddy.read()).trim());
    expect(await caddy.answer(site)).toBe("nothing");
  });

  test("is left alone if Caddy would not load it: nothing changes, and the sites are still served", async () => {
    const broken = `${CADDYFILE}broken {\n\trespnd "x"\n}\n`;
    await replace(caddy, broken);
    const { code, stderr } = await caddy.apply(site, respond(site, "one"));
    expect([code, stderr]).toEqual([1, expect.stringContaining("unrecognized directive: respnd")]);
    expect(await caddy.read()).toBe(broken);
    expect(await caddy.answer(siteName("other"))).toBe("the other site");
  });
});
