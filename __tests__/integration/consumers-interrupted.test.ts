import { beforeAll, describe, expect, test } from "vitest";
import { aside, asRoot } from "./host.js";
import { ADMIN, blockOf, described, emailOf, ownNocodb, type Wanted } from "./nocodb.js";

const nocodb = ownNocodb("interrupted");
const { directory, manifest } = nocodb;

/** Two for each round, so that a run also takes away what the one before has made. */
const wantedIn = (round: string): readonly Wanted[] => [
  { name: `plain-${round}` },
  { name: `own-${round}`, ownFile: true, role: "super-admin" },
];

/** Runs it until its nth step. @returns how many steps it took */
async function killed(round: string, at: number, signal: string): Promise<number> {
  const steps = `${directory}/steps`;
  await asRoot(': >"$1"', steps);
  const input = { kill_at: String(at), kill_with: signal, steps };
  const { code } = await nocodb.ensure(wantedIn(round), input, aside("killed.sh"));
  expect(code === 0).toBe(at === 0);
  return Number(await asRoot('wc -l <"$1"', steps));
}

/** Names of the files that the scripts may leave while they are at work, anywhere they write. */
const leftovers = () =>
  asRoot(
    'find "$1" -name ".*" -type f -printf "%P "; find /tmp -user root -newer "$2" -type f -print',
    directory,
    nocodb.envFile,
  );

describe("a run that was killed half way", () => {
  let whole: number;
  const rounds = 3;

  beforeAll(async () => {
    whole = await killed("whole", 0, "KILL");
    expect(whole).toBeGreaterThan(20);
  });

  test.each(Array.from({ length: rounds }, (_, round) => round))(
    "is finished by the next: a token for each, nothing of the former consumers, no half file (%i)",
    async (round) => {
      // Other moments in each run of the tests, all over a run's length.
      const at = 4 + Math.floor(((whole - 4) / rounds) * (round + Math.random()));
      await nocodb.write(`plain-${round}`, "A=1\nno newline");
      await killed(String(round), at, "KILL");
      const half = await nocodb.read(`plain-${round}`);
      expect(half, `before step ${at}`).toMatch(/^A=1\nno newline(\n# BEGIN (.*\n){3}# END .*\n)?$/);
      expect(await nocodb.word()).toMatch(/^consumers half done|^new$/);

      const { code, stderr } = await nocodb.ensure(wantedIn(String(round)));
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

  test("may be ended by a signal, and then takes its own files with it", async () => {
    const at = whole - 4;
    await killed("ended", at, "TERM");
    expect(await leftovers()).toBe("");
  });
});

describe("at the same time", () => {
  const names = ["one", "two"];
  const wanted = names.map((name) => ({ name }));

  test("deploys and rotations come one after the other: a token for each, and it works", async () => {
    expect(await nocodb.ensure(wanted)).toMatchObject({ code: 0 });
    const outcomes = await Promise.all([nocodb.ensure(wanted), nocodb.rotate("one"), nocodb.rotate("two")]);
    expect(outcomes.map(({ code, stderr }) => [code, stderr])).toEqual(outcomes.map(() => [0, ""]));
    const tokens = (await nocodb.tokens()).map(({ token }) => token).sort();
    expect(await Promise.all(names.map(nocodb.token)).then((there) => there.sort())).toEqual(tokens);
    for (const name of names) {
      const token = await nocodb.token(name);
      expect([await nocodb.read(name), await nocodb.opens(token)]).toEqual([blockOf(name, token), 200]);
    }
  });

  test("one that has waited long enough says for whom", async () => {
    const lock = `/run/${manifest.slice(1).replaceAll("/", "-")}.lock`;
    const hold = 'exec 8>>"$1"; flock 8; echo "a backup, process 4711, since today" >"$1"; sleep 1';
    const holding = asRoot(hold, lock);
    await asRoot('until ! flock -n "$1" true; do sleep 0.05; done', lock);
    const { code, stdout, stderr } = await nocodb.ensure(wanted, {}, aside("impatiently.sh"));
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toBe(
      "Another command is at work on this host, and was waited for 600 s: a backup, process 4711, since today. Try again when it is done. One that hangs is ended by: sudo kill 4711 (on the host)\n",
    );
    await holding;
  });
});

test("no secret is ever an argument of a program on the host, or printed", async () => {
  // Looks at every process of the host again and again, until it is told to stop.
  const watch = `while [ ! -e "$1/stop" ]; do cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "; echo; done | sort -u; rm "$1/stop"`;
  const watching = asRoot(watch, directory);
  const before = await Promise.all(["one", "two"].map(nocodb.token));
  const wanted = [{ name: "one", role: "super-admin" as const }, { name: "three" }];
  const outcome = await nocodb.ensure(wanted);
  const rotated = await nocodb.rotate("three");
  await asRoot(': >"$1/stop"', directory);
  const seen = await watching;
  expect([outcome.code, rotated.code]).toEqual([0, 0]);
  expect(seen).toMatch(/curl -q/);

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
