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
  const problems = [...adminPassword(env), ...source.problems];
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

/** NocoDB does not start with a shorter password, and a deploy should not discover that on the host. */
function adminPassword({ TF_VAR_nocodb_admin_password: given }: NodeJS.ProcessEnv): Problem[] {
  if (given === undefined || given === "" || given.length >= 8) return [];
  const message = "is shorter than the 8 characters that NocoDB requires for its super admin";
  const remedy = "set a longer one, or unset it to let the app generate one";
  return [{ path: "TF_VAR_nocodb_admin_password", value: "(not shown)", message, remedy }];
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
