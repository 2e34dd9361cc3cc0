import { statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { environmentNamed } from "../environment-files.js";
import { Failure, USAGE } from "../exit-codes.js";
import { addVerb, ENVIRONMENT, JSON_OUTPUT } from "../verb.js";
import { factsIn, factsOf } from "./facts.js";
import { page } from "./page.js";

export function addReport(program: Command): void {
  addVerb(program, "report", {
    summary: "Write one page with status, history, memory and disk over time, and the picture",
    details:
      "The page needs no other file, and no network: send it, or open it on a phone. Each report also measures memory and disk once, if the last measurement is older than 10 minutes. If the host cannot be asked, the page is written nevertheless, with the reason, and the exit code is 1.",
    examples: [
      "report prod -o report.html",
      "report prod --json >facts.json",
      "report prod -o report.html --from facts.json",
    ],
  })
    .argument(...ENVIRONMENT)
    .option("-o, --output <file>", "the page")
    .option("--from <file>", "what --json printed, instead of asking the host")
    .option(...JSON_OUTPUT)
    .hook("preAction", (command) => {
      const { output, json } = command.opts<Options>();
      if ((output === undefined) === (json === undefined)) command.error("error: name the page with -o, or use --json");
    })
    .action(report);
}

interface Options {
  readonly output?: string;
  readonly from?: string;
  readonly json?: true;
}

async function report(name: string, { output, from, json }: Options): Promise<void> {
  const environment = environmentNamed(name);
  if (output !== undefined && !statSync(path.dirname(output), { throwIfNoEntry: false })?.isDirectory()) {
    throw new Failure(`--output: ${output}: its directory does not exist; create it, or name another file`, USAGE);
  }
  const facts = from === undefined ? await factsOf(environment) : factsIn(from, name);
  if (json) console.log(JSON.stringify(facts));
  else writeFileSync(output!, page(facts, await picture(name)));
  if (facts.status.cause !== null) throw new Failure(`the host could not be asked: ${facts.status.cause}`);
  if (output !== undefined) console.log(`${output}: written`);
}

async function picture(name: string): Promise<string> {
  const [{ stackJson }, { pictureOf }, { svg }] = await Promise.all([
    import("../synthesized.js"),
    import("../diagram/picture.js"),
    import("../diagram/svg.js"),
  ]);
  return svg(pictureOf(stackJson(environmentNamed(name))));
}
