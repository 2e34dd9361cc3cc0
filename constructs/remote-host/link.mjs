// Links host scripts into programs. Plain JavaScript without packages, because the gate (ci/gate.mjs) runs it in a job
// that installs none.
//
// A script names the files that it needs in its header, by their paths under constructs/ or cli/:
//
//   # Needs     caddy-site/lib.sh remote-host/common.sh
//
// `**/drift.sh` stands for every file of that name. A TypeScript file, such as nocodb/consumers/api/reconcile.ts, becomes
// a function reconcile_js, which prints the file and its imports as one JavaScript program; a file such as
// service-secrets/secrets.cjs becomes a function secrets_cjs, which prints it as it is. A program is its own script
// and all files that it needs, each file once and after those that it needs itself. The script ends with
// `main </dev/null`: if the connection breaks, nothing runs.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const sources = fileURLToPath(new URL("../..", import.meta.url));

/** The folders that hold host scripts. */
const ROOTS = ["constructs", "cli"];

const START = "\nmain </dev/null\n";

/**
 * @typedef {object} Program
 * @property {string} name such as `caddy-site/apply`
 * @property {readonly string[]} files paths of the linked files, under constructs/ or cli/, the script itself last
 * @property {string} text
 * @property {readonly string[]} inputs variables that its own header expects
 * @property {readonly string[]} optional those of them that may be missing
 * @property {readonly string[]} known the variables that any of its files expects
 */

/**
 * Links one program.
 *
 * @param {string} name path of its script under constructs/ or cli/, without `.sh`
 * @param {string} [root] the project's folder
 * @param {(file: string) => string} [bundle] makes JavaScript of a TypeScript file, given its path; by default
 *   the functions print nothing, which is enough to check the shell
 * @returns {Program}
 * @throws {Error} for a file that does not exist, a cycle, a function that two files define, or a library
 */
export function link(name, root = sources, bundle = () => "") {
  const scripts = scriptsIn(root);
  /** @type {string[]} */
  const files = [];
  visit(`${name}.sh`, [], scripts, files);
  const own = /** @type {string} */ (scripts.get(`${name}.sh`));
  if (!isProgram(own)) throw new Error(`${name}.sh is a library: it does not end with the line "${START.trim()}"`);
  const texts = files.map((file) => {
    if (file.endsWith(".ts")) return embed(file, bundle(file));
    if (file.endsWith(".cjs")) return embed(file, readFileSync(path.join(root, "constructs", file), "utf8").trimEnd());
    return scripts.get(file) ?? "";
  });
  rejectDuplicates(files, texts);
  const expected = expectations(own);
  return {
    name,
    files,
    text: texts.join("\n"),
    inputs: expected.all,
    optional: expected.optional,
    known: [...new Set(texts.flatMap((text) => expectations(text).all))],
  };
}

/**
 * The names of all programs.
 *
 * @param {string} [root]
 * @returns {string[]}
 */
export function programNames(root = sources) {
  return [...scriptsIn(root)].filter(([, text]) => isProgram(text)).map(([file]) => file.replace(/\.sh$/, ""));
}

/**
 * The JavaScript in the text of a program, by the name of the function that prints it.
 *
 * @param {string} text
 * @returns {Map<string, string>}
 */
export function embedded(text) {
  const functions = text.matchAll(/^([a-z_]+_js)\(\) \{\n {2}cat <<'JAVASCRIPT'\n([\s\S]*?)\nJAVASCRIPT\n\}$/gm);
  return new Map([...functions].map(([, name = "", javascript = ""]) => [name, javascript]));
}

/**
 * The name of the function that prints a file as JavaScript: reconcile_js for reconcile.ts, secrets_cjs for secrets.cjs.
 *
 * @param {string} file
 */
export const functionName = (file) => path.basename(file).replace(/\.ts$/, ".js").replaceAll(/[-.]/g, "_");

/**
 * @param {string} file
 * @param {string} javascript
 */
const embed = (file, javascript) =>
  `# ${file}\n${functionName(file)}() {\n  cat <<'JAVASCRIPT'\n${javascript}\nJAVASCRIPT\n}\n`;

/** @param {string} text */
const isProgram = (text) => text.endsWith(`\n${START}`);

/**
 * Every script by its path, in the order of the paths.
 *
 * @param {string} root
 * @returns {Map<string, string>}
 */
function scriptsIn(root) {
  const known = root === sources ? ownScripts : undefined;
  if (known) return known;
  const found = ROOTS.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".sh"))
      .map((file) => /** @type {const} */ ([file, readFileSync(path.join(root, folder, file), "utf8")])),
  );
  const twice = found.find(([file], at) => found.findIndex(([other]) => other === file) !== at);
  if (twice) throw new Error(`${twice[0]} is in several of ${ROOTS.join(" and ")}: rename one`);
  const scripts = new Map(found.sort(([one], [other]) => (one < other ? -1 : 1)));
  if (root === sources) ownScripts = scripts;
  return scripts;
}

/** Those of this project, read once. @type {Map<string, string> | undefined} */
let ownScripts;

/**
 * Adds a file to `linked`, after everything that it needs.
 *
 * @param {string} file
 * @param {readonly string[]} above the files that led here
 * @param {Map<string, string>} scripts
 * @param {string[]} linked
 */
function visit(file, above, scripts, linked) {
  if (above.includes(file)) throw new Error(`host scripts need each other: ${[...above, file].join(" -> ")}`);
  const text = scripts.get(file);
  if (text === undefined) throw new Error(`${above.at(-1) ?? "the app"} needs ${file}, which does not exist`);
  for (const need of needs(text)) {
    const matches = need.startsWith("**/")
      ? [...scripts.keys()].filter((each) => each.endsWith(need.slice(2)))
      : [need];
    if (matches.length === 0) throw new Error(`${file} needs ${need}, which matches no file`);
    for (const each of matches) {
      if (linked.includes(each)) continue;
      if (!each.endsWith(".sh")) linked.push(each);
      else visit(each, [...above, file], scripts, linked);
    }
  }
  linked.push(file);
}

/** @param {string} text */
const needs = (text) => headerField(text, "Needs").split(/\s+/).filter(Boolean);

/**
 * The variables in the field Expects: `$path`, or `[$path]` for one that may be missing.
 *
 * @param {string} text
 */
function expectations(text) {
  const field = headerField(text, "Expects");
  const variables = (/** @type {RegExp} */ form) => [...field.matchAll(form)].map(([, name = ""]) => name);
  return { all: variables(/\$([a-z_]+)/g), optional: variables(/\[\$([a-z_]+)\]/g) };
}

/**
 * A field of the comment at the top of a script; its further lines are indented like its text.
 *
 * @param {string} text
 * @param {string} name
 */
function headerField(text, name) {
  const lines = text.split("\n");
  const from = lines.findIndex((line) => line.startsWith(`# ${name.padEnd(10)}`));
  if (from < 0) return "";
  const rest = lines.slice(from + 1);
  const length = rest.findIndex((line) => !line.startsWith(`# ${" ".repeat(10)}`));
  return [lines[from] ?? "", ...rest.slice(0, length)].map((line) => line.slice(12)).join("\n");
}

/**
 * @param {readonly string[]} files
 * @param {readonly string[]} texts
 */
function rejectDuplicates(files, texts) {
  /** @type {Map<string, string>} */
  const owners = new Map();
  for (const [index, text] of texts.entries()) {
    for (const [, name = ""] of text.matchAll(/^([A-Za-z_][A-Za-z0-9_]*) *\(\) *[{(]/gm)) {
      const owner = owners.get(name);
      if (owner !== undefined) throw new Error(`${owner} and ${files[index]} both define ${name}(): rename one`);
      owners.set(name, /** @type {string} */ (files[index]));
    }
  }
}
