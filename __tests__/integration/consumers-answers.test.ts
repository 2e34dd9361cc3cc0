import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { asRoot } from "./host.js";
import { ADMIN, type OtherAnswer, ownOtherNocodb } from "./nocodb.js";

const nocodb = ownOtherNocodb("answers");
const { container, envFile } = nocodb;
const wanted = [{ name: "one" }];
const both = [...wanted, { name: "two" }];
const HTML = "<!DOCTYPE html><html><body>Sign in to continue</body></html>";
const UNKNOWN = "which this app does not know. Is this version newer than those in the README?";

beforeAll(async () => {
  expect(await nocodb.ensure(wanted)).toMatchObject({ code: 0, stderr: "" });
});
afterEach(() => nocodb.answer({}));

describe("what NocoDB never answered so far stops the deploy with the question, the status and its reason:", () => {
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
      "an error of its own",
      "POST /api/v1/tokens",
      { status: 500, body: '{"msg":"too many \\"connections\\""}' },
      'create a token: it answered 500 "too many "connections"" to POST /api/v1/tokens',
    ],
    [
      "a page in place of JSON",
      "POST /api/v1/tokens",
      { status: 200, body: HTML },
      "create a token of letters, digits, _ and -: it answered 200 to POST /api/v1/tokens",
    ],
    ["a way that leads elsewhere", "GET /api/v1/users", { status: 302, body: "" }, "list its users: it answered 302"],
    [
      "no page of that name",
      "GET /api/v1/tokens",
      { status: 404, body: '{"message":"Cannot GET"}' },
      'list its tokens: it answered 404 "Cannot GET"',
    ],
    [
      "a sign-in that is limited",
      "POST /api/v1/auth/user/signin",
      { status: 429 },
      "let the super admin sign in: it answered 429",
    ],
  ])("%s", async (_, question, answer, said) => {
    await nocodb.answer({ [question]: answer });
    const { code, stdout, stderr } = await nocodb.ensure(both);
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
    const { code, stderr } = await nocodb.ensure(wanted);
    expect(code).toBe(1);
    expect(stderr).toContain("NocoDB 0.301.3 did not close its sign-up: it answered 200");
  });

  test("users that are shown to a consumer's token", async () => {
    await nocodb.answer({ "GET /api/v1/users xc-token": { status: 200, body: '{"list":[]}' } });
    const { code, stderr } = await nocodb.ensure(wanted);
    const said = "NocoDB 0.301.3 shows its users to the token of one, which must not be\n";
    expect([code, stderr]).toEqual([1, said]);
  });

  test("good tokens that are refused", async () => {
    await nocodb.answer({ "GET /api/v2/meta/bases xc-token": { status: 403, body: "{}" } });
    const { code, stderr } = await nocodb.ensure(wanted);
    const said = `NocoDB does not take the token of one in ${nocodb.directory}/one.env\n`;
    expect([code, stderr]).toEqual([1, said]);
  });

  test("a deleted token that is taken all the same", async () => {
    expect(await nocodb.ensure(wanted)).toMatchObject({ code: 0, stderr: "" });
    await nocodb.answer({ "DELETE /api/v2/meta/cache": { status: 200, body: "true" } });
    const { code, stderr } = await nocodb.rotate("one");
    const said = `NocoDB 0.301.3 still takes a token that was deleted: restart it (docker restart ${container}), which forgets it.\n`;
    expect([code, stderr]).toEqual([1, said]);
  });
});

describe("where it stops answering", () => {
  test.each([
    ["before the sign-in", "POST /api/v1/auth/user/signin", "before"],
    ["while it tells the token", "POST /api/v1/tokens", "within"],
    ["at the proof", "GET /api/v1/users xc-token", "before"],
  ] as const)("%s, the deploy says so, and the next one ends with one token for each", async (_, question, breaks) => {
    await nocodb.answer({ [question]: { breaks } });
    const { code, stderr } = await nocodb.ensure([...wanted, { name: `new-${question.length}` }]);
    expect(code).toBe(1);
    // What came of an answer is not shown: a token may stand in it.
    expect(stderr).toMatch(/^NocoDB stopped answering: curl: \(\d+\) [\w ]+\n$/);
    await nocodb.answer({});
    expect(await nocodb.ensure(wanted)).toMatchObject({ code: 0, stderr: "" });
    expect(await nocodb.tokens()).toHaveLength(1);
  });

  test("a database that is away is told with NocoDB's words", async () => {
    const body = '{"msg":"connection refused"}';
    await nocodb.answer({ "GET /api/v1/db/meta/nocodb/info": { status: 400, body } });
    const { code, stderr } = await nocodb.ensure(wanted);
    expect(code).toBe(1);
    expect(stderr).toContain(`container ${container} does not answer at port 8080 from the host`);
    expect(stderr).toContain("connection refused");
  });
});

test("tokens that could not be deleted when NocoDB was taken away are deleted by the next deploy", async () => {
  const before = await nocodb.token("one");
  await nocodb.answer({ "DELETE /api/v1/tokens": { status: 500 } });
  const { code, stdout } = await nocodb.remove();
  expect([code, stdout]).toEqual([
    0,
    `one: lines taken out of ${nocodb.directory}/one.env\nconsumers: their tokens could not be deleted. They work again where this database is served again; a deploy deletes them.\n`,
  ]);
  expect(await nocodb.opens(before)).toBe(200);
  await nocodb.answer({});
  expect(await nocodb.ensure(wanted)).toMatchObject({ code: 0, stderr: "" });
  expect([await nocodb.opens(before), (await nocodb.tokens()).length]).toEqual([401, 1]);
});

test("a password that is no longer the super admin's is told with both ways out, and never shown", async () => {
  await asRoot('sed -i "s/^NC_ADMIN_PASSWORD=.*/NC_ADMIN_PASSWORD=not this one/" "$1"', envFile);
  const { code, stdout, stderr } = await nocodb.ensure(wanted);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toBe(
    `The super admin ${ADMIN.email} cannot sign in with the password in ${envFile}: it was changed in NocoDB. Either have NocoDB set it back to that of the file (docker restart ${container}), or give the present one in TF_VAR_nocodb_admin_password, and deploy again.\n`,
  );
  await asRoot(
    'printf "NC_ADMIN_EMAIL=%s\\nNC_ADMIN_PASSWORD=%s\\n" "$2" "$3" >"$1"',
    envFile,
    ADMIN.email,
    ADMIN.password,
  );
});

describe("a version that differs only in what it shows:", () => {
  test("the values of tokens are hidden: a good one is kept, rotated, and taken away", async () => {
    await nocodb.answer({ "GET /api/v1/tokens": { replaces: [['"token":"[^"]*"', '"token":null']] } });
    const before = await nocodb.token("one");
    expect(await nocodb.ensure(both)).toMatchObject({ code: 0, stderr: "" });
    expect(await nocodb.ensure(both)).toMatchObject({ code: 0, stderr: "" });
    expect(await nocodb.token("one")).toBe(before);
    expect(await nocodb.tokens()).toHaveLength(2);
    expect(await nocodb.rotate("one")).toMatchObject({ code: 0, stderr: "" });
    expect([await nocodb.opens(before), await nocodb.opens(await nocodb.token("one"))]).toEqual([401, 200]);
    expect(await nocodb.tokens()).toHaveLength(2);
  });

  test("JSON in many lines", async () => {
    await nocodb.answer({ "": { pretty: true } });
    const before = await nocodb.token("one");
    expect(await nocodb.ensure(both)).toMatchObject({ code: 0, stderr: "" });
    expect(await nocodb.word()).toBe("new");
    expect(await nocodb.token("one")).toBe(before);
    expect(await nocodb.opens(await nocodb.token("two"))).toBe(200);
  });
});
