import { setTimeout as sleep } from "node:timers/promises";
import { type Command, InvalidArgumentError } from "commander";
import { sshAddress } from "../../constructs/remote-host/ssh.js";
import type { Environment } from "../../settings/environment.js";
import { environmentNamed } from "../environment-files.js";
import { DONE, DRIFT, FAILED, Failure } from "../exit-codes.js";
import { withProgress } from "../progress.js";
import { askHost } from "../run-on-host.js";
import { addVerb, ENVIRONMENT, JSON_OUTPUT } from "../verb.js";
import { askFromHere, gateRows } from "./gate.js";
import { GATE, promisesOf } from "./promises.js";
import { releaseRow } from "./release.js";
import { summary, table } from "./render.js";
import { type Row, resultOf, rowsIn } from "./rows.js";

/** Seconds for the host, after which it counts as unreachable. Its program ends by itself after 25 s. */
const LIMIT = 60;

export function addStatus(program: Command): void {
  addVerb(program, "status", {
    summary: "Show what the environment file promises, what is there, and how to fix the rest",
    details:
      "Over one connection, without Terraform, and without changes. Each row has a check mark, a cross with its fix, or a question mark with the reason why nobody can tell. The exit code is 2 if there is a cross, otherwise 1 if there is a question mark or the host could not be asked, otherwise 0.",
    examples: ["status prod", "status prod --json", "status prod --watch", "status prod --watch 60"],
  })
    .argument(...ENVIRONMENT)
    .option(...JSON_OUTPUT)
    .option("--watch [seconds]", "look again and again, with this pause (default: 10)", seconds)
    .action(show);
}

function seconds(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError("It must be a number from 1 to 99999.");
  return Number(text);
}

interface Options {
  readonly json?: true;
  readonly watch?: number | true;
}

async function show(name: string, { json, watch }: Options): Promise<void> {
  const environment = environmentNamed(name);
  for (;;) {
    const looked = await look(environment);
    if (watch !== undefined && !json && process.stdout.isTTY) process.stdout.write("\x1b[H\x1b[2J");
    console.log(json ? JSON.stringify(looked) : text(looked));
    if (watch === undefined) {
      if (looked.result !== "ok") throw new Failure("", looked.result === "wrong" ? DRIFT : FAILED);
      return;
    }
    await sleep((watch === true ? 10 : watch) * 1000);
  }
}

/** What --json prints. */
export interface Looked {
  readonly environment: string;
  /** As in `deploy@docker.example.com:2222`. */
  readonly host: string;
  readonly time: string;
  /** `failed` if the host could not be asked. */
  readonly result: Row["result"] | "failed";
  /** Why the host could not be asked; otherwise null. */
  readonly cause: string | null;
  readonly rows: readonly Row[];
}

/** Asks the host about everything that the environment file promises. */
export async function look(environment: Environment): Promise<Looked> {
  const promises = promisesOf(environment);
  const input = { environment: environment.name, promises: promises.map(({ line }) => line).join("\n") };
  const host = sshAddress(environment.ssh);
  const [ended, here] = await withProgress(`asking ${host}`, () =>
    Promise.all([
      askHost(environment, "remote-host/report-status", input, LIMIT),
      environment.subdomain === "" ? undefined : askFromHere(environment),
    ]),
  );
  const common = { environment: environment.name, host, time: new Date().toISOString() };
  if (ended.status !== DONE) {
    const cause =
      ended.status === undefined ? `no answer within ${LIMIT} s` : ended.stderr.trim() || "it gave no reason";
    return { ...common, result: "failed", cause, rows: [] };
  }
  const rows = rowsIn(ended.stdout, promises).flatMap((row) => {
    if (row.name === "image") return [row, releaseRow(environment)];
    return row.name === GATE && here ? gateRows(row, here, environment.caddy.snippets) : [row];
  });
  return { ...common, result: resultOf(rows), cause: null, rows };
}

function text({ environment, host, time, cause, rows }: Looked): string {
  const title = `${environment}: ${host}, ${time.replace("T", " ").replace(/\..*/, " UTC")}`;
  if (cause !== null) return `${title}\nthe host could not be asked: ${cause}`;
  return `${title}\n\n${table(rows, process.stdout.isTTY)}\n\n${summary(rows)}`;
}
