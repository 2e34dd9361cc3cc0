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
import { joinPath, type Problem, shown } from "./problems.js";
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
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, logLevel: "error" });
  const lineAt = (offset: number) => counter.linePos(offset).line;
  const { problems, readable } = yamlProblems(document, lineAt);
  const source: Source = { data: undefined, problems, lines: new Map(), fromEnvironment: new Map() };
  if (!readable) return source;
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

/** Syntax errors and aliases; after a repeated key alone the rest can still be checked. */
function yamlProblems(document: Document.Parsed, lineAt: (offset: number) => number) {
  let readable = true;
  const problems: Problem[] = [...document.errors, ...document.warnings].map(({ code, message, pos }) => {
    const at = { path: "", line: lineAt(pos[0]), value: undefined };
    if (code === "DUPLICATE_KEY") return { ...at, message: "repeats a setting", remedy: "keep one of the two lines" };
    readable = false;
    if (code === "MULTIPLE_DOCS")
      return { ...at, message: "begins a second YAML document", remedy: "keep one, without ---" };
    const [problem] = message.split("\n");
    return { ...at, message: `is no valid YAML: ${problem}`, remedy: "mend this line or the one before it" };
  });
  visit(document, {
    Alias: (_key, { source: anchor, range }) => {
      readable = false;
      const message = "is a YAML alias, which tools that edit this file would not follow";
      problems.push({ path: "", line: lineAt(range![0]), value: `*${anchor}`, message, remedy: "write the value out" });
    },
  });
  return { problems, readable };
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
    const entries = node.items.map(({ key, value }) => {
      const name = String(isScalar(key) ? key.value : key);
      return [name, plainData(value, remember(name, key), reading)];
    });
    return Object.fromEntries(entries);
  }
  if (isSeq<ParsedNode>(node)) {
    return node.items.map((item, index) => plainData(item, remember(index, item), reading));
  }
  return isScalar(node) ? scalar(node, path, reading) : null;
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
