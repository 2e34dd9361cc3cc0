import type { z } from "zod";
import { acrossSettings } from "./across.js";
import { explain } from "./explain.js";
import { joinPath, type Problem } from "./problems.js";
import { type EnvironmentFile, environmentFile } from "./schema.js";
import { readSource, type Source, valueAt } from "./source.js";

/** Everything that is wrong in the text of one environment file, or what it says. */
export function checkEnvironment(
  name: string,
  text: string,
  env: NodeJS.ProcessEnv,
): { settings?: EnvironmentFile; problems: Problem[] } {
  const source = readSource(text, env);
  if (source.data === undefined) return { problems: source.problems };
  const parsed = parse(name, source);
  const problems = [...source.problems];
  for (const issue of parsed.error?.issues ?? []) {
    // What the YAML itself already explains (an unset variable, say) is not explained twice.
    problems.push(
      ...explain(issue, source).filter(({ path }) => !source.problems.some((known) => known.path === path)),
    );
  }
  if (parsed.success && problems.length === 0) return { settings: parsed.data, problems };
  return { problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

/** A value that came from the process environment is text; where a number or a boolean is wanted, it becomes one. */
function parse(name: string, source: Source): z.ZodSafeParseResult<EnvironmentFile> {
  const schema = environmentFile.superRefine(
    (file, context) => {
      if (typeof file !== "object" || file === null) return;
      for (const [path, { message, ...params }] of acrossSettings(name, file)) {
        context.addIssue({ code: "custom", path, message, params });
      }
    },
    { when: () => true },
  );
  const first = schema.safeParse(source.data);
  const coerced = (first.error?.issues ?? []).filter((issue) => issue.code === "invalid_type" && coerce(issue, source));
  return coerced.length === 0 ? first : schema.safeParse(source.data);
}

function coerce(issue: z.core.$ZodIssueInvalidType, source: Source): boolean {
  if (!source.fromEnvironment.has(joinPath(issue.path))) return false;
  const holder = valueAt(source.data, issue.path.slice(0, -1)) as Record<PropertyKey, unknown>;
  const key = issue.path.at(-1)!;
  const text = String(holder[key]).trim();
  if (issue.expected === "number" && /^-?\d+(\.\d+)?$/.test(text)) holder[key] = Number(text);
  else if (issue.expected === "boolean" && /^(true|false)$/.test(text)) holder[key] = text === "true";
  else return false;
  return true;
}
