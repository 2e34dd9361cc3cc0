import { stringify } from "yaml";
import type { Environment } from "../../settings/environment.js";
import { environmentJsonSchema } from "../../settings/schema.js";

/** Settings as a file has them, not checked yet. */
export interface Written {
  readonly [key: string]: unknown;
}

/** A setting of the JSON Schema, as far as a page shows it. */
interface Setting {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Setting>>;
  readonly additionalProperties?: boolean | Setting;
}

/** Where a setting is in the text. */
interface Place {
  /** Characters for a line. */
  readonly width: number;
  /** Its section is commented out, so that a default needs no mark of its own. */
  readonly isOff?: boolean;
}

/**
 * The text of an environment file, with every setting and its description from the schema. Those that are not written
 * are commented out and show their default.
 *
 * @param environment the same settings with all defaults
 */
export function environmentText(written: Written, environment: Environment): string {
  const { properties = {} } = environmentJsonSchema() as Setting;
  const consumers = Object.fromEntries(environment.consumers.map((consumer) => [consumer.name, consumer]));
  const sections = Object.entries(properties).map(([key, setting]) =>
    lines(key, setting, written, { ...environment, consumers }, { width: 120 }).join("\n"),
  );
  return `${head(environment)}\n\n${sections.join("\n\n")}\n`;
}

const head = ({ name, ssh }: Environment) => `# yaml-language-server: $schema=./schema.json
#
# ${name}, on ${ssh.host}.
# Settings that are commented out show their default; editors complete them from schema.json.
# Any value may be or contain \${env:NAME}, which is replaced from the environment of the process that deploys.
# \`npx nocodb-host validate ${name}\` reports every problem of this file at once.`;

/** The lines of a setting. */
function lines(key: string, setting: Setting, written: Written, defaults: Written, { width, isOff }: Place): string[] {
  const { description = "", properties, additionalProperties } = setting;
  const value = written[key];
  const preset = defaults[key];
  const isDefault = value === undefined;
  const about = commented(wrapped(description, width - 2));
  // A mapping whose type decides what else is in it, such as the backend, is shown as a whole.
  if (properties !== undefined && additionalProperties === false) {
    const isAnswered = !isDefault || isOff === true;
    const place = { width: width - (isAnswered ? 2 : 4), isOff: isDefault };
    const section = [`${key}:`, ...inside(properties, mapping(value), mapping(preset), place)];
    return [...about, ...(isAnswered ? section : commented(section))];
  }
  const entry = typeof additionalProperties === "object" ? additionalProperties.properties : undefined;
  if (entry !== undefined && !isDefault) {
    const entries = Object.entries(mapping(value)).map(([name, its], index) => {
      // The first one shows everything that can be set.
      const shown = index === 0 ? entry : Object.fromEntries(Object.entries(entry).filter(([each]) => each in its));
      return [`${name}:`, ...inside(shown, its, mapping(mapping(preset)[name]), { width: width - 4 })];
    });
    return [...about, `${key}:`, ...indented(entries.flat())];
  }
  const text = yaml(key, value ?? preset);
  const shown = isDefault && !(isOff && preset !== undefined) ? commented(text) : text;
  const whole = `${shown[0]} # ${description}`;
  return shown.length === 1 && description !== "" && whole.length <= width ? [whole] : [...about, ...shown];
}

function inside(settings: Readonly<Record<string, Setting>>, written: Written, defaults: Written, place: Place) {
  return indented(Object.entries(settings).flatMap(([key, setting]) => lines(key, setting, written, defaults, place)));
}

/** A setting as YAML, without a value if there is no default. The schema turns sizes into numbers, in MiB. */
function yaml(key: string, value: unknown): string[] {
  if (value === undefined) return [`${key}:`];
  const shown = key.startsWith("memory") && typeof value === "number" ? `${value}M` : value;
  const style = { lineWidth: 0, flowCollectionPadding: false } as const;
  if (Array.isArray(shown)) return [`${key}: ${stringify(shown, { ...style, collectionStyle: "flow" }).trimEnd()}`];
  return stringify({ [key]: shown }, style)
    .trimEnd()
    .split("\n");
}

const mapping = (value: unknown) =>
  (typeof value === "object" && value !== null ? value : {}) as Record<string, Written>;
const commented = (text: string[]) => text.map((line) => `# ${line}`);
const indented = (text: string[]) => text.map((line) => `  ${line}`);

/** The text in lines of at most that many characters. */
function wrapped(text: string, width: number): string[] {
  const all: string[] = [];
  for (const word of text.split(" ").filter(Boolean)) {
    const last = all.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) all[all.length - 1] = `${last} ${word}`;
    else all.push(word);
  }
  return all;
}
