import type { Command } from "commander";
import { environmentNamed } from "./environment-files.js";
import { DONE, DRIFT, Failure } from "./exit-codes.js";
import { tryOnHost } from "./run-on-host.js";
import { addVerb, ENVIRONMENT, JSON_OUTPUT } from "./verb.js";

export function addDrift(program: Command): void {
  addVerb(program, "drift", {
    summary: "Compare the host with what the last deploy left there",
    details:
      "Over one connection, without Terraform, and without changes. Edits of the environment file since that deploy do not count: npx cdktf diff shows those.",
    examples: ["drift prod", "drift prod --json"],
  })
    .argument(...ENVIRONMENT)
    .option(...JSON_OUTPUT)
    .action(drift);
}

function drift(name: string, { json }: { json?: true }): void {
  const { status, stdout } = tryOnHost(environmentNamed(name), "remote-host/report-drift", {});
  // A shell that cannot read its program exits with 2, too, but prints nothing.
  if (status !== DONE && !(status === DRIFT && stdout !== "")) throw new Failure();
  process.stdout.write(json ? `${JSON.stringify({ environment: name, ...findings(status, stdout) })}\n` : stdout);
  if (status === DRIFT) throw new Failure("", DRIFT);
}

/** The lines of report-drift.sh: records that differ, and backups that are late. */
function findings(status: number, stdout: string) {
  const found = { drift: [] as { record: string; status: string }[], late: [] as string[] };
  for (const line of status === DONE ? [] : stdout.trimEnd().split("\n")) {
    const [, record, words] = /^(\w+): (.*)$/.exec(line) ?? [];
    if (record === undefined) found.late.push(line);
    else if (record !== "drift") found.drift.push({ record, status: words! });
  }
  return found;
}
