import { isUtf8 } from "node:buffer";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Environment, withDefaults } from "./defaults.js";
import { problemAt } from "./diagnostics/explain.js";
import type { Finding, InvalidEnvironment, Problem } from "./diagnostics/problems.js";
import type { Source } from "./diagnostics/source.js";
import { checkEnvironment } from "./read.js";
import { crossEnvironment } from "./rules/cross-environment.js";
import { environmentName } from "./rules/names.js";

export type { Consumer } from "./consumers.js";
export type { Environment, NetworkSetting } from "./defaults.js";
export { formatProblems, type InvalidEnvironment, type Problem } from "./diagnostics/problems.js";
export { heapMiB } from "./rules/memory.js";

/**
 * Reads every environment of a directory. One that is missing or invalid is listed among the problems and never hides
 * another; nothing is thrown.
 *
 * @param env the process environment that replaces `${env:NAME}` in values
 */
export function loadEnvironments(
  directory: string,
  env: NodeJS.ProcessEnv,
): { environments: Environment[]; problems: InvalidEnvironment[] } {
  const environments: Environment[] = [];
  const problems: InvalidEnvironment[] = [];
  const leaveOut = (environment: string, file: string, found: Problem[]) =>
    problems.push({ environment, file: path.relative(process.cwd(), file), problems: found });

  let entries: string[] = [];
  try {
    entries = readdirSync(directory).sort();
  } catch (error) {
    leaveOut("", directory, [
      whole({ message: cannotRead(error), remedy: "create it, with one file per environment" }),
    ]);
  }
  const read: Read[] = [];
  for (const entry of entries.filter((name) => /^[^.].*\.ya?ml$/i.test(name))) {
    const { name, ext } = path.parse(entry);
    const file = path.join(directory, entry);
    const result = readOne(name, ext, file, env);
    if (Array.isArray(result)) leaveOut(name, file, result);
    else read.push({ ...result, file });
  }
  const shared = crossEnvironment(read.map(({ environment }) => environment));
  for (const [index, { environment, file, source }] of read.entries()) {
    const found = shared[index]!.map((each) => problemAt(each, source));
    if (found.length === 0) environments.push(environment);
    else leaveOut(environment.name, file, found);
  }
  return { environments, problems };
}

/** A valid environment and the source that its lines are found in. */
interface Read {
  environment: Environment;
  file: string;
  source: Source;
}

function readOne(
  name: string,
  extension: string,
  file: string,
  env: NodeJS.ProcessEnv,
): Omit<Read, "file"> | Problem[] {
  if (extension !== ".yaml") {
    return [whole({ message: `ends in ${extension}`, remedy: `rename it to ${name}.yaml` })];
  }
  const misnamed = environmentName(name);
  if (misnamed !== undefined) return [whole(misnamed)];
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    return [whole({ message: cannotRead(error), remedy: "make it a readable file" })];
  }
  if (!isUtf8(bytes)) return [whole({ message: "is not UTF-8 text", remedy: "save it in the encoding UTF-8" })];
  const text = bytes.toString("utf8");
  const { settings, problems, source } = checkEnvironment(name, text, env);
  return settings === undefined ? problems : { environment: withDefaults(name, settings), source };
}

const cannotRead = (error: unknown) => `cannot be read (${(error as NodeJS.ErrnoException).code ?? error})`;

const whole = ({ message, remedy }: Finding): Problem => ({ path: "", value: undefined, message, remedy });
