import { beforeAll, describe, expect, test } from "vitest";
import { must } from "../../lab/command.js";
import { asRoot, run } from "./host.js";
import { described, emailOf, ownNocodb, type Wanted } from "./nocodb.js";

const nocodb = ownNocodb("drift");
const { directory, records, container } = nocodb;
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
  readonly status: string;
}

/** Changes outside of the app, and their statuses, in the order of the probe. Those of a round happen together. */
const rounds: readonly (readonly Drift[])[] = [
  [
    {
      what: "a missing file",
      does: () => asRoot('rm "$1"', path("block")),
      status: `${path("block")} of block missing`,
    },
    {
      what: "an own file that others may read",
      does: () => asRoot('chmod 0640 "$1"', path("own")),
      status: `mode of ${path("own")} not 0600`,
    },
    {
      what: "a viewer whom someone made a creator",
      does: () => role("viewer", "org-level-creator"),
      status: "roles of viewer are org-level-creator instead of org-level-viewer",
    },
  ],
  [
    {
      what: "an open sign-up",
      does: () => nocodb.ask("POST", "/api/v1/app-settings", { invite_only_signup: false }),
      status: "sign-up open to everybody",
    },
    { what: "a super admin's token that was deleted", does: () => revoke("above"), status: "token of above refused" },
    {
      what: "removed lines",
      does: () => nocodb.write("block", "A=1\n"),
      status: `lines of block missing in ${path("block")}`,
    },
    {
      what: "another line in an own file",
      does: () => asRoot('echo A=1 >>"$1"', path("own")),
      status: `lines of own edited in ${path("own")}`,
    },
  ],
  [
    {
      what: "a replaced token",
      does: async () => swap("block", await nocodb.token("own")),
      status: `lines of block edited in ${path("block")}`,
    },
    { what: "a token that was deleted", does: () => revoke("viewer"), status: "token of viewer refused" },
  ],
];

const said: string[] = [];
const repaired: string[] = [];

beforeAll(async () => {
  await nocodb.write("block", "A=1\n");
  expect(await nocodb.apply(wanted)).toMatchObject({ code: 0, stderr: "" });
});

test("without drift the status stays as recorded, whatever is around a block", async () => {
  await nocodb.write("block", `B=1\n${await nocodb.read("block")}C=1\n`);
  expect(await nocodb.status()).toBe("new");
});

describe("drift has a status of its own:", () => {
  beforeAll(async () => {
    for (const round of rounds) {
      for (const { does } of round) await does();
      const status = await nocodb.status();
      said.push(status);
      await nocodb.apply(wanted, { status });
      repaired.push(await nocodb.status());
    }
  });

  test.each(rounds.flatMap((drifts, round) => drifts.map((each) => [each.what, each.status, round] as const)))(
    "%s",
    (_, status, round) => {
      expect(said[round]!.split(", ")).toEqual(expect.arrayContaining(status.split(", ")));
    },
  );

  test("and nothing else drifts", () => {
    expect(said).toEqual(rounds.map((drifts) => drifts.map(({ status }) => status).join(", ")));
  });

  test("after the repair the status is that of the plan that repaired it, so the next plan is empty", () => {
    expect(repaired).toEqual(said);
  });

  test("the same drift again has another status", async () => {
    const before = await nocodb.read("block");
    await swap("block", "another");
    await revoke("viewer");
    expect(await nocodb.status()).toBe(`${said.at(-1)}, again`);
    await nocodb.write("block", before);
    expect(await nocodb.apply(wanted, { status: "new" })).toMatchObject({ code: 0 });
  });
});

test("the probe changes nothing", async () => {
  const everything = () => asRoot('find "$1" -printf "%p %m %u %s %T@\\n" | sort', directory);
  const before = [await everything(), await nocodb.tokens(), await nocodb.users()];
  expect(await run("remote-host/probe", { records, requirements: "" })).toMatchObject({ code: 0, stderr: "" });
  expect([await everything(), await nocodb.tokens(), await nocodb.users()]).toEqual(before);
});

describe("if NocoDB does not answer", () => {
  beforeAll(() => must(["docker", "kill", container]));

  test("the probe reports nothing of tokens, because another record shows that", async () => {
    expect(await nocodb.status()).toBe("new");
  });

  test("the probe still detects changed files", async () => {
    const before = await nocodb.read("block");
    await nocodb.write("block", "");
    expect(await nocodb.status()).toBe(`lines of block missing in ${path("block")}`);
    await nocodb.write("block", before);
  });

  test("a deploy reports it and changes nothing, and the record stays", async () => {
    const record = await asRoot('cat "$1/it"', records);
    const { code, stdout, stderr } = await nocodb.apply([{ name: "block" }]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(new RegExp(`^container ${container} is not running, so its consumers cannot be updated\n$`));
    expect(await asRoot('cat "$1/it"', records)).toBe(record);
  });

  test("lines are removed anyway, and what stays in NocoDB is reported", async () => {
    const { code, stdout, stderr } = await nocodb.remove();
    expect([code, stderr]).toEqual([0, ""]);
    const taken = [...wanted.map(({ name }) => name)]
      .sort()
      .map((name) => `${name}: lines removed from ${path(name)}\n`);
    expect(stdout).toBe(
      `${taken.join("")}consumers: their tokens could not be deleted: container ${container} is not running, so its consumers cannot be updated. They work again if this database is served again; a deploy deletes them.\n`,
    );
    expect(await nocodb.read("block")).toBe("A=1\n");
  });
});
