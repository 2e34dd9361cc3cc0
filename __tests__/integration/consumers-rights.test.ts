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

/** The status for a token that creates a base: 200 or 403. */
const createsBase = async (token: string) =>
  (await nocodb.ask("POST", "/api/v2/meta/bases", { title: "made by a consumer" }, { "xc-token": token })).status;

const bases: Record<string, string> = {};
const SETTINGS = { restrict_workspace_creation: true, it_list: [1, { a: "}" }], it_text: 'a "quoted", text' };

let first: Outcome;

beforeAll(async () => {
  for (const title of ["Production", "Über uns", 'it\'s 100% "fine"']) bases[title] = await nocodb.baseByHand(title);
  for (const nth of ["one", "two"]) bases[`twice ${nth}`] = await nocodb.baseByHand("Twice");
  await nocodb.ask("POST", "/api/v1/app-settings", { ...SETTINGS, invite_only_signup: false });
  first = await nocodb.apply([
    { name: "maker" },
    {
      ...{ name: "reader", role: "viewer" },
      bases: { Production: "editor", "Über uns": "viewer", 'it\'s 100% "fine"': "commenter" },
    },
  ]);
});

describe("a consumer has the rights that the environment file gives it:", () => {
  test("a creator can create bases, and sees no others", async () => {
    expect([first.code, first.stderr]).toEqual([0, ""]);
    const token = await nocodb.token("maker");
    expect((await nocodb.userOf("maker")).roles).toBe("org-level-creator");
    const { status, body } = await nocodb.ask("POST", "/api/v2/meta/bases", { title: "Own" }, { "xc-token": token });
    bases.Own = body.id;
    const seen = await nocodb.ask("GET", "/api/v2/meta/bases", undefined, { "xc-token": token });
    expect([status, seen.body.list.map(({ title }: { title: string }) => title)]).toEqual([200, ["Own"]]);
  });

  test("a viewer can create none, and has its roles in bases by their titles", async () => {
    expect((await nocodb.userOf("reader")).roles).toBe("org-level-viewer");
    expect(await createsBase(await nocodb.token("reader"))).toBe(403);
    const roles = [];
    for (const title of ["Production", "Über uns", 'it\'s 100% "fine"'])
      roles.push(await roleIn(bases[title]!, "reader"));
    expect(roles).toEqual(["editor", "viewer", "commenter"]);
  });

  test.each(["/api/v1/users", "/api/v1/app-settings", "/api/v1/tokens"])("none of them can read %s", async (path) => {
    for (const name of ["maker", "reader"]) {
      const credential = { "xc-token": await nocodb.token(name) };
      expect((await nocodb.ask("GET", path, undefined, credential)).status).toBeGreaterThanOrEqual(401);
    }
  });
});

describe("the sign-up", () => {
  test("is closed, and every other setting stays, even an unknown one", async () => {
    expect((await nocodb.ask("GET", "/api/v1/app-settings")).body).toEqual({ ...SETTINGS, invite_only_signup: true });
    expect(first.stdout).toContain("sign-up: closed\n");
  });

  test("is closed again if someone opened it", async () => {
    const opened = { ...SETTINGS, invite_only_signup: false, restrict_workspace_creation: false };
    await nocodb.ask("POST", "/api/v1/app-settings", opened);
    expect(await nocodb.status()).toBe("sign-up open to everybody");
    expect((await nocodb.apply([{ name: "maker" }, { name: "reader", role: "viewer" }])).stdout).toContain(
      "sign-up: closed",
    );
    const settings = (await nocodb.ask("GET", "/api/v1/app-settings")).body;
    expect(settings).toEqual({ ...opened, invite_only_signup: true });
  });
});

describe("roles in bases", () => {
  test("that are no longer configured are removed", async () => {
    for (const title of ["Production", "Über uns"]) expect(await roleIn(bases[title]!, "reader")).not.toBe("editor");
    expect(await roleIn(bases.Production!, "reader")).toMatch(/^$|no-access|inherit/);
  });

  test("change and return; a role that someone gave by hand is taken away, and a base that a consumer created stays its own", async () => {
    const invited = bases["twice one"]!;
    await nocodb.ask("POST", `/api/v2/meta/bases/${invited}/users`, { email: emailOf("reader"), roles: "creator" });
    const wanted = (role: string): readonly Wanted[] => [
      { name: "maker", bases: { Own: "viewer", Production: "viewer" } },
      { name: "reader", role: "viewer", bases: { Production: role } },
    ];
    for (const role of ["editor", "viewer"]) {
      expect(await nocodb.apply(wanted(role))).toMatchObject({ code: 0, stderr: "" });
      expect(await roleIn(bases.Production!, "reader")).toBe(role);
      expect(await roleIn(bases.Production!, "maker")).toBe("viewer");
      expect(await roleIn(bases.Own!, "maker")).toBe("owner");
      expect(await roleIn(invited, "reader")).toBe("");
    }
  });

  test("in a base that is missing or whose title is not unique are reported; everything else is done", async () => {
    const { code, stdout, stderr } = await nocodb.apply([
      { name: "maker" },
      { name: "reader", role: "viewer", bases: { production: "editor", Twice: "editor", "Über uns": "editor" } },
    ]);
    const [head, missing, twice] = stderr.trimEnd().split("\n");
    expect([code, head]).toEqual([1, "Not everything could be done:"]);
    expect(missing).toMatch(
      /^- consumers.reader.bases: NocoDB has no base 'production', so it got no role in it. Add the title to bases to have it created, or correct it, and deploy again. Existing bases: .*Own, Production, Twice, Twice, .*Über uns/,
    );
    expect(twice).toBe(
      "- consumers.reader.bases: several bases in NocoDB are called 'Twice', so it got a role in none of them. Rename one, and deploy again.",
    );
    expect(await roleIn(bases["Über uns"]!, "reader")).toBe("editor");
    expect(stdout).toContain("reader: token works\n");
  });
});

describe("the role of a consumer changes:", () => {
  test("between creator and viewer, and the token stays", async () => {
    const [maker, reader] = [await nocodb.token("maker"), await nocodb.token("reader")];
    await nocodb.apply([{ name: "maker", role: "viewer" }, { name: "reader" }]);
    expect([await nocodb.token("maker"), await nocodb.token("reader")]).toEqual([maker, reader]);
    expect([await createsBase(maker), await createsBase(reader)]).toEqual([403, 200]);
  });

  test("to super admin and back, each time with another token; the former is refused, and the super admin stays", async () => {
    const former = await nocodb.token("maker");
    const { code, stdout, stderr } = await nocodb.apply([{ name: "maker", role: "super-admin" }, { name: "reader" }]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`maker: token replaced, in ${directory}/maker.env\n`);
    const above = await nocodb.token("maker");
    expect([await nocodb.opens(former), await nocodb.whose(above)]).toEqual([401, ADMIN.email.toLowerCase()]);
    expect(await nocodb.userOf("maker")).toBeUndefined();
    expect(await nocodb.status()).toBe("new");
    const byHand = await nocodb.tokenByHand("made by hand");

    expect(await nocodb.apply([{ name: "maker" }])).toMatchObject({ code: 0, stderr: "" });
    expect([await nocodb.opens(above), await nocodb.opens(byHand.token)]).toEqual([401, 200]);
    expect(await nocodb.whose(await nocodb.token("maker"))).toBe(emailOf("maker"));
    expect((await nocodb.tokens()).map(({ description }) => description).sort()).toEqual(
      [byHand.description, described("maker")].sort(),
    );
  });

  test("to none: the token of the super admin is deleted, and the super admin stays", async () => {
    await nocodb.apply([{ name: "maker", role: "super-admin" }]);
    const above = await nocodb.token("maker");
    expect(await nocodb.apply([])).toMatchObject({ code: 0, stderr: "" });
    expect(await nocodb.opens(above)).toBe(401);
    expect((await nocodb.users()).map(({ email }) => email)).toEqual([ADMIN.email.toLowerCase()]);
  });
});
