import type { Command } from "commander";
import { environmentNamed } from "./environment-files.js";
import { readFromHost } from "./run-on-host.js";
import { addVerb, ENVIRONMENT, JSON_OUTPUT } from "./verb.js";

export function addHistory(program: Command): void {
  addVerb(program, "history", {
    summary: "List what was done to the host, the newest last",
    details:
      "Deploys and destroys that changed something, restores, rotations, adoptions and releases of a state, the last 500 of them. The host keeps them, whoever gave the command.",
    examples: ["history prod", "history prod --json"],
  })
    .argument(...ENVIRONMENT)
    .option(...JSON_OUTPUT)
    .action(async (name: string, { json }: { json?: true }) => {
      const events = eventsIn(await readFromHost(environmentNamed(name), "remote-host/print-history", {}));
      if (json) console.log(JSON.stringify(events));
      else if (events.length === 0) console.log("Nothing is in the history of the host.");
      else console.log(events.map(line).join("\n"));
    });
}

/** Something that was done to the host. */
export interface PastEvent {
  readonly time: string;
  /** deploy, destroy, restore, rotation, adoption, revert or release. */
  readonly event: string;
  readonly result: "done" | "failed";
  /** Duration. */
  readonly seconds: number;
  /** As in `jane@laptop`. */
  readonly origin: string;
  /** The id of a run of HCP Terraform, otherwise null. */
  readonly run: string | null;
  /** The image that served then, empty if none did. */
  readonly image: string;
  /** What was changed, or the error message. */
  readonly changed: string;
}

/** The lines of history.sh. */
export function eventsIn(stdout: string): PastEvent[] {
  const lines = stdout.split("\n").filter((each) => each !== "");
  return lines.map((each) => {
    const [time, seconds, event = "", run = "", origin = "", image = "", result, changed = ""] = each.split("\x1f");
    return {
      time: new Date(Number(time) * 1000).toISOString(),
      event,
      result: result === "done" ? result : "failed",
      seconds: Number(seconds),
      origin,
      run: run.startsWith("process ") ? null : run,
      image,
      changed,
    };
  });
}

function line({ time, event, result, seconds, origin, run, image, changed }: PastEvent): string {
  const when = time.replace("T", " ").replace(/:\d\d\.\d*Z$/, " UTC");
  const who = run === null ? origin : `${origin}, run ${run}`;
  return `${when}  ${event.padEnd(8)}  ${result.padEnd(6)}  ${`${seconds} s`.padStart(6)}  ${who}  ${image || "no image"}  ${changed}`;
}
