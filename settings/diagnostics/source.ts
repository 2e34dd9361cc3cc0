import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
  visit,
  type YAMLMap,
} from "yaml";
import { type Finding, joinPath, type Problem, shown } from "./problems.js";
import { asWanted } from "./schema-paths.js";

/** An environment file as plain data, with the lines and the original texts of its values. */
export interface Source {
  /** Undefined if the text is not a YAML mapping. */
  data: Record<string, unknown> | undefined;
  problems: Problem[];
  /** The line of a setting; of a missing one, the line of the section that lacks it. */
  lineOf: (path: readonly PropertyKey[]) => number | undefined;
  /** The text in the file of a value that contains `${…}`; undefined for any other value. */
  templateOf: (path: readonly PropertyKey[]) => string | undefined;
}

/** What stands for a secret in a variable of the container; the host puts the secret in its place. */
const isSecret = /^\$\{secret:[A-Z_][A-Z0-9_]*\}$/;

type Ancestors = readonly (Document | Node | Pair)[];

// Repeated keys are reported below, with their paths.
const PARSING = { prettyErrors: false, logLevel: "error", uniqueKeys: false } as const;

/**
 * Parses YAML 1.2 and replaces `${env:NAME}`, as a whole value or inside one; the result becomes a number or a boolean if the
 * schema expects one. `${secret:NAME}` stays in variables. Never throws.
 */
export function readSource(text: string, env: NodeJS.ProcessEnv): Source {
  const counter = new LineCounter();
  const document = parseDocument(text, { ...PARSING, lineCounter: counter });
  const lineAt = (offset: number) => counter.linePos(offset).line;
  const problems = yamlProblems(document, lineAt);
  const source: Source = {
    data: undefined,
    problems,
    lineOf: (path) => {
      const range = nearest(document, path)?.range;
      return range ? lineAt(range[0]) : undefined;
    },
    templateOf: (path) => {
      const node = document.getIn(path, true);
      return isScalar(node) && node.source?.includes("${") ? node.source : undefined;
    },
  };
  if (problems.length > 0) return source;
  const report = (path: PropertyKey[], line: number | undefined, value: string | undefined, finding: Finding) =>
    problems.push({ path: joinPath(path), line, value, ...finding });
  visit(document, {
    Pair: (_key, pair, ancestors) => {
      const finding = normalizeKey(pair as Pair<Node>, ancestors.at(-1) as YAMLMap);
      const { value, range } = pair.key as Scalar<string>;
      if (finding)
        report([...pathOf(ancestors, pair), value], range ? lineAt(range[0]) : undefined, undefined, finding);
    },
    Scalar: (key, node, ancestors) => {
      const path = pathOf(ancestors, node);
      if (key !== "key")
        replace(node, path, env, (value, finding) => report(path, source.lineOf(path), value, finding));
    },
  });
  source.data = document.toJS();
  return source;
}

/** Syntax errors, aliases, and a document that is not a mapping: the file cannot be read as a whole. */
function yamlProblems(document: Document.Parsed, lineAt: (offset: number) => number): Problem[] {
  const problems: Problem[] = [...document.errors, ...document.warnings].map(({ code, message, pos }) => {
    const at = { path: "", line: lineAt(pos[0]), value: undefined };
    if (code === "MULTIPLE_DOCS") {
      return { ...at, message: "starts a second YAML document", remedy: "keep one, without ---" };
    }
    const [problem] = message.split("\n");
    return { ...at, message: `is not valid YAML: ${problem}`, remedy: "fix this line or the one before it" };
  });
  visit(document, {
    Alias: (_key, { source: anchor, range }) => {
      const message = "is a YAML alias, which tools that edit this file would not follow";
      problems.push({ path: "", line: lineAt(range![0]), value: `*${anchor}`, message, remedy: "write the value out" });
    },
  });
  if (problems.length > 0 || isMap(document.contents)) return problems;
  const empty = document.contents === null || (isScalar(document.contents) && document.contents.value === null);
  const message = empty ? "is empty" : "is not a mapping";
  return [{ path: "", value: undefined, message, remedy: "write `project: acme` and the other settings into it" }];
}

/** Gives a key its written text as its name, because `2024` and `1.0` are names, not numbers; returns the key's problem. */
function normalizeKey(pair: Pair<Node>, map: YAMLMap): Finding | undefined {
  const { key } = pair;
  const name = String(isScalar(key) ? (typeof key.value === "string" ? key.value : (key.source ?? key.value)) : key);
  pair.key = Object.assign(new Scalar(name), key.range && { range: key.range });
  if (pairOf(map, name) !== pair) return { message: "appears twice", remedy: "keep only one" };
  return name === "__proto__"
    ? { message: "is not allowed as a name", remedy: "choose another name, or remove it" }
    : undefined;
}

const pairOf = (map: YAMLMap, name: unknown) => map.items.find(({ key }) => isScalar(key) && key.value === name);

/** The path of a node below its ancestors. */
function pathOf(ancestors: Ancestors, node: Node | Pair): (string | number)[] {
  return ancestors.flatMap((ancestor, index): (string | number)[] => {
    if (isPair<Scalar<string>>(ancestor)) return [ancestor.key.value];
    return isSeq(ancestor) ? [ancestor.items.indexOf(ancestors[index + 1] ?? node)] : [];
  });
}

/** The key or list item at a path, or at the longest part of it that exists. */
function nearest(document: Document, path: readonly PropertyKey[]): Node | undefined {
  for (let length = path.length; length > 0; length--) {
    const [parent, name] = [document.getIn(path.slice(0, length - 1), true), path[length - 1]];
    const found = isMap(parent) ? pairOf(parent, name)?.key : isSeq(parent) && parent.items[Number(name)];
    if (isNode(found)) return found;
  }
  return undefined;
}

function replace(
  node: Scalar,
  path: PropertyKey[],
  env: NodeJS.ProcessEnv,
  report: (value: string | undefined, finding: Finding) => void,
): void {
  const { value, source } = node;
  if (typeof value === "number" && !/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(source ?? "")) {
    const message = "is a number that programs read differently";
    report(source, { message, remedy: `write ${value} for the number, or put it in quotes` });
  }
  if (typeof value !== "string" || !value.includes("${")) return;
  let complete = true;
  const text = value.replace(/\$\{([^}]*)(\}?)/g, (reference, inner: string, closed: string) => {
    const name = closed === "" ? undefined : /^env:([A-Za-z_]\w*)$/.exec(inner)?.[1];
    const found = name === undefined ? undefined : env[name];
    if (found !== undefined) return found;
    if (path[0] === "variables" && isSecret.test(reference)) return reference;
    complete = false;
    report(shown(value), name === undefined ? notReference(reference, inner) : notSet(name));
    return "";
  });
  // A value that could not be replaced stays as it is, so that no cross-field rule compares half of it.
  if (complete) node.value = asWanted(path, text);
}

const notSet = (name: string): Finding => ({
  message: `${name} is not set in the process environment`,
  remedy: `export ${name}, or write the value here`,
});

function notReference(reference: string, inner: string): Finding {
  if (isSecret.test(reference)) {
    const message = `contains ${reference}, but only a value in variables may refer to a secret`;
    return { message, remedy: "write the value without it" };
  }
  const kind = inner.startsWith("secret:") ? "secret" : "env";
  const suggested = /\w+$/.exec(inner)?.[0] ?? "NAME";
  return { message: `contains ${reference}, which is not a reference`, remedy: `write \${${kind}:${suggested}}` };
}

/** The value at a path of plain data; undefined if the path leads nowhere. */
export function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], data);
}
