import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { asRoot } from "./host.js";
import { ADMIN, type OtherAnswer, ownOtherNocodb } from "./nocodb.js";

const nocodb = ownOtherNocodb("answers");
const { container, secrets } = nocodb;
const wanted = [{ name: "one" }];
const both = [...wanted, { name: "two" }];
const HTML = "<!DOCTYPE html><html><body>Sign in to continue</body></html>";
const UNKNOWN = "which this app does not expect. Is this version newer than those that the app was tested with?";

beforeAll(async () => {
  expect(await nocodb.apply(wanted)).toMatchObject({ code: 0, stderr: "" });
});
afterEach(() => nocodb.answer({}));

describe("an unexpected answer of NocoDB stops the deploy with the request, the status and the reason:", () => {
  let before: string;
  beforeEach(async () => {
    before = await nocodb.read("one");
  });

  test.each<[what: string, question: string, answer: OtherAnswer, said: string]>([
    [
      "a token that expires",
      "POST /api/v1/tokens",
      { replaces: [['"expiry":null', '"expiry":"2027-01-01"']] },
      "create a token that does not expire (this one does: 2027-01-01): it answered 200 to POST /api/v1/tokens",
    ],
    [
      "a token of other characters",
      "POST /api/v1/tokens",
      { replaces: [['"token":"', '"token":"$(id) ']] },
      "create a token of letters, digits, _ and -: it answered 200 to POST /api/v1/tokens",
    ],
    [
      "an error",
      "POST /api/v1/tokens",
      { status: 500, body: '{"msg":"too many \\"connections\\""}' },
      'create a token: it answered 500 "too many "connections"" to POST /api/v1/tokens',
    ],
    [
      "a page instead of JSON",
      "POST /api/v1/tokens",
      { status: 200, body: HTML },
      "create a token of letters, digits, _ and -: it answered 200 to POST /api/v1/tokens",
    ],
    ["a redirect", "GET /api/v1/users", { status: 302, body: "" }, "list its users: it answered 302"],
    [
      "an unknown path",
      "GET /api/v1/tokens",
      { status: 404, body: '{"message":"Cannot GET"}' },
      'list its tokens: it answered 404 "Cannot GET"',
    ],
    [
      "a rate limit on the sign-in",
      "POST /api/v1/auth/user/signin",
      { status: 429 },
      "let the super admin sign in: it answered 429",
    ],
  ])("%s", async (_, question, answer, said) => {
    await nocodb.answer({ [question]: answer });
    const { code, stdout, stderr } = await nocodb.apply(both);
    expect(code).toBe(1);
    expect(stderr).toContain(`NocoDB 0.301.3 did not ${said}`);
    expect(stderr).toContain(UNKNOWN);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stdout).not.toContain("works");
    expect(await nocodb.read("one")).toBe(before);
    expect(await asRoot('cat "$1/two.env" 2>/dev/null || true', nocodb.directory)).toBe("");
  });

  test("a sign-up that stays open", async () => {
    await nocodb.answer({
      "GET /api/v1/db/meta/nocodb/info": { replaces: [['"inviteOnlySignup":true', '"inviteOnlySignup":false']] },
    });
    const { code, stderr } = await nocodb.apply(wanted);
    expect(code).toBe(1);
    expect(stderr).toContain("NocoDB 0.301.3 did not close its sign-up: it answered 200");
  });

  test("users that a consumer's token can list", async () => {
    await nocodb.answer({ "GET /api/v1/users xc-token": { status: 200, body: '{"list":[]}' } });
    const { code, stderr } = await nocodb.apply(wanted);
    const said = "NocoDB 0.301.3 gives the token of one other rights than configured: it may read /api/v1/users.\n";
    expect([code, stderr]).toEqual([1, said]);
  });

  test("valid tokens that are refused", async () => {
    await nocodb.answer({ "GET /api/v2/meta/bases xc-token": { status: 403, body: "{}" } });
    const { code, stderr } = await nocodb.apply(wanted);
    const said = "NocoDB 0.301.3 does not accept the token of one.\n";
    expect([code, stderr]).toEqual([1, said]);
  });

  test("a deleted token that is still accepted", async () => {
    expect(await nocodb.apply(wanted)).toMatchObject({ code: 0, stderr: "" });
    await nocodb.answer({ "DELETE /api/v2/meta/cache": { status: 200, body: "true" } });
    const { code, stderr } = await nocodb.rotate("one");
    const said = `NocoDB 0.301.3 still accepts a deleted token: restart it (docker restart ${container}) to empty its cache.\n`;
    expect([code, stderr]).toEqual([1, said]);
  });
});

describe("if NocoDB stops answering", () => {
  test.each([
    ["before the sign-in", "POST /api/v1/auth/user/signin", "before"],
    ["while it sends the token", "POST /api/v1/tokens", "within"],
    ["at the last check", "GET /api/v1/users xc-token", "before"],
  ] as const)("%s, the deploy says so, and the next one ends with one token for each", async (_, question, breaks) => {
    await nocodb.answer({ [question]: { breaks } });
    const { code, stderr } = await nocodb.apply([...wanted, { name: `new-${question.length}` }]);
    expect(code).toBe(1);
    // A part of an answer is not printed: it may hold a token.
    expect(stderr).toMatch(/^NocoDB stopped answering: (GET|POST) [\w/]+ \([\w ]+\)\n$/);
    await nocodb.answer({});
    expect(await nocodb.apply(wanted)).toMatchObject({ code: 0, stderr: "" });
    expect(await nocodb.tokens()).toHaveLength(1);
    expect(await nocodb.users()).toHaveLength(2);
  });

  test("a database that is down is reported with NocoDB's message", async () => {
    const body = '{"msg":"connection refused"}';
    await nocodb.answer({ "GET /api/v1/db/meta/nocodb/info": { status: 400, body } });
    const { code, stderr } = await nocodb.apply(wanted);
    expect(code).toBe(1);
    expect(stderr).toContain(`container ${container} does not answer at port 8080`);
    expect(stderr).toContain("connection refused");
  });
});

test("tokens that could not be deleted when NocoDB was removed are deleted by the next deploy", async () => {
  const before = await nocodb.token("one");
  const [{ id } = { id: "" }] = await nocodb.tokens();
  await nocodb.answer({ "DELETE /api/v1/tokens": { status: 500 } });
  const { code, stdout } = await nocodb.remove();
  expect([code, stdout]).toEqual([
    0,
    `one: lines removed from ${nocodb.directory}/one.env\nconsumers: their tokens could not be deleted: NocoDB 0.301.3 did not delete token ${id}: it answered 500 to DELETE /api/v1/tokens/${id}, ${UNKNOWN}. They work again if this database is served again; a deploy deletes them.\n`,
  ]);
  expect(await nocodb.opens(before)).toBe(200);
  await nocodb.answer({});
  expect(await nocodb.apply(wanted)).toMatchObject({ code: 0, stderr: "" });
  expect([await nocodb.opens(before), (await nocodb.tokens()).length]).toEqual([401, 1]);
});

test("a password that is no longer the super admin's is reported with both solutions, and never printed", async () => {
  await nocodb.usePassword("not this one");
  // Without anything to change, nobody signs in.
  expect(await nocodb.apply(wanted)).toMatchObject({ code: 0, stderr: "" });
  const { code, stdout, stderr } = await nocodb.apply(both);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toBe(
    `The super admin ${ADMIN.email} cannot sign in with the password in ${secrets}/values: it was changed in NocoDB. Either have NocoDB set it back to that of the file (docker restart ${container}), or give the current one to npx nocodb-host secret set ENVIRONMENT admin, and deploy again.\n`,
  );
  await nocodb.usePassword(ADMIN.password);
});

describe("a version whose answers differ only in form:", () => {
  test("hides the values of tokens: a valid one is kept, rotated and removed", async () => {
    await nocodb.answer({ "GET /api/v1/tokens": { replaces: [['"token":"[^"]*"', '"token":null']] } });
    const before = await nocodb.token("one");
    expect(await nocodb.apply(both)).toMatchObject({ code: 0, stderr: "" });
    expect(await nocodb.apply(both)).toMatchObject({ code: 0, stderr: "" });
    expect(await nocodb.token("one")).toBe(before);
    expect(await nocodb.tokens()).toHaveLength(2);
    expect(await nocodb.rotate("one")).toMatchObject({ code: 0, stderr: "" });
    expect([await nocodb.opens(before), await nocodb.opens(await nocodb.token("one"))]).toEqual([401, 200]);
    expect(await nocodb.tokens()).toHaveLength(2);
  });

  test("prints JSON on many lines", async () => {
    await nocodb.answer({ "": { pretty: true } });
    const before = await nocodb.token("one");
    expect(await nocodb.apply(both)).toMatchObject({ code: 0, stderr: "" });
    expect(await nocodb.status()).toBe("new");
    expect(await nocodb.token("one")).toBe(before);
    expect(await nocodb.opens(await nocodb.token("two"))).toBe(200);
  });
});
