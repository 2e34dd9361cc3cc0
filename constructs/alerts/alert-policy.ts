import type { ServiceSecret } from "../service-secrets/secret.js";

/** Who is told when something breaks, and from which limits on. */
export interface AlertPolicy {
  /**
   * Where each message is sent: an address for POST, or `secret` for the one that the host keeps (ADDRESS_SECRET).
   * @default none: `command` gets the messages
   */
  readonly webhook?: string | undefined;
  /** Command for the host's shell, run as root for each message. @default none: `webhook` gets the messages */
  readonly command?: string | undefined;
  /** From how many percent on a disk counts as full. */
  readonly diskPercent: number;
  /** Days before its end at which a certificate should have been renewed. Short-lived ones get a sixth of their life. */
  readonly certificateDays: number;
  /** Hours after which a backup is too old. @default two periods of the schedule; without a schedule never */
  readonly backupHours?: number | undefined;
  /** File on the host for the textfile collector of Prometheus' node_exporter; ends in `.prom`. @default none */
  readonly textfile?: string | undefined;
  /** The command that deploys, shown as what to do. @default `deploy again`, without a command */
  readonly deployCommand?: string | undefined;
  /** The command that sets a secret; its name follows. Needed if the webhook is secret. */
  readonly setSecretCommand?: string | undefined;
}

/** The address of a webhook that is secret. */
export const ADDRESS_SECRET = {
  name: "ALERTS_WEBHOOK",
  policy: "host",
  title: "address of alerts",
} as const satisfies ServiceSecret;

/** The secrets of alerts, beside those of the service. */
export function alertSecrets({ webhook }: Pick<AlertPolicy, "webhook"> = {}): ServiceSecret[] {
  return webhook === "secret" ? [ADDRESS_SECRET] : [];
}

/** The directory of the files of alerts on the host. */
export const alertsDirectoryOf = ({ configDirectory }: { configDirectory: string }): string =>
  `${configDirectory}/alerts`;

/** How a message reaches its receiver: inputs of the programs in this folder. */
export function receiverInput(
  { webhook = "", command = "" }: AlertPolicy,
  place: { environmentName: string; name: string; configDirectory: string },
): Record<string, string> {
  return {
    ...{ environment: place.environmentName, service: place.name, alerts: alertsDirectoryOf(place) },
    ...{ webhook, command },
  };
}
