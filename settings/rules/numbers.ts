import { cpusText } from "../../constructs/service-container/cpus.js";
import type { Finding } from "../diagnostics/problems.js";

type Rule = (value: number) => Finding | undefined;

const wholeNumber =
  (least: number, most: number, remedy: string): Rule =>
  (value) =>
    Number.isInteger(value) && value >= least && value <= most
      ? undefined
      : { message: `must be a whole number from ${least} to ${most}`, remedy };

/** The port of a server. */
export const portNumber = (server: string) => wholeNumber(1, 65535, `set the port that ${server} listens on`);

/** How many backups are kept. */
export const backupCount = wholeNumber(1, 1000, "set how many backups to keep, such as 7");

/** From how many percent on a disk counts as full. */
export const diskPercent = wholeNumber(50, 99, "set a percentage such as 90");

/** Days before the end of a certificate. */
export const certificateDays = wholeNumber(
  1,
  90,
  "set how many days are left when it should have been renewed, such as 14",
);

/** Hours up to a year. */
export const hours = wholeNumber(1, 8760, "set a number of hours, such as 48");

/** For how many days copies of backups are kept. */
export const copyDays = wholeNumber(1, 36500, "set for how many days copies are kept, such as 90");

/** How many proxies are in front of NocoDB. */
export const proxyCount = wholeNumber(
  0,
  10,
  "set 1 if only Caddy is in front of NocoDB, one more for each proxy before it, or 0 to trust none",
);

/** How many tasks a service has in a cluster. */
export const replicaCount = wholeNumber(1, 100, "set a number such as 3");

/** Seconds of the pace of an update. */
export const rolloutSeconds = wholeNumber(0, 3600, "set a number of seconds, such as 5");

/** A share of processors that the docker provider reads back as it was written. */
export function cpuShare(value: number): Finding | undefined {
  // Docker's smallest share is 0.01 of a processor; no host that runs this has more than 256.
  if (!(value >= 0.01 && value <= 256)) {
    return {
      message: "must be between 0.01 and 256",
      remedy: "set how many processors the container may use, such as 0.5",
    };
  }
  try {
    cpusText(value);
    return undefined;
  } catch {
    return {
      message: "is not read back as itself by the docker provider, so every plan would replace the container",
      remedy: "set a number with one digit after the point, such as 0.5",
    };
  }
}
