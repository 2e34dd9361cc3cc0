import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { inputIn, NocodbHost } from "../../support/nocodb-host.js";

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost({
    prod: { secrets: ["NC_SMTP_PASSWORD"], alerts: { webhook: "secret" } },
    off: { subdomain: "" },
    cluster: { engine: "swarm", swarm: { node: "docker1" } },
  });
  host.standIn("npx", "exit 0");
  host.standIn("ssh", "echo 'pending: of the host'");
});
afterEach(() => host.remove());

const rotate = (...words: string[]) => host.run(["secret", "rotate", ...words]);
const sent = (name: string) => host.calls("ssh").map((call) => inputIn(call.sent, name));

describe("a generated secret", () => {
  test.each([
    ["database", "DATABASE_PASSWORD"],
    ["admin", "NC_ADMIN_PASSWORD"],
    ["jwt", "NC_AUTH_JWT_SECRET"],
  ])("%s gets 40 random letters and digits, which are not printed", async (word, name) => {
    expect(await rotate("prod", word)).toEqual({
      code: 0,
      stdout: "pending: of the host\nnpx cdktf deploy prod restarts NocoDB with it\n",
      stderr: "",
    });
    expect([sent("name"), sent("value")]).toEqual([[name], [expect.stringMatching(/^[A-Za-z0-9]{40}$/)]]);
    const [call] = host.calls("ssh");
    expect(call!.words).not.toContain(sent("value")[0]);
  });

  test("of a cluster says that its tasks are replaced", async () => {
    const { stdout } = await rotate("cluster", "jwt");
    expect(stdout).toContain("npx cdktf deploy cluster replaces NocoDB's tasks one after another with it\n");
  });

  test("is another one each time", async () => {
    await rotate("prod", "jwt");
    await rotate("prod", "jwt");
    const [first, second] = sent("value");
    expect(first).not.toBe(second);
  });

  test("--deploy deploys at once, and a deploy that fails is a failure, whatever its exit code is", async () => {
    expect(await rotate("prod", "jwt", "--deploy")).toEqual({
      code: 0,
      stdout: "pending: of the host\nprod is deployed.\n",
      stderr: "",
    });
    expect(host.calls("npx").map(({ words }) => words)).toEqual(["--no-install cdktf deploy prod --auto-approve"]);
    host.standIn("npx", "echo no such host; exit 2");
    const env = { CDKTF_OUTDIR: path.join(host.folder, "out/cdktf.out") };
    expect(await host.run(["secret", "rotate", "prod", "jwt", "--deploy"], env)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^no such host\ndeploying prod failed\. All that was printed: /),
    });
  });

  test("of a disabled NocoDB waits for a deploy; --deploy is refused before the host is asked", async () => {
    expect(await rotate("off", "jwt", "--deploy")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('subdomain: "": NocoDB is disabled in off'),
    });
    expect(host.calls("ssh")).toEqual([]);
    expect(await rotate("off", "jwt")).toMatchObject({ code: 0 });
  });
});

test.each([
  [
    "encryption-key",
    "NC_CONNECTION_ENCRYPT_KEY: is never rotated, because NocoDB could not read the credentials of its data sources with another key\n",
    1,
  ],
  [
    "NC_SMTP_PASSWORD",
    "NC_SMTP_PASSWORD: its value comes from you, so none is generated: npx nocodb-host secret set prod NC_SMTP_PASSWORD\n",
    1,
  ],
  [
    "ALERTS_WEBHOOK",
    "ALERTS_WEBHOOK: its value comes from you, so none is generated: npx nocodb-host secret set prod ALERTS_WEBHOOK\n",
    1,
  ],
  [
    "databse",
    "databse: is not a secret of NocoDB in prod; did you mean database? name one of: database, admin, jwt, DATABASE_PASSWORD, NC_AUTH_JWT_SECRET, NC_ADMIN_PASSWORD\n",
    64,
  ],
])("%s is refused with the reason", async (word, message, exitCode) => {
  expect(await rotate("prod", word, "--deploy")).toEqual({ code: exitCode, stdout: "", stderr: message });
  expect([host.calls("ssh"), host.calls("npx")]).toEqual([[], []]);
});
