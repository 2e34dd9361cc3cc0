import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { inputIn, NocodbHost } from "../../support/nocodb-host.js";

const NOW = new Date("2026-11-28T12:00:00Z");
const secondsAgo = (seconds: number) => NOW.getTime() / 1000 - seconds;

const host = new NocodbHost({ prod: { secrets: ["NC_SMTP_PASSWORD"] } });
beforeAll(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  host.standIn(
    "ssh",
    `cat <<'TEXT'
DATABASE_PASSWORD generated since ${secondsAgo(3 * 86_400 + 5000)}
NC_AUTH_JWT_SECRET generated since ${secondsAgo(3600)}
NC_ADMIN_PASSWORD generated since ${secondsAgo(86_400)} pending ${secondsAgo(120)}
NC_CONNECTION_ENCRYPT_KEY pinned missing
NC_SMTP_PASSWORD given pending ${secondsAgo(-5)}
TEXT`,
  );
});
afterAll(() => {
  vi.useRealTimers();
  host.remove();
});

test("prints a table with ages", async () => {
  expect(await host.run(["secret", "list", "prod"])).toEqual({
    code: 0,
    stdout: `NAME                       POLICY     STATE
DATABASE_PASSWORD          generated  in use for 3 days
NC_AUTH_JWT_SECRET         generated  in use for 1 hour
NC_ADMIN_PASSWORD          generated  in use for 1 day; new value pending for 2 minutes
NC_CONNECTION_ENCRYPT_KEY  pinned     missing
NC_SMTP_PASSWORD           given      value pending for 0 seconds
`,
    stderr: "",
  });
  const { sent } = host.calls("ssh")[0]!;
  expect(inputIn(sent, "secrets")).toBe("/opt/acme/configs/nocodb/secrets");
  expect(sent).toContain("NC_SMTP_PASSWORD given NC_SMTP_PASSWORD'");
});

test("also lists the address of alerts, which has a directory of its own", async () => {
  const other = new NocodbHost({ prod: { alerts: { webhook: "secret" } } });
  other.standIn("ssh", 'sed -n "s/^expected=\'\\([A-Z_]* [a-z]*\\).*/\\1 missing/p" "$sent"');
  const { code, stdout } = await other.run(["secret", "list", "prod"]);
  other.remove();
  expect([code, stdout.split("\n").slice(1, -1)]).toEqual([
    0,
    ["DATABASE_PASSWORD  generated  missing", "ALERTS_WEBHOOK     host       missing"],
  ]);
});

test("--json prints times", async () => {
  const { code, stdout } = await host.run(["secret", "list", "prod", "--json"]);
  const listed = JSON.parse(stdout);
  expect([code, listed.length]).toEqual([0, 5]);
  expect(listed.slice(2)).toEqual([
    {
      name: "NC_ADMIN_PASSWORD",
      policy: "generated",
      state: "in use",
      since: "2026-11-27T12:00:00.000Z",
      pending: "2026-11-28T11:58:00.000Z",
    },
    { name: "NC_CONNECTION_ENCRYPT_KEY", policy: "pinned", state: "missing", since: null, pending: null },
    {
      name: "NC_SMTP_PASSWORD",
      policy: "given",
      state: "pending",
      since: null,
      pending: "2026-11-28T12:00:05.000Z",
    },
  ]);
});
