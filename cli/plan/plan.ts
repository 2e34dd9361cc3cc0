import { type Command, Option } from "commander";
import { environmentNamed } from "../environment-files.js";
import { DRIFT, Failure } from "../exit-codes.js";
import { paintFor } from "../paint.js";
import { addVerb, ENVIRONMENT, JSON_OUTPUT } from "../verb.js";
import { describe } from "./describe.js";
import { makePlan, planIn } from "./made-plan.js";
import { readPlan } from "./plan-json.js";
import { renderMarkdown, renderText } from "./render.js";

export function addPlan(program: Command): void {
  addVerb(program, "plan", {
    summary: "Show what a deploy would do: why, what it costs, what is kept, and what would be removed",
    details:
      "Changes nothing. Every change of Terraform's plan is mentioned, and those that this program does not know are shown as Terraform names them; npx cdktf diff shows the whole plan. The exit code is 0 if there is nothing to do, and 2 if there are changes.",
    examples: ["plan prod", "plan prod --destroy", "plan prod --json", "plan prod --plan plan.json --markdown"],
  })
    .argument(...ENVIRONMENT)
    .addOption(new Option("--plan <file>", "describe a plan of terraform plan -out, or its JSON").conflicts("destroy"))
    .option("--destroy", "plan what a destroy would do")
    .addOption(new Option(...JSON_OUTPUT).conflicts("markdown"))
    .option("--markdown", "print Markdown, for a pull request")
    .action(plan);
}

interface Options {
  readonly plan?: string;
  readonly destroy?: true;
  readonly json?: true;
  readonly markdown?: true;
}

async function plan(name: string, { plan: file, destroy, json, markdown }: Options): Promise<void> {
  const environment = environmentNamed(name);
  const made = file === undefined ? await makePlan(name, destroy === true) : await planIn(file, name);
  const description = describe(readPlan(made.json, file ?? `the plan of ${name}`), environment);
  if (json) console.log(JSON.stringify(description));
  else if (markdown) process.stdout.write(renderMarkdown(description, made.raw));
  else process.stdout.write(renderText(description, paintFor(process.stdout)));
  if (description.hasChanges) throw new Failure("", DRIFT);
}
