import { beforeAll, describe, expect, test } from "vitest";
import type { Outcome } from "./host.js";
import { ADMIN, described, emailOf, ownNocodb, type Wanted } from "./nocodb.js";

const nocodb = ownNocodb("rights");
const { directory } = nocodb;

/** The role of a consumer's user in a base, "" for none. */
async function roleIn(base: string, name: string): Promise<string> {
  const { body } = await nocodb.ask("GET", `/api/v2/meta/bases/${base}/users`);
  return body.users.list.find((each: { email: string }) => each.email === emailOf(name))?.roles ?? "";
}

/** What a token gets when it makes a base: 200 or 403. */
const makesBase = async (token: string) =>
  (await nocodb.ask("POST", "/api/v2/meta/bases", { title: "made by a consumer" }, { "xc-token": token })).status;

const bases: Record<string, string> = {};
const SETTINGS = { restrict_workspace_creation: true, it_list: [1, { a: "}" }], it_text: 'a "quoted", text' };

let first: Outcome;

beforeAll(async () => {
  for (const title of ["Production", "Über uns", 'it\'s 100% "fine"']) bases[title] = await nocodb.baseByHand(title);
  for (const nth of ["one", "two"]) bases[`twice ${nth}`] = await nocodb.baseByHand("Twice");
  await nocodb.ask("POST", "/api/v1/app-settings", { ...SETTINGS, invite_only_signup: false });
  first = await nocodb.ensure([
    { name: "maker" },
    {
      ...{ name: "reader", role: "viewer" },
      bases: { Production: "editor", "Über uns": "viewer", 'it\'s 100% "fine"': "commenter" },
    },
  ]);
});

describe("a consumer has the rights that its environment file gives it:", () => {
  test("a creator makes bases, and sees no other's", async () => {
    expect([first.code, first.stderr]).toEqual([0, ""]);
    const token = await nocodb.token("maker");
    expect((await nocodb.userOf("maker")).roles).toBe("org-level-creator");
    const { status, body } = await nocodb.ask("POST", "/api/v2/meta/bases", { title: "Own" }, { "xc-token": token });
    bases.Own = body.id;
    const seen = await nocodb.ask("GET", "/api/v2/meta/bases", undefined, { "xc-token": token });
    expect([status, seen.body.list.map(({ title }: { title: string }) => title)]).toEqual([200, ["Own"]]);
  });

  test("a viewer makes none, and has its role in bases by their titles", async () => {
    expect((await nocodb.userOf("reader")).roles).toBe("org-level-viewer");
    expect(await makesBase(await nocodb.token("reader"))).toBe(403);
    const roles = [];
    for (const title of ["Production", "Über uns", 'it\'s 100% "fine"'])
      roles.push(await roleIn(bases[title]!, "reader"));
    expect(roles).toEqual(["editor", "viewer", "commenter"]);
  });

  test.each(["/api/v1/users", "/api/v1/app-settings", "/api/v1/tokens"])("none of them may see %s", async (path) => {
    for (const name of ["maker", "reader"]) {
      const credential = { "xc-token": await nocodb.token(name) };
      expect((await nocodb.ask("GET", path, undefined, credential)).status).toBeGreaterThanOrEqual(401);
    }
  });
});

describe("the sign-up", () => {
  test("is closed, and every other setting stays as it was, also one that nobody knows", async () => {
    expect((await nocodb.ask("GET", "/api/v1/app-settings")).body).toEqual({ ...SETTINGS, invite_only_signup: true });
    expect(first.stdout).toContain("sign-up: closed\n");
  });

  test("that someone opened again is closed again", async () => {
    const opened = { ...SETTINGS, invite_only_signup: false, restrict_workspace_creation: false };
    await nocodb.ask("POST", "/api/v1/app-settings", opened);
    expect(await nocodb.word()).toBe("sign-up open to everybody");
    expect((await nocodb.ensure([{ name: "maker" }, { name: "reader", role: "viewer" }])).stdout).toContain(
      "sign-up: closed",
    );
    const settings = (await nocodb.ask("GET", "/api/v1/app-settings")).body;
    expect(settings).toEqual({ ...opened, invite_only_signup: true });
  });
});

describe("roles in bases", () => {
  test("that are no longer wanted have been taken back", async () => {
    for (const title of ["Production", "Über uns"]) expect(await roleIn(bases[title]!, "reader")).not.toBe("editor");
    expect(await roleIn(bases.Production!, "reader")).toMatch(/^$|no-access|inherit/);
  });

  test("change, come back, and leave alone where the consumer was invited by hand and what it made itself", async () => {
    const invited = bases["twice one"]!;
    await nocodb.ask("POST", `/api/v2/meta/bases/${invited}/users`, { email: emailOf("reader"), roles: "creator" });
    const wanted = (role: string): readonly Wanted[] => [
      { name: "maker", bases: { Own: "viewer", Production: "viewer" } },
      { name: "reader", role: "viewer", bases: { Production: role } },
    ];
    for (const role of ["editor", "viewer"]) {
      expect(await nocodb.ensure(wanted(role))).toMatchObject({ code: 0, stderr: "" });
      expect(await roleIn(bases.Production!, "reader")).toBe(role);
      expect(await roleIn(bases.Production!, "maker")).toBe("viewer");
      expect(await roleIn(bases.Own!, "maker")).toBe("owner");
      expect(await roleIn(invited, "reader")).toBe("creator");
    }
  });

  test("in a base that is missing or whose title is not unique are told, all else being done", async () => {
    const { code, stdout, stderr } = await nocodb.ensure([
      { name: "maker" },
      { name: "reader", role: "viewer", bases: { production: "editor", Twice: "editor", "Über uns": "editor" } },
    ]);
    const [head, missing, twice] = stderr.trimEnd().split("\n");
    expect([code, head]).toEqual([1, "Not everything could be done:"]);
    expect(missing).toMatch(
      /^- consumers.reader.bases: there is no base 'production' in NocoDB, so reader got no role in it. Create it, or correct the title, and deploy again. There are: .*Own, Production, Twice, Twice, .*Über uns/,
    );
    expect(twice).toBe(
      "- consumers.reader.bases: several bases in NocoDB are called 'Twice', so reader got a role in none of them. Rename one, and deploy again.",
    );
    expect(await roleIn(bases["Über uns"]!, "reader")).toBe("editor");
    expect(stdout).toContain("reader: token works\n");
    expect(await roleIn(bases["twice one"]!, "reader")).toBe("creator");
  });
});

describe("the role of a consumer changes, and its token with its rights:", () => {
  test("creator and viewer: the token stays", async () => {
    const [maker, reader] = [await nocodb.token("maker"), await nocodb.token("reader")];
    await nocodb.ensure([{ name: "maker", role: "viewer" }, { name: "reader" }]);
    expect([await nocodb.token("maker"), await nocodb.token("reader")]).toEqual([maker, reader]);
    expect([await makesBase(maker), await makesBase(reader)]).toEqual([403, 200]);
  });

  test("super admin and back: each time another token, the former refused, and the super admin stays", async () => {
    const former = await nocodb.token("maker");
    const { code, stdout, stderr } = await nocodb.ensure([{ name: "maker", role: "super-admin" }, { name: "reader" }]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`maker: token replaced, in ${directory}/maker.env\n`);
    const above = await nocodb.token("maker");
    expect([await nocodb.opens(former), await nocodb.whose(above)]).toEqual([401, ADMIN.email.toLowerCase()]);
    expect(await nocodb.userOf("maker")).toBeUndefined();
    expect(await nocodb.word()).toBe("new");
    const byHand = await nocodb.tokenByHand("made by hand");

    expect(await nocodb.ensure([{ name: "maker" }])).toMatchObject({ code: 0, stderr: "" });
    expect([await nocodb.opens(above), await nocodb.opens(byHand.token)]).toEqual([401, 200]);
    expect(await nocodb.whose(await nocodb.token("maker"))).toBe(emailOf("maker"));
    expect((await nocodb.tokens()).map(({ description }) => description).sort()).toEqual(
      [byHand.description, described("maker")].sort(),
    );
  });

  test("a super admin that leaves loses its token, and the super admin stays", async () => {
    await nocodb.ensure([{ name: "maker", role: "super-admin" }]);
    const above = await nocodb.token("maker");
    expect(await nocodb.ensure([])).toMatchObject({ code: 0, stderr: "" });
    expect(await nocodb.opens(above)).toBe(401);
    expect((await nocodb.users()).map(({ email }) => email)).toEqual([ADMIN.email.toLowerCase()]);
  });
});
