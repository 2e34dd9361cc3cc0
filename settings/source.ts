import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type Scalar,
  visit,
} from "yaml";
import { type Finding, joinPath, type Problem, shown } from "./problems.js";
import { asWanted } from "./schema-paths.js";

/** An environment file as plain data, with what is needed to speak of its lines and of where its values came from. */
export interface Source {
  /** Undefined when the text is no YAML mapping. */
  data: Record<string, unknown> | undefined;
  problems: Problem[];
  /** Line of a setting, by its path. */
  lines: Map<string, number>;
  /** Path of every value that holds something from the process environment, with the text that stands in the file. */
  fromEnvironment: Map<string, string>;
}

/**
 * Parses YAML 1.2 and replaces `${env:NAME}`, as a whole value or inside one; what is replaced becomes a number or a
 * boolean where the schema wants one. Never throws.
 */
export function readSource(text: string, env: NodeJS.ProcessEnv): Source {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    prettyErrors: false,
    logLevel: "error",
    uniqueKeys: false, // Told below, with the path of what is repeated.
  });
  const lineAt = (offset: number) => counter.linePos(offset).line;
  const problems = yamlProblems(document, lineAt);
  const source: Source = { data: undefined, problems, lines: new Map(), fromEnvironment: new Map() };
  if (problems.length > 0) return source;
  if (!isMap(document.contents)) {
    const empty = document.contents === null || (isScalar(document.contents) && document.contents.value === null);
    const message = empty ? "is empty" : "holds no mapping";
    problems.push({
      path: "",
      value: undefined,
      message,
      remedy: "write `project: acme` and the other settings into it",
    });
    return source;
  }
  source.data = plainData(document.contents, [], { source, env, lineAt }) as Record<string, unknown>;
  return source;
}

/** Syntax errors and aliases: what makes a file unreadable as a whole. */
function yamlProblems(document: Document.Parsed, lineAt: (offset: number) => number) {
  const problems: Problem[] = [...document.errors, ...document.warnings].map(({ code, message, pos }) => {
    const at = { path: "", line: lineAt(pos[0]), value: undefined };
    if (code === "MULTIPLE_DOCS")
      return { ...at, message: "begins a second YAML document", remedy: "keep one, without ---" };
    const [problem] = message.split("\n");
    return { ...at, message: `is no valid YAML: ${problem}`, remedy: "mend this line or the one before it" };
  });
  visit(document, {
    Alias: (_key, { source: anchor, range }) => {
      const message = "is a YAML alias, which tools that edit this file would not follow";
      problems.push({ path: "", line: lineAt(range![0]), value: `*${anchor}`, message, remedy: "write the value out" });
    },
  });
  return problems;
}

interface Reading {
  source: Source;
  env: NodeJS.ProcessEnv;
  lineAt: (offset: number) => number;
}

function plainData(node: ParsedNode | null, path: PropertyKey[], reading: Reading): unknown {
  const remember = (part: PropertyKey, at: ParsedNode | null) => {
    const inner = [...path, part];
    if (at !== null) reading.source.lines.set(joinPath(inner), reading.lineAt(at.range[0]));
    return inner;
  };
  if (isMap<ParsedNode, ParsedNode | null>(node)) {
    const data = new Map<string, unknown>();
    const { problems, lines } = reading.source;
    for (const { key, value } of node.items) {
      const name = keyText(key);
      const inner = remember(name, key);
      const finding = keyProblem(name, data);
      const at = joinPath(inner);
      if (finding !== undefined) problems.push({ path: at, line: lines.get(at), value: undefined, ...finding });
      data.set(name, plainData(value, inner, reading));
    }
    return Object.fromEntries(data);
  }
  if (isSeq<ParsedNode>(node)) {
    return node.items.map((item, index) => plainData(item, remember(index, item), reading));
  }
  return isScalar(node) ? scalar(node, path, reading) : null;
}

/** A key as it is written: `2024` and `1.0` are names, no numbers. */
function keyText(key: ParsedNode): string {
  return String(isScalar(key) ? (typeof key.value === "string" ? key.value : (key.source ?? key.value)) : key);
}

/** What makes a key unfit beside the others; after a repeated one the later value stands for both. */
function keyProblem(name: string, known: ReadonlyMap<string, unknown>): Finding | undefined {
  if (known.has(name)) return { message: "is given twice", remedy: "keep one of the two" };
  // Objects of JavaScript cannot hold it as they hold others, so what stands below it would silently be left out.
  return name === "__proto__"
    ? { message: "cannot be a name here", remedy: "choose another, or remove it" }
    : undefined;
}

function scalar({ value, source: written }: Scalar, path: PropertyKey[], { source, env }: Reading): unknown {
  const at = joinPath(path);
  const complain = (text: string | undefined, message: string, remedy: string) =>
    source.problems.push({ path: at, line: source.lines.get(at), value: text, message, remedy });

  if (typeof value === "number" && !/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(written ?? "")) {
    complain(
      written,
      "is a number that not every program reads the same",
      `write ${value} for the number, or put it in quotes`,
    );
  }
  if (typeof value !== "string" || !value.includes("${")) return value;
  source.fromEnvironment.set(at, value);
  let complete = true;
  const text = value.replace(/\$\{([^}]*)(\}?)/g, (reference, inner: string, closed: string) => {
    const name = closed === "" ? undefined : /^env:([A-Za-z_]\w*)$/.exec(inner)?.[1];
    const found = name === undefined ? undefined : env[name];
    if (found !== undefined) return found;
    complete = false;
    const suggested = /\w+$/.exec(inner)?.[0] ?? "NAME";
    if (name === undefined)
      complain(shown(value), `holds ${reference}, which is no reference`, `write \${env:${suggested}}`);
    else
      complain(
        shown(value),
        `${name} is not set in the process environment`,
        `export ${name}, or write the value here`,
      );
    return "";
  });
  // Left as it stands, what could not be replaced is no value that a rule between settings would compare.
  return complete ? asWanted(path, text) : value;
}

/** What stands at a path of plain data; undefined where the path leads nowhere. */
export function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], data);
}
