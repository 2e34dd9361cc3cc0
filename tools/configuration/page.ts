import { stackJson } from "../../cli/synthesized.js";
import { schemasAt, settingPaths } from "../../settings/diagnostics/schema-paths.js";
import { type Consequence, consequences, type Effect, effectsOf } from "./effects.js";
import { type Example, environmentsOf, examples, exampleText, refusal } from "./examples.js";
import { stackChanges } from "./stack-changes.js";

const HEAD = `# Configuration

Every setting of an environment file. \`npm run schema\` writes this page from the schema and from the stacks. Each
example was synthesized over [prod.yaml](../environments/prod.yaml), and the two stacks were compared as Terraform does.
The refused values show the limits, and the words with which they are refused.

- Any value may be or contain \`\${env:NAME}\`, which is replaced from the environment of the process that deploys.
- \`npx nocodb-host validate\` reports every problem of a file at once, and \`npx cdktf diff prod\` shows what a change
  will do on the host.

## Effects

What the change of a setting does at the next deploy, while NocoDB runs. Where two are named, both happen.
`;

const MEANINGS: Readonly<Record<Effect, string>> = {
  nothing: "the host stays as it is; the smoke test may run again",
  "in place": "steps run on the host, and NocoDB keeps running",
  restart: "NocoDB stops and starts; Caddy holds requests meanwhile",
  replacement: "a new container replaces the old one, [as described](operations.md#change-settings)",
  data: "another content is in use afterwards, or content may be deleted or migrated",
};

/** A setting as the page describes it. */
interface Setting {
  readonly path: string;
  readonly example?: Example;
  readonly found: readonly Consequence[];
  readonly effects: readonly Effect[];
}

/**
 * The text of docs/configuration.md.
 *
 * @throws if a setting has no example, or an example is of no setting
 */
export function configurationPage(): string {
  const all = examples();
  const paths = [...new Set(settingPaths())];
  const unknown = [...all.keys()].filter((path) => !paths.includes(path));
  const missing = paths.filter((path) => !isSection(path) && !all.has(path));
  if (unknown.length + missing.length > 0) {
    const named = [
      ...missing.map((path) => `has no ${path}`),
      ...unknown.map((path) => `has ${path}, an unknown setting`),
    ];
    throw new Error(named.map((each) => `tools/configuration/examples.yaml: ${each}`).join("\n"));
  }
  const settings = paths.map((path) => setting(path, all.get(path)));
  return `${HEAD}\n${effectTable(settings)}\n${settings.map(section).join("\n")}`;
}

/** Whether a setting only holds others, which have examples. */
function isSection(path: string): boolean {
  return schemasAt(path.split(".")).some(
    ({ type, properties, propertyNames }) => type === "object" && (properties ?? propertyNames),
  );
}

function setting(path: string, example: Example | undefined): Setting {
  if (example === undefined) return { path, found: [], effects: [] };
  const [before, after] = environmentsOf(example).map(stackJson);
  const found = consequences(stackChanges(before!, after!));
  return { path, example, found, effects: effectsOf(found) };
}

function effectTable(settings: readonly Setting[]): string {
  const rows = Object.entries(MEANINGS).map(([effect, meaning]) => {
    const having = settings.filter(({ effects }) => effects.includes(effect as Effect));
    return `| **${effect}** | ${meaning} | ${having.map(({ path }) => `[${path}](#${anchor(path)})`).join(", ")} |\n`;
  });
  return `| effect | meaning | settings |\n| --- | --- | --- |\n${rows.join("").replaceAll(/[<>]/g, "\\$&")}`;
}

/** GitHub's anchor of a heading. */
const anchor = (path: string) => path.toLowerCase().replaceAll(/[^\w-]/g, "");

function section({ path, example, found, effects }: Setting): string {
  const told = [...found.map(({ text }) => text), ...(example?.note ? [example.note] : [])];
  const lines = example && [
    `- Type: ${typeOf(path)}. Default: ${defaultOf(path)}.`,
    ...(example.refused ?? []).map((value) => `- Refused: ${code(value)}: ${refusal(example, value).join("; ")}.`),
    `- Change: **${effects.join(", ")}**`,
    ...told.map((each) => `  - ${each}`),
    ...["", "```yaml", exampleText(example).trimEnd(), "```"],
  ];
  const parts = [`${path.includes(".") ? "###" : "##"} \`${path}\``, describing(path), lines?.join("\n")];
  return parts
    .filter((each) => each)
    .map((each) => `${each}\n`)
    .join("\n");
}

/** The description without the sentence about the default. */
function describing(path: string): string {
  return asCode(descriptionOf(path).replace(DEFAULT, "").trim());
}

/** Text with its placeholders as code, such as `<project>_postgresql`. */
const asCode = (text: string) => text.replaceAll(/[^\s;,]*<\w+>[^\s;,]*?(?=\.?(?:[\s;,]|$))/g, "`$&`");

const DEFAULT = /\bDefault: (.*)\.$/;

function descriptionOf(path: string): string {
  return schemasAt(path.split(".")).find(({ description }) => description !== undefined)?.description ?? "";
}

function defaultOf(path: string): string {
  const keys = path.split(".");
  const told = DEFAULT.exec(descriptionOf(path))?.[1];
  if (told !== undefined) return asCode(told);
  const given = schemasAt(keys).find((schema) => schema.default !== undefined)?.default;
  if (given !== undefined) return code(given);
  const isRequired = schemasAt(keys.slice(0, -1)).some(({ required }) => required?.includes(keys.at(-1)!));
  return isRequired ? "none, it is required" : "none";
}

/** The forms that a setting may have. */
function typeOf(path: string): string {
  const schemas = schemasAt(path.split("."));
  const forms = schemas.flatMap((schema) => {
    if (schema.enum) return schema.enum.map(code).join(", ");
    if (schema.const !== undefined) return code(schema.const);
    // Beside another type, text stands for ${env:NAME}.
    const types = [schema.type ?? []].flat() as string[];
    const own = types.length > 1 ? types.filter((type) => type !== "string") : types;
    return own.map((type) => ({ string: "text", array: "list of texts", object: "mapping" })[type] ?? type);
  });
  return forms.length === 0 ? "any" : [...new Set(forms)].join(" or ");
}

const code = (value: unknown) => `\`${typeof value === "string" && value !== "" ? value : JSON.stringify(value)}\``;
