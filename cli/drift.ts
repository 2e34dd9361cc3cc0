import { type Command, InvalidArgumentError } from "commander";
import { formatProblems } from "../settings/environment.js";
import { type Check, checkAll } from "./drift-all.js";
import { allEnvironments, environmentNamed, environmentsDirectory } from "./environment-files.js";
import { DONE, DRIFT, FAILED, Failure, INVALID } from "./exit-codes.js";
import { findings } from "./findings.js";
import { tryOnHost } from "./run-on-host.js";
import { addVerb, ENVIRONMENT, JSON_OUTPUT } from "./verb.js";

export function addDrift(program: Command): void {
  addVerb(program, "drift", {
    summary: "Compare the host with what the last deploy left there",
    details:
      "Over one connection, without Terraform, and without changes. Edits of the environment file since that deploy do not count: npx cdktf diff shows those. With --all, one line for each environment's host; the exit code is 1 if one of them could not be checked, otherwise 2 if one of them has drift.",
    examples: ["drift prod", "drift prod --json", "drift --all --at-once 4"],
  })
    .argument("[environment]", ENVIRONMENT[1])
    .option("--all", "check the hosts of all environments")
    .option("--at-once <hosts>", "with --all: how many hosts at the same time", positive, 8)
    .option("--limit <seconds>", "with --all: how long a host may take", positive, 60)
    .option(...JSON_OUTPUT)
    .hook("preAction", (command) => {
      const { all } = command.opts<Options>();
      if ((command.args.length === 0) !== (all === true)) command.error("error: name an environment, or use --all");
    })
    .action((name: string | undefined, options: Options) =>
      name === undefined ? driftOfAll(options) : drift(name, options),
    );
}

interface Options {
  readonly all?: true;
  readonly json?: true;
  readonly atOnce: number;
  readonly limit: number;
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError("It must be a number from 1 to 99999.");
  return Number(text);
}

async function drift(name: string, { json }: Pick<Options, "json">): Promise<void> {
  const { status, stdout } = await tryOnHost(environmentNamed(name), "remote-host/report-drift", {});
  // A shell that cannot read its program exits with 2, too, but prints nothing.
  if (status !== DONE && !(status === DRIFT && stdout !== "")) throw new Failure();
  process.stdout.write(json ? `${JSON.stringify({ environment: name, ...findings(status, stdout) })}\n` : stdout);
  if (status === DRIFT) throw new Failure("", DRIFT);
}

async function driftOfAll({ json, atOnce, limit }: Options): Promise<void> {
  const { environments, problems } = allEnvironments();
  if (problems.length > 0) console.error(formatProblems(problems));
  if (environments.length + problems.length === 0) {
    throw new Failure(`${environmentsDirectory()}: holds no environment; add a file such as prod.yaml`, INVALID);
  }
  const results = new Set<Check["result"]>();
  const checks: Check[] = [];
  for (const running of checkAll(environments, atOnce, limit)) {
    const check = await running;
    results.add(check.result);
    checks.push(check);
    if (!json) console.log(line(check));
  }
  if (json) console.log(JSON.stringify(checks));
  if (problems.length > 0 || results.has("unreachable") || results.has("failed")) throw new Failure("", FAILED);
  if (results.has("drift")) throw new Failure("", DRIFT);
}

function line({ environment, host, result, drift, late, cause }: Check): string {
  const count = drift.length + late.length;
  const words = { "in step": "in step", drift: count === 1 ? "1 difference" : `${count} differences` };
  return `${environment}: ${host}: ${result === "in step" || result === "drift" ? words[result] : `${result}: ${cause}`}`;
}
