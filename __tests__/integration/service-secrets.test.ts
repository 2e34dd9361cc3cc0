import { beforeEach, describe, expect, test } from "vitest";
import { asRoot, record } from "./host.js";
import { linesOf, ODD, offered, ownSecrets, PINNED, QUIET, SECRETS } from "./service-secrets.js";

const own = ownSecrets("plain");
const { secrets, records } = own;
const former = offered("former");

beforeEach(own.reset);

describe("on a host without secrets", () => {
  test("a deploy makes those that may be made, for root alone, and without drift", async () => {
    expect(await own.apply("former")).toEqual(QUIET);
    expect(await own.read("values")).toBe(linesOf(former));
    expect(await asRoot('stat -c "%a %u:%g %n" -- "$1" "$1"/*', secrets)).toBe(
      `700 0:0 ${secrets}\n600 0:0 ${secrets}/secrets.cjs\n600 0:0 ${secrets}/values\n`,
    );
    expect(await asRoot('stat -c %a "${1%/*}"', secrets)).toBe("755\n");
    expect(await own.status()).toBe("new");
  });

  test("they belong to the user in the container, after a command has set one as root too", async () => {
    await own.set("NC_SMTP_PASSWORD", "of the mail");
    expect(await own.apply("former", { owner: "1000:44" })).toEqual(QUIET);
    await own.set("NC_SMTP_PASSWORD", "another");
    expect(await asRoot('stat -c "%a %u:%g" -- "$1" "$1"/*', secrets)).toBe(
      "700 1000:44\n600 1000:44\n600 1000:44\n600 1000:44\n",
    );
    expect(await own.apply("later", { owner: "1000:44" })).toEqual(QUIET);
    expect(await own.status()).toBe("new");
  });

  test("the record holds time, salt and fingerprint of each, and no value", async () => {
    await own.apply("former");
    const lines = Object.keys(former).map((name) => `secret=${name} \\d{10} [0-9a-f]{32} [0-9a-f]{64}\n`);
    const expected = SECRETS.map(({ name, policy, title }) => `expected=${name} ${policy} ${title}\n`);
    const head = `status=new\nkind=secrets\ndirectory=${secrets}\nowner=0:0\n`;
    expect(await record(records, "it")).toMatch(new RegExp(`^${head}${expected.join("")}${lines.join("")}$`));
  });
});

describe("a deploy", () => {
  test("keeps what exists, and does not touch the file, by whose time a restart is decided", async () => {
    await own.apply("former");
    const before = await own.everything();
    expect(await own.apply("later")).toEqual(QUIET);
    expect(await own.everything()).toBe(before);
  });

  test("makes only what is missing, and keeps the times of the others", async () => {
    await own.apply("former");
    await asRoot('sed -i "s/^\\(secret=[^ ]*\\) [0-9]*/\\1 1700000000/" "$1/it"', records);
    await own.edit("/^NC_ADMIN_PASSWORD=/d");
    expect(await own.apply("later")).toEqual(QUIET);
    const { NC_ADMIN_PASSWORD } = offered("later");
    expect(await own.read("values")).toBe(linesOf({ ...former, NC_ADMIN_PASSWORD: NC_ADMIN_PASSWORD! }));
    expect(await own.recordedLine("NC_AUTH_JWT_SECRET")).toContain(" 1700000000 ");
    expect(await own.recordedLine("NC_ADMIN_PASSWORD")).not.toContain(" 1700000000 ");
  });

  test("puts into use what a command has set, and nothing stays pending", async () => {
    await own.apply("former");
    const others = await own.recordedLine("NC_AUTH_JWT_SECRET");
    await own.set("DATABASE_PASSWORD", "rotated");
    await own.set("NC_SMTP_PASSWORD", "of the mail");
    expect(await own.read("values")).toBe(linesOf(former));
    expect(await own.apply("later")).toEqual(QUIET);
    const values = { ...former, DATABASE_PASSWORD: "rotated", NC_SMTP_PASSWORD: "of the mail" };
    expect(await own.read("values")).toBe(linesOf(values));
    expect(await own.files()).toBe("secrets.cjs\nvalues\n");
    expect([await own.status(), await own.recordedLine("NC_AUTH_JWT_SECRET")]).toEqual(["new", others]);
  });

  test("removes a secret that is not expected any more, from the file and from the record", async () => {
    await own.set("NC_SMTP_PASSWORD", "of the mail");
    await own.apply("former");
    const expected = own.expected.replace(/\nNC_SMTP_PASSWORD.*/, "");
    expect(await own.apply("later", { expected })).toEqual(QUIET);
    expect(await own.read("values")).toBe(linesOf(former));
    expect(await own.recordedLine("NC_SMTP_PASSWORD")).toBe("");
    expect(await own.status()).toBe("new");
  });

  test.each([
    ["every odd character, blanks at both ends", ODD],
    ["a line of another secret", "a=b NC_ADMIN_PASSWORD=x=="],
    ["expressions of sed and awk", "\\1&/.*[a-z]\\n%s"],
    ["a word that looks like an option", "-n"],
    ["60 kB", "0123456789".repeat(6000)],
  ])("keeps a value byte for byte, twice: %s", async (_, value) => {
    await own.set("NC_SMTP_PASSWORD", value);
    for (const label of ["former", "later"]) expect(await own.apply(label)).toEqual(QUIET);
    expect(await own.read("values")).toBe(linesOf({ ...former, NC_SMTP_PASSWORD: value }));
    expect(await own.status()).toBe("new");
  });
});

describe("a plan shows what a deploy will do, and a deploy does it:", () => {
  const restart = (what: string) => `${what}: restart`;
  const rights = (of: string, now: string) => `${of} with owner and mode ${now}`;
  test.each<[status: string, change: () => Promise<unknown>]>([
    [restart("database password rotated"), () => own.set("DATABASE_PASSWORD", "rotated")],
    [restart("NC_SMTP_PASSWORD set"), () => own.set("NC_SMTP_PASSWORD", "of the mail")],
    [restart("secret that signs sessions edited by hand"), () => own.edit("s/^NC_AUTH_JWT_SECRET=.*/&x/")],
    [restart("password of the super admin missing"), () => own.edit("/^NC_ADMIN_PASSWORD=/d")],
    [restart("NC_SMTP_PASSWORD not on record"), () => own.edit("$ a NC_SMTP_PASSWORD=by hand")],
    [
      restart("database password edited by hand, password of the super admin rotated"),
      async () => {
        await own.edit("s/^DATABASE_PASSWORD=.*/&x/");
        await own.set("NC_ADMIN_PASSWORD", "rotated");
      },
    ],
    [rights(`${secrets}/values`, "0:0 644"), () => asRoot('chmod 0644 "$1/values"', secrets)],
    [rights(`${secrets}/values`, "33:44 600"), () => asRoot('chown 33:44 "$1/values"', secrets)],
    [rights(secrets, "0:0 755"), () => asRoot('chmod 0755 "$1"', secrets)],
    ["secrets.cjs edited or of another version", () => asRoot('echo "//" >>"$1/secrets.cjs"', secrets)],
    ["secrets.cjs edited or of another version", () => asRoot('rm "$1/secrets.cjs"', secrets)],
  ])("%s", async (status, change) => {
    await own.apply("former");
    await change();
    expect(await own.status()).toBe(status);
    expect(await own.apply("later", { status })).toEqual(QUIET);
    expect(await own.status()).toBe(status);
  });

  test("secrets missing, if the file is gone", async () => {
    await own.apply("former");
    await asRoot('rm "$1/values"', secrets);
    expect(await own.status()).toBe("secrets missing");
  });
});

describe("the key without which data cannot be read", () => {
  const refused = `${PINNED} is not the one with which the service has run, so it could not read its data any more, and nothing was changed: put the former one back into ${secrets}/values; every backup has it in its file secrets`;
  const losses: readonly [what: string, change: string][] = [
    ["changed", `sed -i "s/^${PINNED}=.*/&x/" "$1/values"`],
    ["changed, so that it only begins with it", `sed -i "s/^${PINNED}=.*/& /" "$1/values"`],
    ["removed", `sed -i "/^${PINNED}=/d" "$1/values"`],
    ["lost with the others", 'rm "$1/values"'],
    ["lost with the directory", 'rm -r "$1"'],
  ];

  test("is made only for a database without data", async () => {
    await own.holdData();
    expect(await own.apply("former")).toEqual(QUIET);
    const { [PINNED]: _, ...others } = former;
    expect(await own.read("values")).toBe(linesOf(others));
  });

  test("is kept for a database with data", async () => {
    await own.apply("former");
    await own.holdData();
    expect(await own.apply("later")).toEqual(QUIET);
    expect(await own.read("values")).toBe(linesOf(former));
  });

  test("is not made while PostgreSQL does not answer, because nobody knows", async () => {
    const { code, stderr } = await own.apply("former", { database_container: "it_no_such_container" });
    expect([code, stderr]).toEqual([1, expect.stringContaining("does not answer for database")]);
    expect(await own.files().catch(() => "none")).toBe("none");
    expect(await own.status()).toMatch(/^failed: .*does not answer for database/);
    expect(await own.apply("later")).toEqual(QUIET);
    expect(await own.status()).toBe("new");
  });

  test.each(losses)("%s by hand is refused in each deploy, before anything changes", async (_, change) => {
    await own.apply("former");
    await own.holdData();
    if (!change.startsWith("rm -r")) await own.set("DATABASE_PASSWORD", "rotated");
    await asRoot(change, secrets);
    const before = await own.everything().catch(() => "none");
    for (const label of ["later", "again"])
      expect(await own.apply(label)).toEqual({ code: 1, stdout: "", stderr: `${refused}\n` });
    expect(await own.everything().catch(() => "none")).toBe(before);
    expect(await own.status()).toBe(`failed: ${refused}`);
  });

  test.each(losses)("%s by hand is refused by the plan already; a restore ignores it", async (_, change) => {
    await own.apply("former");
    await asRoot(change, secrets);
    const { code, stdout, stderr } = await own.require();
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(
      `\n- ${PINNED} in ${secrets}/values is not the one with which the service has run, so it could not read its data any more: put the former one back (every backup has it in its file secrets)\n`,
    );
    expect((await own.require({ restoring: "yes" })).stderr).not.toContain(PINNED);
  });

  test("can be put back, by hand or by the command, and the plan after that deploy is empty", async () => {
    await own.holdData();
    await asRoot('mkdir -p "$1" && printf %s "$2" >"$1/values"', secrets, linesOf(former));
    expect(await own.apply("former")).toEqual(QUIET);
    await own.edit(`/^${PINNED}=/d`);
    expect((await own.apply("later")).code).toBe(1);
    expect((await own.set(PINNED, "another")).stderr).toContain("has run with another value");
    expect(await own.set(PINNED, former[PINNED]!)).toMatchObject({ code: 0, stderr: "" });
    expect(await own.require()).toMatchObject({ stderr: expect.not.stringContaining(PINNED) });
    expect(await own.apply("later")).toEqual(QUIET);
    expect(await own.read("values")).toBe(linesOf(former));
    expect(await own.status()).toBe("new");
  });
});

describe("a secret that only an operator knows", () => {
  const missing =
    "secrets: the host has no value for NC_SMTP_PASSWORD: set it with `npx nocodb-host secret set prod NC_SMTP_PASSWORD`, which reads it from standard input\n";

  test("stops the plan while it is missing, except in an adoption, which copies it", async () => {
    expect(await own.require()).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(`- ${missing}`) });
    expect(await own.require({ adopting: "yes" })).toMatchObject({ code: 0, stderr: "" });
  });

  test("meets the plan as soon as it is pending, and once it is in use", async () => {
    await own.set("NC_SMTP_PASSWORD", "of the mail");
    expect(await own.require()).toMatchObject({ code: 0, stderr: "" });
    await own.apply("former");
    expect(await own.require()).toMatchObject({ code: 0, stderr: "" });
  });
});
