import { spawn } from "node:child_process";
import { FAILED, Failure } from "./exit-codes.js";
import { withProgress } from "./progress.js";
import { keepOutput, masked, reduced } from "./reduced.js";

/** Lines of standard error that are shown while they come. */
const SHOWN = 15;

export interface ShownCommand {
  /** What the operator is told that runs, such as `working on docker.example.com`. */
  readonly what: string;
  readonly argv: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** What becomes of standard output besides being returned. @default "kept" to itself */
  readonly stdout?: "shown" | "kept";
}

/**
 * Runs a command whose words are for the operator: they are shown as they come, between them that it still runs. Of one
 * that fails with more words than a screen takes, the last ones are shown, and a file holds all of them.
 *
 * @throws Failure if the command cannot be started
 */
export async function runShown(command: ShownCommand): Promise<{ status: number; stdout: string }> {
  const { what, argv, env, cwd, stdout = "kept" } = command;
  return withProgress(what, async (show) => {
    const said = { stdout: "", stderr: "" };
    const [program = "", ...words] = argv;
    const child = spawn(program, words, { stdio: ["inherit", "pipe", "pipe"], env, cwd });
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said.stdout += text;
      if (stdout === "shown") show("stdout", text);
    });
    let shown = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said.stderr += text;
      const next = said.stderr.split("\n").slice(0, SHOWN).join("\n");
      const isCut = said.stderr.split("\n").length > SHOWN;
      const more = `${next}${isCut ? "\n" : ""}`.slice(shown.length);
      if (more !== "") show("stderr", more);
      shown += more;
    });
    const status = await new Promise<number>((resolve, reject) => {
      child.on("error", ({ message }) => reject(new Failure(`${program}: cannot be started (${message})`)));
      child.on("close", (code) => resolve(code ?? FAILED));
    });
    if (shown.length < said.stderr.length) {
      const rest = said.stderr.slice(shown.length);
      show("stderr", status === 0 ? rest : `…\n${masked(reduced(rest))}\nAll that was printed: ${kept(what, said)}\n`);
    }
    return { status, stdout: said.stdout };
  });
}

/** Standard output may be a secret, as that of `sign-in`. */
function kept(what: string, { stderr }: { stderr: string }): string {
  return keepOutput(what.replaceAll(/\W+/g, "-"), stderr);
}
