import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Command, Option } from "commander";
import { stringify } from "yaml";
import { withDefaults } from "../../settings/defaults.js";
import { problemAt } from "../../settings/diagnostics/explain.js";
import { formatProblems, type Problem } from "../../settings/diagnostics/problems.js";
import { checkEnvironment } from "../../settings/read.js";
import { crossEnvironment } from "../../settings/rules/cross-environment.js";
import { environmentName } from "../../settings/rules/names.js";
import { allEnvironments, environmentFile, environmentsDirectory } from "../environment-files.js";
import { Failure, INVALID, USAGE } from "../exit-codes.js";
import { addVerb } from "../verb.js";
import { answersTo, descriptionOf, type Given } from "./answers.js";
import { environmentText } from "./environment-text.js";
import { hostFacts } from "./host-facts.js";
import { lookAtHost } from "./look.js";
import { type About, CONNECTION, QUESTIONS } from "./questions.js";
import { settingsOf } from "./settings.js";
import { summary } from "./summary.js";

export function addInit(program: Command): void {
  const verb = addVerb(program, "init", {
    summary: "Write the file of a new environment, after a look at its host",
    details:
      "Asks for what has no default, looks at the host over SSH, and proposes the rest. Changes nothing on the host, and never overwrites a file. Without a terminal, flags give the answers that the host does not suggest.",
    examples: ["init live", "init live --ssh-host docker.example.com --ssh-user deploy --domain example.com"],
  }).argument("<name>", "of the new environment: live is the file environments/live.yaml");
  for (const question of [...CONNECTION, ...QUESTIONS]) {
    verb.addOption(new Option(`--${question.flag} <${question.takes}>`, descriptionOf(question)));
  }
  verb.action(init);
}

async function init(name: string, flags: Readonly<Record<string, string>>): Promise<void> {
  requireFree(name);
  const given = byFlag(flags);
  const nothing = hostFacts("");
  const connection = await answersTo(CONNECTION, { name, host: nothing, given, before: {} });
  const { ssh } = settingsOf({ name, host: nothing, answers: connection });
  console.error(`looking at ${connection["ssh-host"]} …`);
  const host = await lookAtHost(name, ssh);
  const answers = await answersTo(QUESTIONS, { name, host, given, before: connection });
  const about = { name, host, answers };
  write(name, textOf(about));
  console.log(summary(about, environmentFile(name)));
}

/** @throws Failure if the name is not valid or its file exists */
function requireFree(name: string): void {
  const misnamed = environmentName(name);
  if (misnamed !== undefined) throw new Failure(`${name}: ${misnamed.message}; choose one such as live`, USAGE);
  if (existsSync(path.join(environmentsDirectory(), `${name}.yaml`))) throw exists(name);
}

const exists = (name: string) =>
  new Failure(
    `${environmentFile(name)}: exists already, and init never overwrites a file; choose another name, or edit the file`,
    USAGE,
  );

/** commander's names of flags as they are written: sshHost is ssh-host. */
const byFlag = (flags: Readonly<Record<string, string>>): Given =>
  Object.fromEntries(
    Object.entries(flags).map(([key, value]) => [key.replaceAll(/[A-Z]/g, (each) => `-${each.toLowerCase()}`), value]),
  );

/** The text of the file. @throws Failure with everything for which `validate` would refuse it */
function textOf(about: About): string {
  const { name } = about;
  const settings = settingsOf(about);
  const { settings: checked, problems, source } = checkEnvironment(name, stringify(settings), process.env);
  if (checked === undefined) throw refused(name, problems);
  const environment = withDefaults(name, checked);
  const findings = crossEnvironment([...allEnvironments().environments, environment]).at(-1) ?? [];
  if (findings.length > 0) {
    throw refused(
      name,
      findings.map((each) => problemAt(each, source)),
    );
  }
  return environmentText(settings, environment);
}

/** The lines are not those of the file, which is not written. */
function refused(name: string, problems: readonly Problem[]): Failure {
  const placeless = problems.map((problem) => ({ ...problem, line: undefined }));
  const all = [{ environment: name, file: environmentFile(name), problems: placeless }];
  return new Failure(
    `${formatProblems(all)}\nNothing was written: give other answers (--help shows the flags).`,
    INVALID,
  );
}

/** Writes the file, unless someone else has just written it. */
function write(name: string, text: string): void {
  mkdirSync(environmentsDirectory(), { recursive: true });
  const file = path.join(environmentsDirectory(), `${name}.yaml`);
  let opened: number;
  try {
    opened = openSync(file, "wx");
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "EEXIST" ? exists(name) : error;
  }
  try {
    writeFileSync(opened, text);
  } catch (error) {
    rmSync(file);
    throw error;
  } finally {
    closeSync(opened);
  }
}
