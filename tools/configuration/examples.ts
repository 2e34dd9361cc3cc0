import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";
import { type Environment, withDefaults } from "../../settings/defaults.js";
import { schemasAt } from "../../settings/diagnostics/schema-paths.js";
import { checkEnvironment } from "../../settings/read.js";

type Settings = Readonly<Record<string, unknown>>;

/** What examples.yaml says about one setting. */
export interface Example {
  /** The setting's place in a file, such as ["consumers", "n8n", "role"]. */
  readonly path: readonly string[];
  /** A value that differs from the one in environments/prod.yaml. */
  readonly example: unknown;
  /** Other settings that the example needs. @default none */
  readonly base?: Settings;
  /** Values that are refused. @default none */
  readonly refused?: readonly unknown[];
  /** What the stacks do not show, as sentences in Markdown. @default nothing */
  readonly note?: string;
}

const read = (file: string) => readFileSync(fileURLToPath(new URL(file, import.meta.url)), "utf8");
const prod: Settings = parse(read("../../environments/prod.yaml"));

/** The examples by the path of their setting in the schema, such as "consumers.<name>.role". */
export function examples(): Map<string, Example> {
  const written: Record<string, Omit<Example, "path">> = parse(read("examples.yaml"));
  return new Map(
    Object.entries(written).map(([key, given]) => {
      const path = key.split(".");
      return [schemaPath(path), { ...given, path }];
    }),
  );
}

/** A path with `<name>` for every key that the operator chooses. */
function schemaPath(path: readonly string[]): string {
  const named = path.map((key, index) => {
    const isNamed = schemasAt(path.slice(0, index)).some(({ properties }) => Object.hasOwn(properties ?? {}, key));
    return isNamed ? key : "<name>";
  });
  return named.join(".");
}

/** The example as an operator writes it. */
export function exampleText({ path, example }: Example): string {
  return stringify(nested(path, example), { lineWidth: 0 });
}

/**
 * The environment prod without and with the example.
 *
 * @throws if one of them is invalid
 */
export function environmentsOf({ path, example, base = {} }: Example): [before: Environment, after: Environment] {
  const before = merged(prod, base);
  return [before, merged(before, nested(path, example))].map((settings) => {
    const { settings: valid, problems } = checkEnvironment("prod", stringify(settings), {});
    if (valid !== undefined) return withDefaults("prod", valid);
    throw new Error(problems.map((problem) => `${problem.path}: ${problem.value}: ${problem.message}`).join("\n"));
  }) as [Environment, Environment];
}

/**
 * The messages for a value that is refused.
 *
 * @throws if it is valid
 */
export function refusal({ path, base = {} }: Example, value: unknown): string[] {
  const { problems } = checkEnvironment("prod", stringify(merged(merged(prod, base), nested(path, value))), {});
  if (problems.length === 0) throw new Error(`${path.join(".")}: ${JSON.stringify(value)} is not refused`);
  return problems.map(({ message }) => message);
}

const nested = (path: readonly string[], value: unknown): Settings =>
  path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Settings;

/** The settings with others over them. */
function merged(settings: Settings, over: Settings): Settings {
  const values = Object.entries(over).map(([key, value]) => {
    const below = settings[key];
    return [
      key,
      isSettings(below) && isSettings(value) && Object.keys(value).length > 0 ? merged(below, value) : value,
    ];
  });
  return { ...settings, ...Object.fromEntries(values) };
}

const isSettings = (value: unknown): value is Settings =>
  typeof value === "object" && value !== null && !Array.isArray(value);
