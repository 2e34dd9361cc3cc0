import type { Command } from "commander";
import { environmentNamed } from "../environment-files.js";
import { readFromHost } from "../run-on-host.js";
import { addVerb, ENVIRONMENT, JSON_OUTPUT } from "../verb.js";
import { secretsInputs } from "./secret-name.js";

export function addSecretList(secret: Command): void {
  addVerb(secret, "list", {
    summary: "List the secrets on the host with their ages, without their values",
    details:
      "generated: made by a deploy if it is missing. pinned: the same, but only before NocoDB has data; never changed. given: set by you. host: the same, for the host alone.",
    examples: ["secret list prod", "secret list prod --json"],
  })
    .argument(...ENVIRONMENT)
    .option(...JSON_OUTPUT)
    .action(async (name: string, { json }: { json?: true }) => {
      const environment = environmentNamed(name);
      const secrets: Listed[] = [];
      for (const input of secretsInputs(environment)) {
        secrets.push(...secretsIn(await readFromHost(environment, "service-secrets/list", input)));
      }
      console.log(json ? JSON.stringify(secrets.map(asJson)) : table(secrets.map(row)));
    });
}

interface Listed {
  readonly name: string;
  readonly policy: string;
  /** Since when the value is in use; undefined if there is none. */
  readonly since: Date | undefined;
  /** When another value was set for the next deploy. */
  readonly pending: Date | undefined;
}

/** The lines of list.sh. */
function secretsIn(printed: string): Listed[] {
  return printed
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [name = "", policy = ""] = line.split(" ");
      const time = (word: string) => {
        const seconds = new RegExp(` ${word} (\\d+)`).exec(line)?.[1];
        return seconds === undefined ? undefined : new Date(Number(seconds) * 1000);
      };
      return { name, policy, since: time("since"), pending: time("pending") };
    });
}

function asJson({ name, policy, since, pending }: Listed) {
  const state = since ? "in use" : pending ? "pending" : "missing";
  return { name, policy, state, since: since ?? null, pending: pending ?? null };
}

function row({ name, policy, since, pending }: Listed): string[] {
  const used = since && `in use for ${age(since)}`;
  const next = pending && `${since ? "new value" : "value"} pending for ${age(pending)}`;
  return [name, policy, [used, next].filter(Boolean).join("; ") || "missing"];
}

function table(rows: readonly string[][]): string {
  const all = [["NAME", "POLICY", "STATE"], ...rows];
  const width = (column: number) => Math.max(...all.map((each) => each[column]!.length));
  return all
    .map(([name, policy, state]) => `${name!.padEnd(width(0))}  ${policy!.padEnd(width(1))}  ${state}`)
    .join("\n");
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

/** `3 days`, in the largest unit of which there is a whole one. The host's clock may be ahead. */
function age(time: Date): string {
  const seconds = Math.max(0, (Date.now() - time.getTime()) / 1000);
  const [unit, length] = UNITS.find(([, each]) => seconds >= each) ?? ["second", 1];
  const count = Math.floor(seconds / length);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
