import { beforeAll, describe, expect, test } from "vitest";
import { asRoot, type Outcome } from "./host.js";
import { blockOf, described, emailOf, ownNocodb, type Token } from "./nocodb.js";

const nocodb = ownNocodb("tokens");
const byHand = "by hand by hand";

/** Spoils a consumer's token, by the name of the consumer. */
const spoilt: Record<string, (name: string, token: string) => Promise<unknown>> = {
  "lines-gone": (name) => nocodb.write(name, "A=1\n"),
  unknown: (name) => nocodb.write(name, blockOf(name, "no-such-token")),
  "of-the-super-admin": async (name) => nocodb.write(name, blockOf(name, (await nocodb.tokenByHand("admin's")).token)),
  "of-another": async (name) => nocodb.write(name, blockOf(name, await nocodb.token("one"))),
  "user-deleted": async (name) => nocodb.ask("DELETE", `/api/v1/users/${(await nocodb.userOf(name)).id}`),
};
const names = ["one", "two", ...Object.keys(spoilt)];
const all = names.map((name) => ({ name }));
const some = all.slice(0, 2);

/** The tokens of existing users with the app's description for that consumer. */
async function ours(name: string): Promise<string[]> {
  const [tokens, users] = [await nocodb.tokens(), await nocodb.users()];
  const alive = (id: string) => users.some((user) => user.id === id);
  return tokens
    .filter((each) => each.description === described(name) && alive(each.fk_user_id))
    .map((each) => each.token);
}

/** Made by hand, with the description that the app gives its tokens. */
let stranger: Token;
let first: Outcome;

beforeAll(async () => {
  stranger = await nocodb.tokenByHand(described("one"), await nocodb.userByHand("hand@it.example.com"));
  await nocodb.write("one", "A=1\n");
  first = await nocodb.apply(all);
});

describe("the first run", () => {
  test("ends with a working token for each consumer, in its env file", async () => {
    expect([first.code, first.stderr]).toEqual([0, ""]);
    for (const name of names) {
      const token = await nocodb.token(name);
      expect(await nocodb.read(name)).toBe((name === "one" ? "A=1\n" : "") + blockOf(name, token));
      expect([await nocodb.opens(token), await nocodb.whose(token)]).toEqual([200, emailOf(name)]);
      expect(first.stdout).toContain(`${name}: token created, in ${nocodb.directory}/${name}.env\n`);
      expect(first.stdout).toContain(`${name}: token works\n`);
    }
  });

  test("closes the sign-up", async () => {
    const body = { email: "stranger@it.example.com", password: byHand };
    expect((await nocodb.ask("POST", "/api/v1/auth/user/signup", body, {})).status).toBe(400);
  });

  test("leaves one token for each, and does not touch those of others, whatever their description", async () => {
    for (const name of names) expect(await ours(name)).toHaveLength(name === "one" ? 2 : 1);
    expect(await nocodb.opens(stranger.token)).toBe(200);
  });
});

describe("an invalid token is replaced, the former one is refused, and one is left:", () => {
  const before: Record<string, string> = {};
  let outcome: Outcome;
  /** Made by hand for the user of a consumer. */
  let beside: Token;

  beforeAll(async () => {
    const { id } = await nocodb.userOf("one");
    const { body } = await nocodb.ask("POST", `/api/v1/users/${id}/generate-reset-url`);
    await nocodb.ask("POST", `/api/v1/auth/password/reset/${body.reset_password_token}`, { password: byHand });
    beside = await nocodb.tokenByHand("for a script", await nocodb.signIn(emailOf("one"), byHand));
    for (const name of names) before[name] = await nocodb.token(name);
    for (const [name, spoil] of Object.entries(spoilt)) await spoil(name, before[name]!);
    outcome = await nocodb.apply(all);
  });

  test.each(Object.keys(spoilt))("%s", async (name) => {
    expect([outcome.code, outcome.stderr]).toEqual([0, ""]);
    expect(outcome.stdout).toMatch(new RegExp(`^${name}: token (created|replaced), in `, "m"));
    const token = await nocodb.token(name);
    expect(await nocodb.read(name)).toBe((name === "lines-gone" ? "A=1\n" : "") + blockOf(name, token));
    expect([await nocodb.whose(token), await nocodb.opens(token)]).toEqual([emailOf(name), 200]);
    expect(await nocodb.opens(before[name]!)).toBe(401);
    expect(await ours(name)).toEqual([token]);
  });

  test("valid ones are kept, and so is one that someone made by hand for the same user", async () => {
    for (const name of ["one", "two"]) {
      expect(outcome.stdout).toContain(`${name}: token kept, in `);
      expect(await nocodb.token(name)).toBe(before[name]);
    }
    expect(await nocodb.opens(beside.token)).toBe(200);
  });
});

test("consumers that are removed from the environment file lose lines, tokens and users; the others keep theirs", async () => {
  const gone = Object.keys(spoilt);
  const [tokens, kept] = [await Promise.all(gone.map(nocodb.token)), await nocodb.token("one")];
  const { code, stdout, stderr } = await nocodb.apply(some);
  expect([code, stderr]).toEqual([0, ""]);
  for (const [at, name] of gone.entries()) {
    expect(stdout).toContain(`${name}: lines removed from ${nocodb.directory}/${name}.env\n`);
    expect(stdout).toContain(`${name}: user and tokens removed\n`);
    expect(await nocodb.read(name)).toBe(name === "lines-gone" ? "A=1\n" : "");
    expect(await nocodb.opens(tokens[at]!)).toBe(401);
  }
  expect(await nocodb.opens(kept)).toBe(200);
  const emails = (await nocodb.users()).map(({ email }) => email).sort();
  expect(emails).toEqual(["admin@it.example.com", "hand@it.example.com", emailOf("one"), emailOf("two")]);
});

describe("a rotation", () => {
  test("gives that consumer another token, refuses the old one at once, and touches no other", async () => {
    const [before, other] = [await nocodb.token("one"), await nocodb.read("two")];
    const { code, stdout, stderr } = await nocodb.rotate("one");
    const refused = await nocodb.opens(before);
    expect([code, stderr, refused]).toEqual([0, "", 401]);
    expect(stdout).toContain("one: token replaced");
    expect(stdout).toContain("two: token kept");
    expect(await nocodb.opens(await nocodb.token("one"))).toBe(200);
    expect(await nocodb.read("two")).toBe(other);
  });

  test("does not change the status, so the next plan is empty", async () => {
    expect(await nocodb.status()).toBe("new");
  });

  test("of an unknown consumer lists the consumers, and changes nothing", async () => {
    const before = await nocodb.tokens();
    const { code, stderr } = await nocodb.rotate("three");
    expect([code, stderr]).toEqual([1, `three is not a consumer of the last deploy. Consumers: one two\n`]);
    expect(await nocodb.tokens()).toEqual(before);
  });
});

test("a token that someone deleted in NocoDB, which accepts it for days, is replaced and refused when NocoDB is asked next", async () => {
  const before = await nocodb.token("one");
  const { id } = (await nocodb.tokens()).find(({ token }) => token === before)!;
  await nocodb.ask("DELETE", `/api/v1/tokens/${id}`);
  expect(await nocodb.opens(before)).toBe(200);
  const { code, stdout, stderr } = await nocodb.rotate("two");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("one: token replaced");
  expect([await nocodb.opens(before), await nocodb.opens(await nocodb.token("one"))]).toEqual([401, 200]);
});

describe("on removal", () => {
  test("lines and tokens are removed; users stay for a later deploy, and so does what was made by hand", async () => {
    const token = await nocodb.token("one");
    const { code, stdout, stderr } = await nocodb.remove();
    expect([code, stderr]).toEqual([0, ""]);
    const taken = ["one", "two"].map((name) => `${name}: lines removed from ${nocodb.directory}/${name}.env\n`);
    expect(stdout).toBe(`${taken.join("")}consumers: tokens deleted\n`);
    expect([await nocodb.read("one"), await nocodb.read("two")]).toEqual(["A=1\n", ""]);
    expect([await nocodb.opens(token), await nocodb.opens(stranger.token)]).toEqual([401, 200]);
    expect(await nocodb.userOf("one")).toBeDefined();
    expect(await ours("one")).toEqual([stranger.token]);
    expect(await asRoot('ls "$1"', nocodb.records)).toBe("");
  });

  test("a second removal changes nothing", async () => {
    expect(await nocodb.remove()).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("a rotation says that there is no record", async () => {
    const { code, stderr } = await nocodb.rotate("one");
    const said = "this host has no complete record of the consumers: deploy first\n";
    expect([code, stderr]).toEqual([1, said]);
  });
});
