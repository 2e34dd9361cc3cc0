import type { Finding, Placed } from "../diagnostics/problems.js";
import type { EnvironmentFile } from "../schema.js";

const asSecret =
  "write webhook: secret, and give the address with `npx nocodb-host secret set <environment> ALERTS_WEBHOOK`";

/** Receivers whose address is all that a sender needs. */
const SECRET_ADDRESSES =
  /^https?:\/\/(?:hooks\.slack\.com|[^/]*discord(?:app)?\.com|[^/]*webhook\.office\.com|[^/]*\.logic\.azure\.com)\//;

/** The address of a webhook, or the word `secret`. */
export function webhookAddress(value: string): Finding | undefined {
  if (value === "secret") return undefined;
  if (!URL.canParse(value) || !/^https?:\/\/[^\s"\\]+$/.test(value)) {
    const remedy = "write an address that begins with https://, or secret for one that only the host knows";
    return { message: "is not the address of a webhook", remedy, secret: true };
  }
  const { username, password } = new URL(value);
  if (username + password !== "") return { message: "contains a password", remedy: asSecret, secret: true };
  if (!SECRET_ADDRESSES.test(value)) return undefined;
  return { message: "is a secret: whoever knows it can write there", remedy: asSecret, secret: true };
}

/** The name of a file that node_exporter reads. */
export function exportedFile(value: string): Finding | undefined {
  if (value.endsWith(".prom")) return undefined;
  return { message: "does not end in .prom, so node_exporter would not read it", remedy: "name it nocodb.prom" };
}

/** Alerts have exactly one receiver. */
export function alertRules(_name: string, { alerts }: EnvironmentFile): Placed[] {
  if (alerts === undefined) return [];
  const { webhook, command } = alerts;
  if (webhook === undefined && command === undefined) {
    const remedy = "set alerts.webhook to an address or to secret, or alerts.command";
    return [[["alerts"], { message: "has no receiver", remedy }]];
  }
  if (webhook === undefined || command === undefined) return [];
  return [[["alerts", "command"], { message: "is set beside alerts.webhook", remedy: "keep one of the two" }]];
}
