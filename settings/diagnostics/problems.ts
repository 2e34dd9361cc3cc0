/** The result of a rule: what is wrong, and what to do. Neither repeats the value, which may be a secret. */
export interface Finding {
  /** Completes "<setting>: <value>: ", such as "must be between 1 and 65535". */
  message: string;
  /** What to do if there is no suggestion. */
  remedy: string;
  /** A better remedy that repeats part of the value; left out if the value came from the process environment. */
  suggestion?: string | undefined;
  /** The value is a secret or contains one: it is not shown. */
  secret?: true;
}

/** A finding with the path of its setting. */
export type Placed = [path: (string | number)[], finding: Finding];

/** One problem of an environment file. */
export interface Problem {
  /** The setting, such as "ssh.port"; empty for the file as a whole. */
  path: string;
  /** Line in the file, from 1, if it is known. */
  line?: number | undefined;
  /** The value as it may be shown: shortened, and `${env:NAME}` for one that came from the process environment. */
  value: string | undefined;
  message: string;
  remedy: string;
}

/** An environment that is left out, with all its problems. */
export interface InvalidEnvironment {
  environment: string;
  file: string;
  problems: Problem[];
}

const longestValue = 60;

/** A password in a URL. */
export const signsIn = /:\/\/[^/\s@]*:[^/\s@]+@/;

/** A value on one line, at most 60 characters long. */
export function shown(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a mapping";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

/** "ssh.port" and "caddy.snippets[1]" from the parts of a path; ambiguous parts are in quotes. */
export function joinPath(parts: readonly PropertyKey[]): string {
  return parts.reduce<string>((path, part) => {
    if (typeof part === "number") return `${path}[${part}]`;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
    const unclear = /^$|^\s|\s$|[.\u0000-\u001f\u007f]/.test(String(part));
    const name = unclear ? JSON.stringify(part) : String(part);
    return path === "" ? name : `${path}.${name}`;
  }, "");
}

/** One line per problem: `environments/prod.yaml:12: ssh.port: 99999: must be …; set …`. */
export function formatProblems(invalid: readonly InvalidEnvironment[]): string {
  return invalid.flatMap(({ file, problems }) => problems.map((problem) => formatProblem(file, problem))).join("\n");
}

function formatProblem(file: string, { path, line, value, message, remedy }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return `${[place, path, value, message].filter((part) => part !== undefined && part !== "").join(": ")}; ${remedy}`;
}
