import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import { nocodbSecrets } from "../../../../constructs/nocodb/secrets.js";
import { expectedSecrets } from "../../../../constructs/service-secrets/secret.js";
import { runHere, scratch } from "../../support/host-shell.js";

const place = scratch("list-secrets");
const records = path.join(place, "records");
const secrets = path.join(place, "secrets");
const expected = expectedSecrets(nocodbSecrets(["NC_S3_KEY", "NC_SMTP_PASSWORD"]));

const list = () => runHere("service-secrets/list", { secrets, records, expected });

function write(name: string, text: string, seconds: number): void {
  mkdirSync(secrets, { recursive: true });
  writeFileSync(path.join(secrets, name), text);
  utimesSync(path.join(secrets, name), seconds, seconds);
}

beforeEach(() => {
  for (const each of [records, secrets]) rmSync(each, { recursive: true, force: true });
});

test("a host without a deploy has none of them", () => {
  expect(list()).toEqual({
    status: 0,
    stdout: `DATABASE_PASSWORD generated missing
NC_AUTH_JWT_SECRET generated missing
NC_ADMIN_PASSWORD generated missing
NC_CONNECTION_ENCRYPT_KEY pinned missing
NC_S3_KEY given missing
NC_SMTP_PASSWORD given missing
`,
    stderr: "",
  });
});

test("each has the time on record, or that of the file, and that of a pending value; no value is printed", () => {
  write("values", "DATABASE_PASSWORD=s3same\nNC_ADMIN_PASSWORD=s3same\nNC_S3_KEY=s3same\n", 1_700_000_100);
  write("pending", "NC_ADMIN_PASSWORD=0pen\nNC_SMTP_PASSWORD=0pen\n", 1_700_000_200);
  mkdirSync(records);
  const line = "secret=DATABASE_PASSWORD 1700000000 salt sum\nsecret=NC_AUTH_JWT_SECRET 1700000000 salt sum\n";
  writeFileSync(path.join(records, "nocodb_secrets"), `status=x\nkind=secrets\ndirectory=${secrets}\n${line}`);
  writeFileSync(path.join(records, "notes_secrets"), "status=x\nkind=secrets\ndirectory=/other\n");
  expect(list()).toEqual({
    status: 0,
    stdout: `DATABASE_PASSWORD generated since 1700000000
NC_AUTH_JWT_SECRET generated missing
NC_ADMIN_PASSWORD generated since 1700000100 pending 1700000200
NC_CONNECTION_ENCRYPT_KEY pinned missing
NC_S3_KEY given since 1700000100
NC_SMTP_PASSWORD given pending 1700000200
`,
    stderr: "",
  });
});
