import { createInterface } from "node:readline/promises";
import { DECLINED, Failure, USAGE } from "./exit-codes.js";

/**
 * Asks on the terminal; only the whole word counts.
 *
 * @param yes whether --yes was given
 * @throws Failure if the answer is not yes, or if there is no terminal to ask on
 */
export async function confirm(question: string, yes: boolean | undefined): Promise<void> {
  requireAnswer(question, yes);
  if (yes) return;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} (yes/no) `);
  terminal.close();
  if (answer !== "yes") throw new Failure("Stopped, because the answer is not yes.", DECLINED);
}

/** @throws Failure if nobody can answer: there is neither --yes nor a terminal */
export function requireAnswer(question: string, yes: boolean | undefined): void {
  if (yes || process.stdin.isTTY) return;
  throw new Failure(`Stopped, because there is no terminal to ask on: ${question} Add --yes to answer yes.`, USAGE);
}
