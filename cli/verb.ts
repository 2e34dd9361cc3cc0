import type { Command } from "commander";

/** The argument that nearly every verb has, as commander takes it. */
export const ENVIRONMENT = ["<environment>", "its name: prod is the file environments/prod.yaml"] as const;

/** Flags that several verbs have. */
export const YES = ["--yes", "answer the question with yes"] as const;
export const JSON_OUTPUT = ["--json", "print JSON"] as const;

/** What --help shows of a verb. */
export interface Help {
  /** One line, also in the list of verbs. */
  readonly summary: string;
  readonly details?: string;
  /** Command lines without the program's name. */
  readonly examples: readonly string[];
}

/** Adds a verb, or a group of verbs, to the program or to a group. */
export function addVerb(parent: Command, name: string, { summary, details, examples }: Help): Command {
  return parent
    .command(name)
    .helpCommand(false)
    .summary(summary)
    .description([`${summary}.`, ...(details ? [details] : [])].join(" "))
    .addHelpText("after", examplesOf(examples));
}

/** The last part of a --help. */
export function examplesOf(examples: readonly string[]): string {
  return ["\nExamples:", ...examples.map((each) => `  npx nocodb-host ${each}`)].join("\n");
}
