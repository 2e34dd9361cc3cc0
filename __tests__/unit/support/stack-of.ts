import { fileURLToPath } from "node:url";
import { type Environment, formatProblems, loadEnvironments } from "../../../settings/environment.js";
import { NocodbStack } from "../../../stacks/nocodb-stack.js";
import { emptyApp, type Synthesized, synthesized } from "./scope.js";

const directory = fileURLToPath(new URL("../../../environments", import.meta.url));
const { environments, problems } = loadEnvironments(directory, { HOME: "/home/operator" });
if (problems.length > 0) throw new Error(formatProblems(problems));

/** An environment of this repository (the operator's home is /home/operator), with other settings over it. */
export function environment(name: string, over: Partial<Environment> = {}): Environment {
  const found = environments.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no environments/${name}.yaml`);
  return { ...found, ...over };
}

export function stackOf(each: Environment): Synthesized {
  return synthesized(new NocodbStack(emptyApp(), each));
}
