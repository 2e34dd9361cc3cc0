import type * as z from "zod";
import { joinPath, type Placed, type Problem, shown, signsIn } from "./problems.js";
import { describe, schemasAt, settingPaths } from "./schema-paths.js";
import { type Source, valueAt } from "./source.js";
import { didYouMean } from "./spelling.js";

type Issue = z.core.$ZodIssue;

/** Explains an issue of zod to the operator, as one problem or several. */
export function explain(issue: Issue, source: Source, above: PropertyKey[] = []): Problem[] {
  const path = [...above, ...issue.path];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => problem([...path, key], source, unknownKey(path, key)));
    case "invalid_key":
      return issue.issues.flatMap((inner) => explain(inner, source, path));
    case "invalid_union":
      return union(issue, path, source);
    case "invalid_value":
      return [problem(path, source, choice(issue.values.map(String), valueAt(source.data, path)))];
    case "invalid_type":
      return [problem(path, source, wrongType(issue.expected, valueAt(source.data, path), path))];
    default:
      return [problem(path, source, { message: issue.message, ...("params" in issue ? issue.params : {}) })];
  }
}

/** A finding as a problem with its line and value. */
export const problemAt = ([path, finding]: Placed, source: Source): Problem => problem(path, source, finding);

interface Explanation {
  message: string;
  remedy?: string;
  suggestion?: string | undefined;
  secret?: true;
}

function problem(
  path: PropertyKey[],
  source: Source,
  { message, remedy = "", suggestion, secret }: Explanation,
): Problem {
  const at = joinPath(path);
  const written = source.templateOf(path);
  // A variable of the container may be a secret, whether it is written in the file or came from the process environment.
  const given = valueAt(source.data, path);
  const ofContainer = path[0] === "variables" && path.length === 2;
  const hidden = secret || (typeof given === "string" && (ofContainer || signsIn.test(given)));
  const isReference = written !== undefined && (!secret || /^\$\{env:\w+\}$/.test(written));
  const value = isReference ? written : hidden ? "(not shown)" : shown(given);
  return {
    path: at,
    line: source.lineOf(path),
    value,
    message,
    remedy: (written === undefined && suggestion) || remedy,
  };
}

/** A name or a mapping; the written value decides which of the two is explained. */
function union(issue: z.core.$ZodIssueInvalidUnion, path: PropertyKey[], source: Source): Problem[] {
  const value = valueAt(source.data, path);
  const mapping = typeof value === "object" && value !== null && !Array.isArray(value);
  const branch = issue.errors.find((errors) => errors.some((error) => error.path.length > 0) === mapping);
  if (branch !== undefined && (mapping || typeof value === "string")) {
    return branch.flatMap((inner) => explain(inner, source, path));
  }
  const neither = { message: "must be a name or a mapping", remedy: describe(path) };
  return [problem(path, source, value === null ? noSettings : neither)];
}

/** One of a few words. */
function choice(known: string[], value: unknown): Explanation {
  if (value === null) return noValue;
  const meant = typeof value === "string" ? didYouMean(value, known) : undefined;
  return {
    message: `must be ${new Intl.ListFormat("en-GB", { type: "disjunction" }).format(known)}`,
    remedy: known.length > 2 ? "write one of them" : `write ${known[0]}`,
    suggestion: meant && `did you mean ${meant}?`,
  };
}

const noValue: Explanation = { message: "has no value", remedy: "give it one, or remove the line" };
const noSettings: Explanation = { ...noValue, remedy: "write {} to use every default, or remove the line" };

const expectations: Record<string, [message: string, remedy: string]> = {
  string: ["must be text", "put it in quotes"],
  number: ["must be a number", "write a number without quotes"],
  boolean: ["must be true or false", "write true or false, without quotes"],
  array: ["must be a list", "write [a, b], or a line `- a` for each"],
  object: ["must be a mapping", "write its settings below it, indented by two spaces"],
  record: ["must be a mapping", "write its settings below it, indented by two spaces"],
};

function wrongType(expected: string, value: unknown, path: PropertyKey[]): Explanation {
  if (value === undefined) return { message: "is missing", remedy: describe(path) };
  if (value === null) return path[0] === "consumers" && path.length === 2 ? noSettings : noValue;
  const [message, remedy] = expectations[expected] ?? [`must be of type ${expected}`, describe(path)];
  return { message, remedy };
}

function unknownKey(path: PropertyKey[], key: string): Explanation {
  const known = [...new Set(schemasAt(path).flatMap(({ properties }) => Object.keys(properties ?? {})))];
  const elsewhere = settingPaths().find((candidate) => candidate.endsWith(`.${key}`));
  const meant = didYouMean(key, known) ?? elsewhere;
  return {
    message: "is not a setting",
    remedy: meant === undefined ? `known here: ${known.join(", ")}` : `did you mean ${meant}?`,
  };
}
