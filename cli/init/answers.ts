import { stringify } from "yaml";
import { schemasAt } from "../../settings/diagnostics/schema-paths.js";
import { checkEnvironment } from "../../settings/read.js";
import { belowFloor } from "../../settings/rules/image.js";
import { Failure, INTERRUPTED, USAGE } from "../exit-codes.js";
import type { HostFacts } from "./host-facts.js";
import { type About, NONE, type Question } from "./questions.js";
import { answerAs, listed } from "./settings.js";

/** What was answered by flags, by their names. */
export type Given = Readonly<Record<string, string | undefined>>;

type Answers = Readonly<Record<string, string>>;

/**
 * The answers to questions: given by a flag, asked on the terminal, or proposed.
 *
 * @param before former answers
 * @throws Failure with every flag that is missing without a terminal, or every flag with a value that is not valid
 */
export async function answersTo(
  questions: readonly Question[],
  { name, host, given, before }: { name: string; host: HostFacts; given: Given; before: Answers },
): Promise<Answers> {
  const answers: Record<string, string> = { ...before };
  const problems: string[] = [];
  const doubts: string[] = [];
  for (const question of questions) {
    const { flag } = question;
    const about = { name, host, answers };
    const proposed = validOrNone(question, about, question.proposed(about));
    const answer =
      given[flag] ?? (isAsked(question, about, proposed) ? await ask(question, about, proposed) : proposed);
    if (answer === undefined) problems.push(missing(question, about));
    else answers[flag] = answer;
    const problem = given[flag] === undefined ? undefined : problemOf(question, about);
    if (problem !== undefined) problems.push(`--${flag}: ${problem}`);
    if (given[flag] !== undefined) doubts.push(...notFound(question, about).map((text) => `--${flag}: ${text}`));
  }
  if (problems.length > 0) throw new Failure([...doubts, ...problems].join("\n"), USAGE);
  return answers;
}

/** What an answer names and the host does not have, in words. A file may be written before the host is complete. */
export function notFound({ flag, choices, found = choices }: Question, about: About): string[] {
  const values = found?.(about);
  if (values === undefined) return [];
  const names = listed(about.answers[flag]).filter((each) => !values.includes(each));
  const others = values.filter((each) => each !== NONE).join(", ") || "none";
  return names.map((each) => `${JSON.stringify(each)} was not found on the host, which has: ${others}`);
}

/** What a flag and a question say of a setting. */
export function descriptionOf({ setting, text }: Question): string {
  return (
    text ?? schemasAt(setting.split(".")).find(({ description }) => description !== undefined)?.description ?? setting
  );
}

const hasTerminal = () => process.stdin.isTTY && process.stdout.isTTY;

function isAsked({ asked, choices }: Question, about: About, proposed: string | undefined): boolean {
  if (!hasTerminal() || asked === "never") return false;
  if (asked === "always") return true;
  return proposed === undefined && (choices?.(about) ?? ["", ""]).length > 1;
}

/** @throws Failure after Ctrl-C */
async function ask(question: Question, about: About, proposed: string | undefined): Promise<string> {
  const message = `${question.setting}: ${descriptionOf(question)}`;
  const values = question.choices?.(about) ?? [];
  try {
    if (values.length > 1) {
      const { default: select } = await import("@inquirer/select");
      return await select({ message, choices: [...values], default: proposed });
    }
    const { default: input } = await import("@inquirer/input");
    return await input({
      message,
      ...(proposed !== undefined && { default: proposed }),
      validate: (text) => {
        // Nothing leaves the setting at its default, if it has one.
        if (text === "" && proposed === undefined) return "it has no default, and the host suggests none";
        return problemOf(question, answered(question, about, text)) ?? true;
      },
    });
  } catch (error) {
    if (!(error instanceof Error && error.name === "ExitPromptError")) throw error;
    throw new Failure("Stopped, and nothing was written.", INTERRUPTED);
  }
}

const answered = ({ flag }: Question, about: About, text: string): About => ({
  ...about,
  answers: { ...about.answers, [flag]: text },
});

/** A proposal that the setting does not allow, such as a project with a dot, is none. */
function validOrNone(question: Question, about: About, proposed: string | undefined): string | undefined {
  return proposed === undefined || problemOf(question, answered(question, about, proposed)) ? undefined : proposed;
}

/** What is wrong with the answer, in the words of `validate`. */
function problemOf(question: Question, about: About): string | undefined {
  const { flag, setting } = question;
  const text = about.answers[flag] ?? "";
  if (text === "") return undefined;
  const keys = setting.split(".");
  const file = {
    // Whether an old image is accepted is a question of its own.
    ...(flag === "image" && { acknowledgements: { [belowFloor]: "asked later" } }),
    ...(keys.reduceRight<unknown>((value, key) => ({ [key]: value }), answerAs(question, about)) as object),
  };
  const { problems } = checkEnvironment(about.name, stringify(file), process.env);
  const own = problems.find(
    ({ path }) => path === setting || [".", "["].some((each) => path.startsWith(setting + each)),
  );
  return own && `${JSON.stringify(text)}: ${own.message}; ${own.remedy}`;
}

function missing(question: Question, about: About): string {
  const values = question.choices?.(about) ?? [];
  const found = values.length > 0 ? `; the host has ${values.join(", ")}` : "";
  return `--${question.flag}: missing, and there is no terminal to ask on. ${descriptionOf(question).replace(/\.$/, "")}${found}`;
}
