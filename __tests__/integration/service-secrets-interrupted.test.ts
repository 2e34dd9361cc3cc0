import { createHash } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { watchCommandLines } from "./command-lines.js";
import { asRoot, type Outcome } from "./host.js";
import { linesOf, ODD, offered, ownSecrets, QUIET } from "./service-secrets.js";

const own = ownSecrets("interrupted");
const { configs, records, directory } = own;

beforeEach(own.reset);

const left = () => asRoot('cd "$1" && find . -type f | sort', configs);
const WHOLE = "./records/.history\n./records/it\n./secrets/secrets.cjs\n./secrets/values\n";

/** Runs a deploy until its nth step, which renames a file or asks the engine. @returns how many steps it took */
async function killed(label: string, at: number): Promise<number> {
  const signal = Math.random() < 0.5 ? "KILL" : "TERM";
  const steps = `${directory}/steps`;
  await asRoot(': >"$1"', steps);
  const faultInput = { kill_at: String(at), kill_with: signal, steps };
  const { code } = await own.apply(label, {}, { inject: "killed", faultInput });
  expect(code === 0).toBe(at === 0);
  return Number(await asRoot('wc -l <"$1"', steps));
}

describe("a deploy that a signal ends at any step", () => {
  test("is completed by the next one on a new host: no secret is made twice", async () => {
    const whole = await killed("whole", 0);
    expect(whole).toBeGreaterThan(3);
    for (let at = 1; at <= whole; at++) {
      await own.reset();
      await killed("former", at);
      const kept = await own.read("values").catch(() => linesOf(offered("later")));
      expect(await own.apply("later"), `after step ${at}`).toEqual(QUIET);
      expect(await own.read("values")).toBe(kept);
      expect([await own.status(), await left()]).toEqual(["new", WHOLE]);
    }
  });

  test("is completed by the next one if secrets are pending: each is put into use", async () => {
    const values = { ...offered("former"), DATABASE_PASSWORD: "rotated", NC_SMTP_PASSWORD: ODD };
    const pend = async () => {
      await own.reset();
      await own.apply("former");
      await own.set("DATABASE_PASSWORD", "rotated");
      await own.set("NC_SMTP_PASSWORD", ODD);
    };
    await pend();
    const whole = await killed("whole", 0);
    for (let at = 1; at <= whole; at++) {
      await pend();
      await killed("later", at);
      expect([linesOf(offered("former")), linesOf(values)]).toContain(await own.read("values"));
      expect(await own.apply("last"), `after step ${at}`).toEqual(QUIET);
      expect(await own.read("values")).toBe(linesOf(values));
      expect([await own.status(), await left()]).toEqual(["new", WHOLE]);
    }
  });
});

test("two deploys and a command at once: each succeeds, and the values are those of one deploy", async () => {
  const outcomes = await Promise.all([own.apply("one"), own.apply("two"), own.set("NC_SMTP_PASSWORD", ODD)]);
  expect(outcomes.map(({ code, stderr }) => [code, stderr])).toEqual(outcomes.map(() => [0, ""]));
  expect(await own.apply("last")).toEqual(QUIET);
  const values = ["one", "two"].map((label) => linesOf({ ...offered(label), NC_SMTP_PASSWORD: ODD }));
  expect(values).toContain(await own.read("values"));
  expect([await own.status(), await left()]).toEqual(["new", WHOLE]);
});

/** A secret as it is, percent-encoded, in base64 at each offset that a longer text can give it, and as its SHA-256. */
function forms(secret: string): string[] {
  const base64 = ["", "x", "xx"].map((before) =>
    Buffer.from(before + secret)
      .toString("base64")
      .slice(4, -4),
  );
  return [secret, encodeURIComponent(secret), ...base64, createHash("sha256").update(secret).digest("hex")];
}

test("no secret is in output, on a command line, in the environment of a process, in a record or open to others", async () => {
  const flag = `${directory}/done`;
  const watch = `
until [ -e "$2" ]; do
  cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr "\\000" " " || true
  echo
  find "$1" /run -type f -perm /077 -exec cat {} + 2>/dev/null || true
  find "$1" -type d -name secrets -perm /077 || true
done
rm "$2"`;
  await own.set("NC_SMTP_PASSWORD", ODD);
  const watching = asRoot(watch, configs, flag);
  const here = watchCommandLines();
  const outcomes: Outcome[] = [await own.apply("former", {}, { inject: "slowly" })];
  await own.set("DATABASE_PASSWORD", "rotated by a command");
  outcomes.push(await own.apply("later", { owner: "1000:1000" }, { inject: "slowly" }));
  await own.edit("s/^NC_CONNECTION_ENCRYPT_KEY=.*/&x/");
  outcomes.push(await own.apply("later"), await own.require());
  const status = await own.status();
  await asRoot(': >"$1"', flag);
  const [onTheHost, recorded, byCommand] = [await watching, await asRoot('cat "$1"/*', records), here.stop()];
  expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 1, 1]);
  expect(onTheHost).toMatch(/sh -s/);
  expect(byCommand).toMatch(/run-remote\.sh service-secrets\/apply/);
  expect(onTheHost).not.toContain(`${configs}/secrets\n`);

  const printed = [...outcomes.flatMap(({ stdout, stderr }) => [stdout, stderr]), status].join("\n");
  const values = [...Object.values(offered("former")), ODD, "rotated by a command"];
  for (const form of values.flatMap(forms))
    for (const text of [printed, onTheHost, byCommand, recorded]) expect(text).not.toContain(form);
});
