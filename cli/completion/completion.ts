import { Argument, type Command } from "commander";
import { environmentsDirectory } from "../environment-files.js";
import { addVerb } from "../verb.js";
import { completionScript, SHELLS, type Shell } from "./script.js";

export function addCompletion(program: Command): void {
  addVerb(program, "completion", {
    summary: "Print a script that completes verbs, flags and environments in a shell",
    details:
      "Load it in ~/.bashrc or ~/.zshrc. It completes npx nocodb-host, too, and reads the environments when it completes.",
    examples: ["completion bash >>~/.bashrc", "completion zsh >>~/.zshrc"],
  })
    .addArgument(new Argument("<shell>", "the shell that loads it").choices(SHELLS))
    .action((shell: Shell) => {
      process.stdout.write(completionScript(program, shell, environmentsDirectory()));
    });
}
