import { describe, expect, test } from "vitest";
import { checkEnvironment } from "../../../../settings/read.js";

const problemsOf = (alerts: string) =>
  checkEnvironment("prod", `project: acme\ndomain: example.com\nssh:\n  host: h\n  user: u\nalerts: ${alerts}\n`, {})
    .problems;

describe("a setting of alerts is refused with its path:", () => {
  test.each([
    ["alerts.webhook", "{ webhook: hooks.example.com/x }", "is not the address of a webhook"],
    ["alerts.webhook", '{ webhook: "ftp://example.com" }', "is not the address of a webhook"],
    ["alerts.webhook", '{ webhook: "https://me:s3same@example.com/" }', "contains a password"],
    [
      "alerts.webhook",
      '{ webhook: "https://hooks.slack.com/services/T0/B0/s3same" }',
      "is a secret: whoever knows it can write there",
    ],
    ["alerts.command", '{ command: "" }', "is empty"],
    ["alerts.command", "{ webhook: secret, command: notify }", "is set beside alerts.webhook"],
    ["alerts", "{ diskPercent: 80 }", "has no receiver"],
    ["alerts.diskPercent", "{ command: notify, diskPercent: 100 }", "must be a whole number from 50 to 99"],
    ["alerts.certificateDays", "{ command: notify, certificateDays: 0 }", "must be a whole number from 1 to 90"],
    ["alerts.backupHours", "{ command: notify, backupHours: 0.5 }", "must be a whole number from 1 to 8760"],
    [
      "alerts.textfile",
      "{ command: notify, textfile: /srv/figures }",
      "does not end in .prom, so node_exporter would not read it",
    ],
    ["alerts.textfile", "{ command: notify, textfile: it.prom }", "must be absolute"],
  ])("%s in %s", (path, alerts, message) => {
    const found = problemsOf(alerts);
    expect(found).toEqual([expect.objectContaining({ path, message })]);
    expect(JSON.stringify(found)).not.toContain("s3same");
  });
});

test.each([
  "{ webhook: secret }",
  '{ webhook: "http://alerts.internal:8080/x?tpl=1&m={{.text}}" }',
  "{ command: mail ops }",
])("%s is enough", (alerts) => {
  expect(problemsOf(alerts)).toEqual([]);
});
