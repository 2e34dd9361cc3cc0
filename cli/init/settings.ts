import { type Environment, withDefaults } from "../../settings/defaults.js";
import { asWanted } from "../../settings/diagnostics/schema-paths.js";
import { environmentFile } from "../../settings/schema.js";
import { type About, CONNECTION, containerOf, NONE, QUESTIONS, type Question } from "./questions.js";

type Settings = Record<string, unknown>;

/** Settings that are written even if they are the default. */
const EXPLICIT = /^(project|domain|subdomain|image|ssh\..*)$/;

/**
 * The settings of the environment file.
 *
 * @param about with all answers; an empty one leaves the setting at its default
 */
export function settingsOf(about: About): Settings {
  const given = [...CONNECTION, ...QUESTIONS].filter(({ flag }) => (about.answers[flag] ?? "") !== "");
  const all: Settings = {};
  for (const question of given) set(all, question.setting, answerAs(question, about));
  const required = environmentFile.safeParse({ project: all.project, domain: all.domain, ssh: all.ssh });
  // Invalid ones are reported in the whole file.
  if (!required.success) return all;
  const defaults = withDefaults(about.name, required.data);
  const settings: Settings = {};
  for (const { setting } of given) {
    const value = get(all, setting);
    if (EXPLICIT.test(setting) || !isDefault(value, get(defaults, setting))) set(settings, setting, value);
  }
  return settings;
}

/** An answer as the file has it. */
export function answerAs({ flag, setting }: Question, about: About): unknown {
  const text = about.answers[flag] ?? "";
  if (flag === "consumers") return consumers(about);
  if (flag === "snippets" || flag === "bases") return text === NONE ? [] : listed(text);
  return asWanted(setting.split("."), text);
}

/** The names in an answer that may have several. */
export const listed = (text = "") =>
  text
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean);

/** Each consumer with a role in the bases that are created, and its container and env file where they have other names. */
function consumers(about: About): Settings {
  const { host, answers } = about;
  const base = answers["base-directory"] || `/opt/${answers.project}`;
  const entries = listed(answers.consumers).map((name) => {
    const container = containerOf(about, name);
    const isUsual = container === undefined || container === `${answers.project}_${name}`;
    const isThere = host.files.length === 0 || host.files.includes(`${base}/configs/${name}/${name}.env`);
    return [
      name,
      {
        bases: Object.fromEntries(listed(answers.bases).map((title) => [title, "creator"])),
        ...(!isUsual && { container }),
        ...(!isThere && { missingFile: "create" }),
      },
    ] as const;
  });
  return Object.fromEntries(entries);
}

function set(settings: Settings, path: string, value: unknown): void {
  const [key = "", ...rest] = path.split(".");
  if (rest.length === 0) settings[key] = value;
  else {
    settings[key] ??= {};
    set(settings[key] as Settings, rest.join("."), value);
  }
}

function get(settings: Settings | Environment, path: string): unknown {
  return path.split(".").reduce<unknown>((at, key) => (at as Settings | undefined)?.[key], settings);
}

/** A network of the defaults is a mapping with its name. */
function isDefault(value: unknown, preset: unknown): boolean {
  const named = typeof preset === "object" && preset !== null && "name" in preset ? preset.name : preset;
  return JSON.stringify(value) === JSON.stringify(named) || (named === undefined && value === 443);
}
