import type { Command } from "commander";
import { sshAddress } from "../constructs/remote-host/ssh.js";
import { type Environment, formatProblems } from "../settings/environment.js";
import { siteUrlOf } from "../settings/places.js";
import { allEnvironments, environmentNamed, environmentsDirectory } from "./environment-files.js";
import { Failure, INVALID } from "./exit-codes.js";
import { addVerb, ENVIRONMENT, JSON_OUTPUT } from "./verb.js";

export function addValidate(program: Command): void {
  addVerb(program, "validate", {
    summary: "Check the environment files",
    details: "Prints all problems at once, with file, line, setting, value and remedy. Reads files only.",
    examples: ["validate", "validate prod", "validate --json"],
  })
    .argument("[environment]", `${ENVIRONMENT[1]} (default: all of them)`)
    .option(...JSON_OUTPUT)
    .action(validate);
}

function validate(name: string | undefined, { json }: { json?: true }): void {
  const all = allEnvironments();
  const isMeant = (each: string) => name === undefined || each === name;
  const environments = all.environments.filter((each) => isMeant(each.name));
  const problems = all.problems.filter(({ environment }) => isMeant(environment) || environment === "");
  if (name !== undefined && environments.length + problems.length === 0) environmentNamed(name);
  if (json) console.log(JSON.stringify({ environments: environments.map(facts), problems: problems.flatMap(flat) }));
  else for (const each of environments) console.log(summary(each));
  if (problems.length > 0) throw new Failure(json ? "" : formatProblems(problems), INVALID);
  if (environments.length === 0) {
    throw new Failure(`${environmentsDirectory()}: holds no environment; add a file such as prod.yaml`, INVALID);
  }
}

/** What --json prints of a valid environment. The site is null if NocoDB is disabled. */
function facts(environment: Environment) {
  const { name, project, subdomain, ssh, image, memory } = environment;
  const site = subdomain === "" ? null : siteUrlOf(environment);
  return { name, site, image, memory, project, host: sshAddress(ssh) };
}

function summary(environment: Environment): string {
  const { name, site, image, memory, project, host } = facts(environment);
  return `${name}: ok: ${site ?? "disabled (empty subdomain)"}, ${image}, ${memory}M, project ${project} on ${host}`;
}

function flat({ environment, file, problems }: ReturnType<typeof allEnvironments>["problems"][number]) {
  return problems.map((problem) => ({ environment, file, ...problem }));
}
