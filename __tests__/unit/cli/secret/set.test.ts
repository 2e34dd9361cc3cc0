import path from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { inputIn, NocodbHost } from "../../support/nocodb-host.js";

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost({ prod: { secrets: ["NC_SMTP_PASSWORD"] }, off: { subdomain: "" } });
  host.standIn("npx", "exit 0");
  host.standIn("ssh", "echo 'pending: of the host'");
});
afterEach(() => {
  vi.restoreAllMocks();
  host.remove();
});

const stdin = (stream: unknown) => vi.spyOn(process, "stdin", "get").mockReturnValue(stream as typeof process.stdin);

/** `secret set` with a value on standard input, in pieces as a pipe may deliver it. */
function piped(pieces: readonly (string | Buffer)[], ...words: string[]) {
  stdin(Readable.from(pieces.map((each) => Buffer.from(each))));
  return host.run(["secret", "set", ...words]);
}

const sent = (name: string) => host.calls("ssh").map((call) => inputIn(call.sent, name)?.replaceAll("'\\''", "'"));

describe("a value from standard input", () => {
  test("goes to the host on standard input, with what the host needs; then the deploy is named", async () => {
    expect(await piped(["s3same\n"], "prod", "NC_SMTP_PASSWORD")).toEqual({
      code: 0,
      stdout: "pending: of the host\nnpx cdktf deploy prod restarts NocoDB with it\n",
      stderr: "",
    });
    const [call] = host.calls("ssh");
    expect(["name", "value", "secrets", "records"].map((each) => inputIn(call!.sent, each))).toEqual([
      "NC_SMTP_PASSWORD",
      "s3same",
      "/opt/acme/configs/nocodb/secrets",
      "/opt/acme/configs/nocodb/records",
    ]);
    expect(call!.sent).toContain("NC_SMTP_PASSWORD given NC_SMTP_PASSWORD'");
    expect(call!.words).not.toContain("s3same");
    expect(host.calls("npx")).toEqual([]);
  });

  const hostile = " &%#'\"$`\\{}~é ";
  test.each([
    ["no newline", [hostile]],
    ["a newline", [`${hostile}\n`]],
    ["a carriage return and a newline", [`${hostile}\r\n`]],
    ["a character in two pieces", [Buffer.from(hostile).subarray(0, -2), Buffer.from(hostile).subarray(-2)]],
  ])("stays as it is, with %s at its end", async (_, pieces) => {
    expect(await piped(pieces, "prod", "NC_SMTP_PASSWORD")).toMatchObject({ code: 0 });
    expect(sent("value")).toEqual([hostile]);
  });

  test.each([
    ["nothing", [], "NC_SMTP_PASSWORD", "is empty: pipe one line into this command, or call it on a terminal"],
    ["a newline", ["\n"], "NC_SMTP_PASSWORD", "is empty: pipe one line"],
    ["two lines", ["s3same\nmore\n"], "NC_SMTP_PASSWORD", "has more than one line: give one line"],
    ["two newlines at the end", ["s3same\n\n"], "NC_SMTP_PASSWORD", "has more than one line: give one line"],
    ["a tab", ["s3same\tmore"], "NC_SMTP_PASSWORD", "contains a control character: give printable characters"],
    ["a zero byte", ["s3same\0"], "NC_SMTP_PASSWORD", "contains a control character"],
    ["other bytes than UTF-8", [Buffer.from("s3same\xff", "latin1")], "NC_SMTP_PASSWORD", "is not valid UTF-8 text"],
    ["64 KiB", ["s3same".repeat(11_000)], "NC_SMTP_PASSWORD", "is longer than 65536 bytes: give a shorter one"],
    ["7 characters", ["s3same€"], "NC_ADMIN_PASSWORD", "is shorter than the 8 characters that NocoDB requires"],
  ])("is refused before any connection, and not shown: %s", async (_, pieces, name, problem) => {
    const { code, stdout, stderr } = await piped(pieces, "prod", name);
    expect([code, stdout, host.calls("ssh")]).toEqual([1, "", []]);
    expect(stderr).toContain(`${name}: the value ${problem}`);
    expect(stderr).toContain("nothing was changed");
    expect(stderr).not.toContain("s3same");
  });
});

describe("a secret of copies that the environment does not have", () => {
  afterEach(() => host.remove());

  test.each([
    [
      {},
      "BACKUP_PASSWORD",
      /^BACKUP_PASSWORD: belongs to the copies of backups, and backups\.copyTo is not set in .*prod\.yaml: set its repository first\n$/,
    ],
    [
      { backups: { copyTo: { repository: "/mnt/nas" } } },
      "BACKUP_S3_ACCESS_KEY_ID",
      /^BACKUP_S3_ACCESS_KEY_ID: is a key of S3, and backups\.copyTo\.repository in .*prod\.yaml is \/mnt\/nas: only s3:https:\/\/host\/bucket takes it\n$/,
    ],
  ])("is refused with what belongs to it", async (settings, name, words) => {
    host.remove();
    host = new NocodbHost({ prod: settings });
    host.standIn("ssh", "exit 0");
    const { code, stderr } = await piped(["value"], "prod", name);
    expect([code, stderr, host.calls("ssh")]).toEqual([64, expect.stringMatching(words), []]);
  });
});

describe("a name", () => {
  test.each([
    ["database", "DATABASE_PASSWORD"],
    ["admin", "NC_ADMIN_PASSWORD"],
    ["jwt", "NC_AUTH_JWT_SECRET"],
    ["encryption-key", "NC_CONNECTION_ENCRYPT_KEY"],
    ["NC_AUTH_JWT_SECRET", "NC_AUTH_JWT_SECRET"],
  ])("%s stands for %s", async (word, name) => {
    await piped(["long enough"], "prod", word);
    expect(sent("name")).toEqual([name]);
  });

  test("that is unknown is refused before anything is read, with the one that was meant and the file", async () => {
    const { code, stderr } = await piped(["s3same"], "prod", "NC_SMTP_PASWORD");
    expect([code, host.calls("ssh")]).toEqual([64, []]);
    const file = path.relative(process.cwd(), path.join(host.environments, "prod.yaml"));
    expect(stderr).toBe(
      `NC_SMTP_PASWORD: is not a secret of NocoDB in prod; did you mean NC_SMTP_PASSWORD? name one of: database, admin, jwt, encryption-key, DATABASE_PASSWORD, NC_AUTH_JWT_SECRET, NC_ADMIN_PASSWORD, NC_CONNECTION_ENCRYPT_KEY, NC_SMTP_PASSWORD; or add it to secrets in ${file}\n`,
    );
  });
});

describe("the address of alerts", () => {
  beforeEach(() => {
    host.remove();
    host = new NocodbHost({ prod: { alerts: { webhook: "secret" } }, other: {} });
    host.standIn("ssh", "echo 'set: of the host'");
  });

  test("goes to a directory that NocoDB does not get, and is in use without a deploy", async () => {
    expect(await piped(["https://hooks.example.com/s3same\n"], "prod", "ALERTS_WEBHOOK")).toEqual({
      code: 0,
      stdout: "set: of the host\n",
      stderr: "",
    });
    expect(sent("secrets")).toEqual(["/opt/acme/configs/nocodb/alerts"]);
    expect(sent("expected")).toEqual(["ALERTS_WEBHOOK host address of alerts"]);
  });

  test("must be one, and is a secret only if alerts.webhook says so", async () => {
    const { code, stderr } = await piped(["s3same"], "prod", "ALERTS_WEBHOOK");
    expect([code, stderr, host.calls("ssh")]).toEqual([
      1,
      "ALERTS_WEBHOOK: the value is not the address of a webhook: give one that begins with https://; nothing was changed\n",
      [],
    ]);
    expect(await piped(["https://hooks.example.com/"], "other", "ALERTS_WEBHOOK")).toMatchObject({ code: 64 });
  });
});

describe("the password of a PostgreSQL elsewhere", () => {
  beforeEach(() => {
    host.remove();
    host = new NocodbHost({
      prod: {},
      away: { postgresql: { external: { host: "db.example.com", image: "postgres:17" } } },
    });
    host.standIn("ssh", "echo 'set: of the host'");
  });

  test("goes to a directory that NocoDB does not get, with the settings that it is for", async () => {
    expect(await piped(["s3same\n"], "away", "POSTGRESQL_ADMIN_PASSWORD")).toMatchObject({ code: 0, stderr: "" });
    const directory = "/opt/away/configs/nocodb/postgresql-secrets";
    expect(sent("secrets")).toEqual([directory]);
    expect(sent("server")).toEqual([
      `postgresql://db.example.com:5432?image=postgres:17&network=bridge&tls=verify-full&secrets=${directory}`,
    ]);
    expect(host.calls("ssh")[0]!.words).not.toContain("s3same");
  });

  test("is not a secret of an environment whose PostgreSQL is in a container", async () => {
    expect(await piped(["s3same"], "prod", "POSTGRESQL_ADMIN_PASSWORD")).toMatchObject({ code: 64 });
  });
});

describe("--deploy", () => {
  test("shows what the host has said, and the result, without Terraform's own words", async () => {
    host.standIn(
      "npx",
      `cat <<'END'
prod  null_resource.nocodb_consumers (local-exec): Executing: ["/bin/sh" "-c" "x"]
prod  null_resource.nocodb_consumers (local-exec): local-exec: Executing: Suppressed by quiet=true
prod  null_resource.nocodb_consumers (local-exec): n8n: token works
prod  null_resource.nocodb_consumers: Creation complete after 1s
prod  Apply complete! Resources: 1 added, 0 changed, 0 destroyed.
END`,
    );
    const { stdout } = await piped(["long enough"], "prod", "admin", "--deploy");
    expect(stdout).toBe(
      "pending: of the host\nn8n: token works\nprod is deployed. Apply complete! Resources: 1 added, 0 changed, 0 destroyed.\n",
    );
  });

  test("deploys at once", async () => {
    const { code, stdout } = await piped(["long enough"], "prod", "admin", "--deploy");
    expect([code, stdout]).toEqual([0, "pending: of the host\nprod is deployed.\n"]);
    expect(host.calls("npx").map(({ words }) => words)).toEqual(["--no-install cdktf deploy prod --auto-approve"]);
  });

  test("of a disabled NocoDB is refused; without it the value waits", async () => {
    expect(await piped(["long enough"], "off", "admin", "--deploy")).toEqual({
      code: 1,
      stdout: "",
      stderr:
        'subdomain: "": NocoDB is disabled in off, so a deploy would not start it with the new value: leave --deploy out, or set subdomain first\n',
    });
    expect([host.calls("ssh"), host.calls("npx")]).toEqual([[], []]);
    expect(await piped(["long enough"], "off", "admin")).toMatchObject({
      code: 0,
      stdout: "pending: of the host\nnpx cdktf deploy off after subdomain is set\n",
    });
  });

  test("does not run if the host refuses the value", async () => {
    host.standIn("ssh", "exit 1");
    expect(await piped(["s3same"], "prod", "encryption-key", "--deploy")).toEqual({ code: 1, stdout: "", stderr: "" });
    expect(host.calls("npx")).toEqual([]);
  });
});

test("a value that is in use already needs no deploy", async () => {
  host.standIn("ssh", "echo 'unchanged: of the host'");
  expect(await piped(["long enough"], "prod", "admin")).toEqual({
    code: 0,
    stdout: "unchanged: of the host\n",
    stderr: "",
  });
});

describe("on a terminal", () => {
  /** What is typed; the terminal itself is a stand-in that records its modes. */
  function typed(keys: string) {
    const setRawMode = vi.fn();
    const terminal = Object.assign(new PassThrough(), { isTTY: true, setRawMode });
    stdin(terminal);
    terminal.write(keys);
    return { setRawMode, ran: host.run(["secret", "set", "prod", "NC_SMTP_PASSWORD"]) };
  }
  const modes = (setRawMode: ReturnType<typeof vi.fn>) => setRawMode.mock.calls.map(([isRaw]) => isRaw);

  test("the value is asked for twice, not shown, and can be corrected while it is typed", async () => {
    const { setRawMode, ran } = typed("s3samx\x7fe é\rs3same é\r");
    const { code, stdout, stderr } = await ran;
    expect([code, stdout]).toEqual([0, "pending: of the host\nnpx cdktf deploy prod restarts NocoDB with it\n"]);
    expect(stderr).toBe("Value of NC_SMTP_PASSWORD (not shown): \nThe same again: \n");
    expect([sent("value"), modes(setRawMode)]).toEqual([["s3same é"], [true, false]]);
  });

  test("two different values change nothing", async () => {
    const { code, stderr } = await typed("one\rother\r").ran;
    expect([code, stderr.split("\n").at(-2), host.calls("ssh")]).toEqual([
      1,
      "The values differ; nothing was changed",
      [],
    ]);
  });

  test.each([
    ["Ctrl-C", "s3same\x03"],
    ["Ctrl-C at the second question", "s3same\rs3s\x03"],
    ["Ctrl-D", "\x04"],
  ])("%s changes nothing and leaves the terminal as it was", async (_, keys) => {
    const { setRawMode, ran } = typed(keys);
    const { code, stdout, stderr } = await ran;
    expect([code, stdout, host.calls("ssh")]).toEqual([130, "", []]);
    expect(stderr).toMatch(/\nStopped, and nothing was changed\.\n$/);
    expect(stderr).not.toContain("s3");
    expect(modes(setRawMode)).toEqual([true, false]);
  });
});
