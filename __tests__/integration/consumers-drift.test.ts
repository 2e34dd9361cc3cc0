import { beforeAll, describe, expect, test } from "vitest";
import { PROBE } from "../../constructs/remote-host/probe.js";
import { must } from "../../lab/command.js";
import { asRoot, run } from "./host.js";
import { described, emailOf, ownNocodb, type Wanted } from "./nocodb.js";

const nocodb = ownNocodb("observe");
const { directory, manifest, container } = nocodb;
const path = (name: string) => `${directory}/${name}.env`;

const wanted: readonly Wanted[] = [
  { name: "block" },
  { name: "own", ownFile: true },
  { name: "viewer", role: "viewer" },
  { name: "above", role: "super-admin" },
];
const role = async (name: string, roles: string) =>
  nocodb.ask("PATCH", `/api/v1/users/${(await nocodb.userOf(name)).id}`, { email: emailOf(name), roles });
const swap = async (name: string, token: string) =>
  nocodb.write(name, (await nocodb.read(name)).replace(/TOKEN=.*/, `TOKEN=${token}`));
const revoke = async (name: string) => {
  for (const { id, description } of await nocodb.tokens()) {
    if (description === described(name)) await nocodb.ask("DELETE", `/api/v1/tokens/${id}`);
  }
  await nocodb.ask("DELETE", "/api/v2/meta/cache");
};

interface Drift {
  readonly what: string;
  readonly does: () => Promise<unknown>;
  readonly word: string;
}

/** What someone does behind the app's back, and how the probe tells it, in its order. Those of a round happen together. */
const rounds: readonly (readonly Drift[])[] = [
  [
    { what: "a missing file", does: () => asRoot('rm "$1"', path("block")), word: `${path("block")} of block missing` },
    {
      what: "an own file that others may read",
      does: () => asRoot('chmod 0640 "$1"', path("own")),
      word: `mode of ${path("own")} not 0600`,
    },
    {
      what: "a viewer whom someone made a creator",
      does: () => role("viewer", "org-level-creator"),
      word: `token of viewer is that of ${emailOf("viewer")}, creator`,
    },
  ],
  [
    {
      what: "an open sign-up",
      does: () => nocodb.ask("POST", "/api/v1/app-settings", { invite_only_signup: false }),
      word: "sign-up open to everybody",
    },
    { what: "a super admin's token that was deleted", does: () => revoke("above"), word: "token of above refused" },
    {
      what: "lines that were taken out",
      does: () => nocodb.write("block", "A=1\n"),
      word: `lines of block missing in ${path("block")}`,
    },
    {
      what: "a line more in an own file",
      does: () => asRoot('echo A=1 >>"$1"', path("own")),
      word: `lines of own edited in ${path("own")}`,
    },
  ],
  [
    {
      what: "another token in its place",
      does: async () => swap("block", await nocodb.token("own")),
      word: `lines of block edited in ${path("block")}`,
    },
    { what: "a token that was deleted", does: () => revoke("viewer"), word: "token of viewer refused" },
  ],
];

const said: string[] = [];
const repaired: string[] = [];

beforeAll(async () => {
  await nocodb.write("block", "A=1\n");
  expect(await nocodb.ensure(wanted)).toMatchObject({ code: 0, stderr: "" });
});

test("what is as it was left keeps the word that was noted, whatever stands around a block", async () => {
  await nocodb.write("block", `B=1\n${await nocodb.read("block")}C=1\n`);
  expect(await nocodb.word()).toBe("new");
});

describe("what someone changed has a word:", () => {
  beforeAll(async () => {
    for (const round of rounds) {
      for (const { does } of round) await does();
      const word = await nocodb.word();
      said.push(word);
      await nocodb.ensure(wanted, { observed: word });
      repaired.push(await nocodb.word());
    }
  });

  test.each(rounds.flatMap((drifts, round) => drifts.map((each) => [each.what, each.word, round] as const)))(
    "%s",
    (_, word, round) => {
      expect(said[round]!.split(", ")).toEqual(expect.arrayContaining(word.split(", ")));
    },
  );

  test("and nothing else has", () => {
    expect(said).toEqual(rounds.map((drifts) => drifts.map(({ word }) => word).join(", ")));
  });

  test("repaired, it answers the word of the plan that repaired it, so the next plan is empty", () => {
    expect(repaired).toEqual(said);
  });

  test("the same again has another word", async () => {
    const before = await nocodb.read("block");
    await swap("block", "another");
    await revoke("viewer");
    expect(await nocodb.word()).toBe(`${said.at(-1)}, again`);
    await nocodb.write("block", before);
    expect(await nocodb.ensure(wanted, { observed: "new" })).toMatchObject({ code: 0 });
  });
});

test("the probe takes less than a second, and changes nothing", async () => {
  const everything = () => asRoot('find "$1" -printf "%p %m %u %s %T@\\n" | sort', directory);
  const before = [await everything(), await nocodb.tokens(), await nocodb.users()];
  const times: number[] = [];
  for (let nth = 0; nth < 5; nth++) {
    const begin = performance.now();
    expect(await run(PROBE, { manifest, requirements: "" })).toMatchObject({ code: 0, stderr: "" });
    times.push(performance.now() - begin);
  }
  // The fastest: others may use this machine, too.
  expect(Math.min(...times)).toBeLessThan(1000);
  expect([await everything(), await nocodb.tokens(), await nocodb.users()]).toEqual(before);
});

describe("where NocoDB does not answer", () => {
  beforeAll(() => must(["docker", "kill", container]));

  test("the probe says nothing of tokens: that is seen elsewhere", async () => {
    expect(await nocodb.word()).toBe("new");
  });

  test("it still sees what was done to the files", async () => {
    const before = await nocodb.read("block");
    await nocodb.write("block", "");
    expect(await nocodb.word()).toBe(`lines of block missing in ${path("block")}`);
    await nocodb.write("block", before);
  });

  test("a deploy says so and changes nothing, and the record stays", async () => {
    const record = await asRoot('cat "$1/it"', manifest);
    const { code, stdout, stderr } = await nocodb.ensure([{ name: "block" }]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      new RegExp(
        `^container ${container} does not answer at port 8080 from the host, so its consumers cannot be looked after: it is not running\n$`,
      ),
    );
    expect(await asRoot('cat "$1/it"', manifest)).toBe(record);
  });

  test("lines are taken away all the same, and it says what is left in NocoDB", async () => {
    const { code, stdout, stderr } = await nocodb.remove();
    expect([code, stderr]).toEqual([0, ""]);
    const taken = [...wanted.map(({ name }) => name)]
      .sort()
      .map((name) => `${name}: lines taken out of ${path(name)}\n`);
    expect(stdout).toBe(
      `${taken.join("")}consumers: their tokens could not be deleted. They work again where this database is served again; a deploy deletes them.\n`,
    );
    expect(await nocodb.read("block")).toBe("A=1\n");
  });
});
