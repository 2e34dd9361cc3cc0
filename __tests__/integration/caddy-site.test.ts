import { beforeEach, describe, expect, test } from "vitest";
import { CADDYFILE, ownCaddy, respond, siteName } from "./caddy.js";
import { asRoot, HOSTILE, record } from "./host.js";

const caddy = ownCaddy("block");
const site = siteName("a");
const block = (name: string, text: string) =>
  `# BEGIN ${name} (kept by cdktf)\n${text}\n# END ${name} (kept by cdktf)\n`;

const QUIET = { code: 0, stdout: "", stderr: "" };

beforeEach(async () => {
  await caddy.edit(CADDYFILE);
});

describe("a site", () => {
  test("is added as a marked block and is served; twice", async () => {
    for (const _ of ["once", "twice"]) {
      expect(await caddy.apply(site, respond(site, "one"))).toEqual(QUIET);
      expect(await caddy.read()).toBe(CADDYFILE + block(site, respond(site, "one")));
      expect(await caddy.answer(site)).toBe("one");
    }
    expect(await caddy.answer(siteName("other"))).toBe("the other site");
  });

  test("is changed in place", async () => {
    await caddy.apply(site, respond(site, "one"));
    await caddy.write(`${await caddy.read()}# someone's last word\n`);
    const changed = `${respond(site, "two")}\n# more`;
    expect(await caddy.apply(site, changed)).toEqual(QUIET);
    expect(await caddy.read()).toBe(`${CADDYFILE}${block(site, changed)}# someone's last word\n`);
    expect(await caddy.answer(site)).toBe("two");
  });

  test("is removed with its record, so that its absence is not drift, and no longer served; twice", async () => {
    await caddy.apply(site, respond(site, "one"));
    await caddy.apply(siteName("kept"), respond(siteName("kept"), "two"));
    await caddy.remove(site);
    const records = `${caddy.directory}/records`;
    expect(await asRoot('cd "$1" && ls', records)).not.toContain(site);
    expect(await record(records, siteName("kept"))).toContain(`site=${siteName("kept")}\n`);
    await caddy.remove(siteName("kept"));
    await caddy.apply(site, respond(site, "one"));
    for (const _ of ["once", "twice"]) {
      expect(await caddy.remove(site)).toEqual(QUIET);
      expect(await caddy.read()).toBe(CADDYFILE);
      expect(await caddy.answer(site)).toBe("nothing");
    }
    expect(await caddy.answer(siteName("other"))).toBe("the other site");
  });

  test("can contain every character that a Caddyfile can contain", async () => {
    const { quotes, ...signs } = HOSTILE;
    const said = `${quotes.replaceAll("`", "'")} ${Object.values(signs).join(" ")}`;
    expect(await caddy.apply(site, respond(site, said))).toEqual(QUIET);
    expect(await caddy.read()).toBe(CADDYFILE + block(site, respond(site, said)));
    expect(await caddy.answer(site)).toBe(said);
  });

  test("keeps the owner, mode and inode of the Caddyfile", async () => {
    const identity = () => asRoot('stat -c "%i %a %u:%g" "$1"', caddy.caddyfile);
    await asRoot('chown 1001:44 "$1" && chmod 0640 "$1"', caddy.caddyfile);
    const before = await identity();
    await caddy.apply(site, respond(site, "one"));
    expect(await identity()).toBe(before);
    await caddy.remove(site);
    expect(await identity()).toBe(before);
    await asRoot('chown 0:0 "$1" && chmod 0644 "$1"', caddy.caddyfile);
  });

  test("is recorded with a salted fingerprint", async () => {
    await caddy.apply(site, respond(site, "one"), { status: "site edited" });
    expect(await record(`${caddy.directory}/records`, site)).toMatch(
      new RegExp(
        `^status=site edited\nkind=site\ncaddy=${caddy.container}\ncaddyfile=${caddy.caddyfile}\nsites_directory=\n` +
          `site=${site}\nsalt=[0-9a-f]{32}\nwhole=[0-9a-f]{64}\nloaded=[0-9a-f]{64}\nfingerprint=[0-9a-f]{64}\n$`,
      ),
    );
  });
});

describe("every other byte stays, and after the removal the file is as it was before:", () => {
  test.each([
    ["no newline at the end", `${CADDYFILE}# the end`],
    ["lines with CRLF", CADDYFILE.replaceAll("\n", "\r\n")],
    ["snippets only", "(vpn_only) {\n\terror 403\n}\n"],
    ["blanks, tabs and an empty line at the end", `${CADDYFILE}\t# ü 東京 \\ $HOME %s \n\n`],
    ["another of our sites in it", CADDYFILE + block(siteName("b"), respond(siteName("b"), "b"))],
    [
      "another of our sites, whose name starts with the same text",
      CADDYFILE + block(`${site}.b`, respond(`${site}.b`, "b")),
    ],
  ])("%s", async (_, original) => {
    await caddy.edit(original);
    expect(await caddy.apply(site, respond(site, "one"))).toEqual(QUIET);
    const ours = block(site, respond(site, "one"));
    const withNewline = `\n${ours.replace("\n", ", newline added\n")}`;
    expect(await caddy.read()).toBe(original + (original.endsWith("\n") ? ours : withNewline));
    expect(await caddy.answer(site)).toBe("one");
    expect(await caddy.remove(site)).toEqual(QUIET);
    expect(await caddy.read()).toBe(original);
  });

  test("a file that was emptied while its sites are served is left alone, and the sites are named", async () => {
    await caddy.apply(site, respond(site, "zero"));
    await caddy.write("");
    const { code, stderr } = await caddy.apply(site, respond(site, "one"));
    expect([code, stderr]).toEqual([1, expect.stringContaining("no longer answer: ")]);
    expect([await caddy.read(), await caddy.answer(site)]).toEqual(["", "zero"]);
  });

  test("text that was added behind the block", async () => {
    await caddy.apply(site, respond(site, "one"));
    const later = `\n${respond(siteName("later"), "later")}`;
    await caddy.write((await caddy.read()) + later);
    await caddy.apply(site, respond(site, "two"));
    expect(await caddy.read()).toBe(CADDYFILE + block(site, respond(site, "two")) + later);
    expect(await caddy.remove(site)).toEqual(QUIET);
    expect(await caddy.read()).toBe(CADDYFILE + later);
    expect(await caddy.answer(siteName("later"))).toBe("later");
  });

  test("text that was added behind the block of a file without a final newline keeps a line of its own", async () => {
    await caddy.edit(`${CADDYFILE}# the end`);
    await caddy.apply(site, respond(site, "one"));
    await caddy.write(`${await caddy.read()}${respond(siteName("later"), "later")}\n`);
    expect(await caddy.remove(site)).toEqual(QUIET);
    expect(await caddy.read()).toBe(`${CADDYFILE}# the end\n${respond(siteName("later"), "later")}\n`);
    expect(await caddy.answer(siteName("later"))).toBe("later");
  });
});

describe("two at the same time", () => {
  const second = siteName("b");

  test("both are written and both are served", async () => {
    const outcomes = await Promise.all([
      caddy.apply(site, respond(site, "one")),
      caddy.apply(second, respond(second, "two")),
    ]);
    expect(outcomes).toEqual([QUIET, QUIET]);
    const text = await caddy.read();
    expect(text).toContain(block(site, respond(site, "one")));
    expect(text).toContain(block(second, respond(second, "two")));
    expect(await Promise.all([caddy.answer(site), caddy.answer(second)])).toEqual(["one", "two"]);
  });

  test("one is added while the other is removed", async () => {
    await caddy.apply(second, respond(second, "two"));
    const outcomes = await Promise.all([caddy.remove(second), caddy.apply(site, respond(site, "one"))]);
    expect(outcomes).toEqual([QUIET, QUIET]);
    expect(await caddy.read()).toBe(CADDYFILE + block(site, respond(site, "one")));
    expect(await caddy.answer(second)).toBe("nothing");
  });
});
