import { beforeEach, describe, expect, test } from "vitest";
import { must } from "../../lab/command.js";
import { CADDYFILE, ownCaddy, respond, siteName } from "./caddy.js";
import { inContainer } from "./containers.js";
import { asRoot } from "./host.js";

// A Caddyfile that is mounted as a single file and then replaced by rename, as `sed -i` and most editors do: the
// container keeps reading the old one.
const writable = ownCaddy("replaced");
const readOnly = ownCaddy("read_only", { mount: "read-only file" });
const site = siteName("a");
const first = siteName("first");
const later = respond(siteName("later"), "later");

type Caddy = typeof writable;

const replace = ({ caddyfile }: Caddy, text: string) =>
  asRoot('printf %s "$2" >"$1.new" && mv "$1.new" "$1"', caddyfile, text);

/** A container that starts mounts the file that is there now. */
async function restartWith(caddy: Caddy, text: string): Promise<void> {
  await caddy.write(text);
  await must(["docker", "restart", "--time", "1", caddy.container]);
  await caddy.reload();
}
const seenInside = ({ container }: Caddy) => inContainer(container, ["cat", "/etc/caddy/Caddyfile"]);

describe.each([
  ["that the container may write to", writable],
  ["that the container may not write to", readOnly],
])("a Caddyfile %s, replaced by rename,", (_, caddy) => {
  let text: string;
  beforeEach(async ({ task }) => {
    await restartWith(caddy, CADDYFILE);
    await caddy.apply(first, respond(first, "first"));
    text = `${await caddy.read()}# for ${task.id}\n${later}\n`;
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

test("one that was replaced before the app's first deploy is refused until the advice has been followed", async () => {
  await asRoot('rm -rf -- "$1"', `${writable.directory}/records`);
  await restartWith(writable, CADDYFILE);
  const text = `${CADDYFILE}${later}\n`;
  await replace(writable, text);
  const { code, stderr } = await writable.apply(site, respond(site, "one"));
  const advice = `docker restart ${writable.container}`;
  expect([code, stderr]).toEqual([1, expect.stringContaining(`It does not serve ${siteName("later")}`)]);
  expect(stderr).toContain(advice);
  expect(await writable.read()).toBe(text);
  await must(advice.split(" "));
  await writable.reload();
  expect(await writable.apply(site, respond(site, "one"))).toMatchObject({ code: 0, stderr: "" });
});
