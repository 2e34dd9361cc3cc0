import { beforeAll, describe, expect, test } from "vitest";
import { asRoot } from "./host.js";
import { ADMIN, blockOf, described, emailOf, ownNocodb, type Wanted } from "./nocodb.js";

const nocodb = ownNocodb("interrupted");
const { directory, records } = nocodb;

/** Two for each round, so that a run also removes what the one before created. */
const wantedIn = (round: string): readonly Wanted[] => [
  { name: `plain-${round}` },
  { name: `own-${round}`, ownFile: true, role: "super-admin" },
];

/** Runs it until its nth step. @returns how many steps it took */
async function killed(round: string, at: number, signal: string): Promise<number> {
  const steps = `${directory}/steps`;
  await asRoot(': >"$1"', steps);
  const faultInput = { kill_at: String(at), kill_with: signal, steps };
  const { code } = await nocodb.apply(wantedIn(round), {}, { inject: "killed", faultInput });
  expect(code === 0).toBe(at === 0);
  return Number(await asRoot('wc -l <"$1"', steps));
}

/** Temporary files, anywhere the programs write. */
const leftovers = () =>
  asRoot(
    'find "$1" -name ".*" -not -name .history -type f -printf "%P "; find /tmp -user root -newer "$2" -type f -print',
    directory,
    nocodb.envFile,
  );

describe("a run that was killed", () => {
  let whole: number;
  const rounds = 3;

  beforeAll(async () => {
    whole = await killed("whole", 0, "KILL");
    expect(whole).toBeGreaterThan(10);
  });

  test.each(Array.from({ length: rounds }, (_, round) => round))(
    "is completed by the next one: a token for each, nothing of the former consumers, no half-written file (%i)",
    async (round) => {
      // Random moments, spread over the length of a run.
      const at = 4 + Math.floor(((whole - 4) / rounds) * (round + Math.random()));
      await nocodb.write(`plain-${round}`, "A=1\nno newline");
      await killed(String(round), at, "KILL");
      const half = await nocodb.read(`plain-${round}`);
      expect(half, `before step ${at}`).toMatch(/^A=1\nno newline(\n# BEGIN (.*\n){3}# END .*\n)?$/);
      expect(await nocodb.status()).toMatch(/^consumers unfinished|^new$/);

      const { code, stderr } = await nocodb.apply(wantedIn(String(round)));
      expect([code, stderr], `before step ${at}`).toEqual([0, ""]);
      const tokens = await nocodb.tokens();
      const names = wantedIn(String(round)).map(({ name }) => name);
      expect(tokens.map(({ description }) => description).sort()).toEqual(names.map(described).sort());
      for (const name of names) expect(tokens.map(({ token }) => token)).toContain(await nocodb.token(name));
      const users = (await nocodb.users()).map(({ email }) => email);
      expect(users.sort()).toEqual([ADMIN.email.toLowerCase(), emailOf(`plain-${round}`)].sort());
      if (round > 0) {
        expect(await nocodb.read(`plain-${round - 1}`)).toBe("A=1\nno newline");
        expect(await asRoot('ls "$1" | grep own- || true', directory)).toBe(`own-${round}.env\n`);
      }
      expect(await leftovers()).toBe("");
    },
  );

  test("can be ended by a signal, and then removes its temporary files", async () => {
    const at = whole - 4;
    await killed("ended", at, "TERM");
    expect(await leftovers()).toBe("");
  });
});

describe("at the same time", () => {
  const names = ["one", "two"];
  const wanted = names.map((name) => ({ name }));

  test("deploys and rotations run one after the other, and each consumer has a token that works", async () => {
    expect(await nocodb.apply(wanted)).toMatchObject({ code: 0 });
    const outcomes = await Promise.all([nocodb.apply(wanted), nocodb.rotate("one"), nocodb.rotate("two")]);
    expect(outcomes.map(({ code, stderr }) => [code, stderr])).toEqual(outcomes.map(() => [0, ""]));
    const tokens = (await nocodb.tokens()).map(({ token }) => token).sort();
    expect(await Promise.all(names.map(nocodb.token)).then((there) => there.sort())).toEqual(tokens);
    for (const name of names) {
      const token = await nocodb.token(name);
      expect([await nocodb.read(name), await nocodb.opens(token)]).toEqual([blockOf(name, token), 200]);
    }
  });

  test("a run that waits too long names the other one", async () => {
    const lock = `/run/${records.slice(1).replaceAll("/", "-")}.lock`;
    const hold = 'exec 8>>"$1"; flock 8; echo "a backup, process 1, since today" >"$1"; sleep 1';
    const holding = asRoot(hold, lock);
    await asRoot('until ! flock -n "$1" true; do sleep 0.05; done', lock);
    const { code, stdout, stderr } = await nocodb.apply(wanted, {}, { inject: "impatiently" });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toBe(
      "Another command has been at work on this host for more than 600 s: a backup, process 1, since today. Try again when it is done. If it hangs, end it on the host: sudo kill 1\n",
    );
    await holding;
  });
});

test("no secret is ever an argument of a program on the host, or printed", async () => {
  // Watches every process of the host until the file `stop` exists.
  const watch = `while [ ! -e "$1/stop" ]; do cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "; echo; done | sort -u; rm "$1/stop"`;
  const watching = asRoot(watch, directory);
  const before = await Promise.all(["one", "two"].map(nocodb.token));
  const wanted = [{ name: "one", role: "super-admin" as const }, { name: "three" }];
  const outcome = await nocodb.apply(wanted);
  const rotated = await nocodb.rotate("three");
  await asRoot(': >"$1/stop"', directory);
  const seen = await watching;
  expect([outcome.code, rotated.code]).toEqual([0, 0]);
  expect(seen).toMatch(/docker run .*--entrypoint node/);

  const secrets = [
    ...before,
    await nocodb.token("one"),
    await nocodb.token("three"),
    ADMIN.password,
    "xc-auth: ",
    "eyJ",
  ];
  const printed = [outcome, rotated].map(({ stdout, stderr }) => stdout + stderr).join("");
  for (const secret of secrets) expect([seen.includes(secret), printed.includes(secret)]).toEqual([false, false]);
});
