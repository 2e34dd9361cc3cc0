import path from "node:path";
import { fileURLToPath } from "node:url";
import { didYouMean } from "../settings/diagnostics/spelling.js";
import { type Environment, formatProblems, loadEnvironments } from "../settings/environment.js";
import { Failure, INVALID, USAGE } from "./exit-codes.js";

/** The project's folder: cdktf and Terraform run here, wherever the command was called. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** The folder of the environment files. */
export function environmentsDirectory(): string {
  return process.env.NOCODB_ENVIRONMENTS ?? path.join(root, "environments");
}

/** The path of an environment's file, from the folder in which the command was called. */
export function environmentFile(name: string): string {
  return path.relative(process.cwd(), path.join(environmentsDirectory(), `${name}.yaml`));
}

/** The folder that cdktf synthesizes into. */
export function outputDirectory(): string {
  return process.env.CDKTF_OUTDIR ?? path.join(root, "cdktf.out");
}

/** Every environment, and the problems of those that are invalid. */
export function allEnvironments(): ReturnType<typeof loadEnvironments> {
  return loadEnvironments(environmentsDirectory(), process.env);
}

/** @throws Failure with all its problems if it is invalid, with the known names if there is none of that name */
export function environmentNamed(name: string): Environment {
  const { environments, problems } = allEnvironments();
  const environment = environments.find((each) => each.name === name);
  if (environment) return environment;
  // Without a name: the whole folder cannot be read.
  const own = problems.filter((each) => ["", name].includes(each.environment));
  if (own.length > 0) throw new Failure(formatProblems(own), INVALID);
  const known = [...environments.map((each) => each.name), ...problems.map(({ environment }) => environment)].sort();
  const meant = didYouMean(path.parse(name).name, known);
  throw new Failure(
    `${environmentFile(name)}: does not exist; ${meant === undefined ? "" : `did you mean ${meant}? `}name one of: ${known.join(", ") || "(none exists yet)"}`,
    USAGE,
  );
}
