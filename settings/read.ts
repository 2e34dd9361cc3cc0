import { acrossSettings } from "./across.js";
import { explain } from "./explain.js";
import type { Problem } from "./problems.js";
import { type EnvironmentFile, environmentFile } from "./schema.js";
import { readSource, type Source } from "./source.js";

/** Everything that is wrong in the text of one environment file, or what it says. */
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
    // What the YAML itself already explains (an unset variable, say) is not explained twice.
    problems.push(
      ...explain(issue, source).filter(({ path }) => !source.problems.some((known) => known.path === path)),
    );
  }
  if (parsed.success && problems.length === 0) return { settings: parsed.data, problems, source };
  return { problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)), source };
}

/** NocoDB does not start with a shorter password, and a deploy should not have to find that out on the host. */
function adminPassword({ TF_VAR_nocodb_admin_password: given }: NodeJS.ProcessEnv): Problem[] {
  if (given === undefined || given === "" || given.length >= 8) return [];
  const message = "is shorter than the 8 characters that NocoDB asks of its super admin";
  const remedy = "give a longer one, or none and let the app generate it";
  return [{ path: "TF_VAR_nocodb_admin_password", value: "(not shown)", message, remedy }];
}

/** The schema with the rules between settings, which run also when a single setting is wrong. */
function schemaFor(name: string) {
  return environmentFile.superRefine(
    (file, context) => {
      if (typeof file !== "object" || file === null) return;
      for (const [path, { message, ...params }] of acrossSettings(name, file)) {
        context.addIssue({ code: "custom", path, message, params });
      }
    },
    { when: () => true },
  );
}
