import { stringify } from "yaml";
import { formatProblems } from "../../../settings/diagnostics/problems.js";
import { checkEnvironment } from "../../../settings/read.js";

/** The least that an environment file has to say. */
export const least = { project: "acme", domain: "example.com", ssh: { host: "docker.example.com", user: "deploy" } };

/** The least file as YAML, with other settings over it; `undefined` takes one out. */
export function environmentText(over: Record<string, unknown> = {}): string {
  return stringify({ ...least, ...over });
}

/** What is wrong in a file, one line each as an operator sees it, without the place in the file. */
export function complaints(text: string, env: NodeJS.ProcessEnv = {}, name = "staging"): string[] {
  const { problems } = checkEnvironment(name, text, env);
  return problems.map((problem) =>
    formatProblems([{ environment: name, file: "", problems: [{ ...problem, line: undefined }] }]).replace(/^: /, ""),
  );
}
