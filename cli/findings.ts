import { DONE } from "./exit-codes.js";

/** What report-drift.sh found on a host. */
export interface Findings {
  readonly drift: readonly { readonly record: string; readonly status: string }[];
  /** Scheduled backups that are overdue, in words. */
  readonly late: readonly string[];
}

/** The lines of report-drift.sh: records that differ, and backups that are late. */
export function findings(status: number, stdout: string): Findings {
  const found = { drift: [] as { record: string; status: string }[], late: [] as string[] };
  for (const line of status === DONE ? [] : stdout.trimEnd().split("\n")) {
    const [, record, words] = /^(\w+): (.*)$/.exec(line) ?? [];
    if (record === undefined) found.late.push(line);
    else if (record !== "drift") found.drift.push({ record, status: words! });
  }
  return found;
}
