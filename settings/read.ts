import { explain } from "./diagnostics/explain.js";
import type { Problem } from "./diagnostics/problems.js";
import { readSource, type Source } from "./diagnostics/source.js";
import { crossField } from "./rules/cross-field.js";
import { type EnvironmentFile, environmentFile } from "./schema.js";

/** The settings of one environment file, or everything that is wrong in it. */
export function checkEnvironment(
  name: string,
  text: string,
  env: NodeJS.ProcessEnv,
): { settings?: EnvironmentFile; problems: Problem[]; source: Source } {
  const source = readSource(text, env);
  const problems = [...source.problems];
  if (source.data === undefined) return { problems, source };
  const parsed = schemaFor(name).safeParse(source.data);
  for (const issue of parsed.error?.issues ?? []) {
    // The source's own problems (an unset variable, say) already explain these settings.
    problems.push(
      ...explain(issue, source).filter(({ path }) => !source.problems.some((known) => known.path === path)),
    );
  }
  if (parsed.success && problems.length === 0) return { settings: parsed.data, problems, source };
  return { problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)), source };
}

/** The schema with the cross-field rules, which run even if a single setting is invalid. */
function schemaFor(name: string) {
  return environmentFile.superRefine(
    (file, context) => {
      if (typeof file !== "object" || file === null) return;
      for (const [path, { message, ...params }] of crossField(name, file)) {
        context.addIssue({ code: "custom", path, message, params });
      }
    },
    { when: () => true },
  );
}
