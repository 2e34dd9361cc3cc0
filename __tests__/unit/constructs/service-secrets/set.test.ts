import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { nocodbSecrets } from "../../../../constructs/nocodb/secrets.js";
import { expectedSecrets } from "../../../../constructs/service-secrets/secret.js";
import { call, library, runHere, scratch } from "../../support/host-shell.js";

const place = scratch("set-secret");
const records = path.join(place, "configs/records");
const secrets = path.join(place, "configs/secrets");
const file = (name: string) => path.join(secrets, name);
const read = (name: string) => readFileSync(file(name), "utf8");
const mode = (at: string) => (statSync(at).mode & 0o7777).toString(8);
const expected = expectedSecrets(nocodbSecrets(["NC_SMTP_PASSWORD"]));
const KEY = "NC_CONNECTION_ENCRYPT_KEY";

const set = (name: string, value: string) =>
  runHere("service-secrets/set", { secrets, records, expected, name, value });

/** The directory as a deploy leaves it, with these secrets in use. */
function use(values: Readonly<Record<string, string>>): void {
  mkdirSync(secrets, { recursive: true, mode: 0o700 });
  writeFileSync(
    file("values"),
    Object.entries(values)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );
}

/** A record of the secrets as service-secrets/apply.sh writes it. */
function record(name: string, value: string): void {
  const { stdout } = call(library("remote-host/common.sh"), ["fingerprint", "salt"], { input: value });
  mkdirSync(records, { recursive: true });
  const line = `secret=${name} 1700000000 salt ${stdout.trim()}`;
  writeFileSync(path.join(records, "nocodb_secrets"), `status=x\nkind=secrets\ndirectory=${secrets}\n${line}\n`);
}

beforeEach(() => rmSync(path.join(place, "configs"), { recursive: true, force: true }));

describe("a value for the next deploy", () => {
  test("is in a file and a directory that only their owner can read; others can pass the directories above", () => {
    expect(set("NC_SMTP_PASSWORD", "first")).toEqual({
      status: 0,
      stdout: "pending: NC_SMTP_PASSWORD: the next deploy puts the new value into use\n",
      stderr: "",
    });
    expect(read("pending")).toBe("NC_SMTP_PASSWORD=first\n");
    expect([secrets, file("pending"), path.dirname(secrets)].map(mode)).toEqual(["700", "600", "755"]);
    expect(readdirSync(secrets)).toEqual(["pending"]);
  });

  test.each([
    "&%#'\"$`\\{}~é",
    "  blanks at both ends  ",
    "$(touch /tmp/x) ${HOME} %s \\n\\0",
    "a=b==",
    "-rf --",
    "*",
    "x".repeat(60_000),
  ])("is kept byte for byte (case %#)", (value) => {
    expect(set("DATABASE_PASSWORD", value)).toMatchObject({ status: 0, stderr: "" });
    expect(read("pending")).toBe(`DATABASE_PASSWORD=${value}\n`);
  });

  test("replaces the former one of that name and no other", () => {
    set("NC_SMTP_PASSWORD", " of mail ");
    set("DATABASE_PASSWORD", "first");
    set("NC_AUTH_JWT_SECRET", "of sessions");
    set("DATABASE_PASSWORD", "second");
    expect(read("pending")).toBe(
      "NC_SMTP_PASSWORD= of mail \nNC_AUTH_JWT_SECRET=of sessions\nDATABASE_PASSWORD=second\n",
    );
  });

  test("leaves what is in use", () => {
    use({ DATABASE_PASSWORD: "in use" });
    set("DATABASE_PASSWORD", "next");
    expect(read("values")).toBe("DATABASE_PASSWORD=in use\n");
  });

  test("that is in use already is not pending, nor is any other for that name", () => {
    use({ DATABASE_PASSWORD: "in use" });
    set("NC_SMTP_PASSWORD", "of mail");
    set("DATABASE_PASSWORD", "next");
    expect(set("DATABASE_PASSWORD", "in use")).toEqual({
      status: 0,
      stdout: "unchanged: database password: this value is in use already\n",
      stderr: "",
    });
    expect(read("pending")).toBe("NC_SMTP_PASSWORD=of mail\n");
  });

  test("is the last one: the file is gone once nothing is pending", () => {
    use({ DATABASE_PASSWORD: "in use" });
    set("DATABASE_PASSWORD", "next");
    expect(set("DATABASE_PASSWORD", "in use").status).toBe(0);
    expect(existsSync(file("pending"))).toBe(false);
  });

  test("removes what a killed run has left", () => {
    use({});
    writeFileSync(file(".pending.abc123"), "half");
    set("DATABASE_PASSWORD", "next");
    expect(readdirSync(secrets).sort()).toEqual(["pending", "values"]);
  });

  test("of a name that the service does not have is refused", () => {
    expect(set("NC_SMTP", "s3same")).toEqual({
      status: 1,
      stdout: "",
      stderr: "NC_SMTP: the service has no secret of that name\n",
    });
    expect(existsSync(secrets)).toBe(false);
  });
});

describe("the encryption key", () => {
  const refusal = `${KEY}: the service has run with another value, and could not read its data any more, so nothing was changed. A lost value is in every backup, in its file secrets.\n`;

  test("is accepted if there is none, and the output says that it stays", () => {
    use({ DATABASE_PASSWORD: "in use" });
    expect(set(KEY, "the key")).toEqual({
      status: 0,
      stdout:
        "pending: key of data sources: the next deploy puts the new value into use\n" +
        "From then on it can never be changed, because data is encrypted with it. Every backup contains it.\n",
      stderr: "",
    });
  });

  test("can be corrected until a deploy", () => {
    set(KEY, "mistyped");
    expect(set(KEY, "the key").status).toBe(0);
    expect(read("pending")).toBe(`${KEY}=the key\n`);
  });

  test("is refused if another one is in use", () => {
    use({ [KEY]: "the key" });
    expect(set(KEY, "another")).toEqual({ status: 1, stdout: "", stderr: refusal });
    expect(readdirSync(secrets)).toEqual(["values"]);
  });

  test("is refused if another one is on record, also when that is lost; the lost one itself is accepted", () => {
    record(KEY, "the key");
    expect(set(KEY, "another")).toEqual({ status: 1, stdout: "", stderr: refusal });
    expect(existsSync(file("pending"))).toBe(false);
    expect(set(KEY, "the key").status).toBe(0);
  });

  test("is accepted as it is on record after somebody has edited the one in use", () => {
    record(KEY, "the key");
    use({ [KEY]: "edited" });
    expect(set(KEY, "another")).toEqual({ status: 1, stdout: "", stderr: refusal });
    expect(set(KEY, "the key").status).toBe(0);
    expect(read("pending")).toBe(`${KEY}=the key\n`);
  });
});
