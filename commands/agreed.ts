import { createInterface } from "node:readline/promises";

/** Asks at the terminal. Only the whole word counts; without a terminal it is no, and says so. */
export async function agreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    console.error("There is no terminal to ask at: add --yes");
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} (yes/no) `);
  terminal.close();
  return answer === "yes";
}
