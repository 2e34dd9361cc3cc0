import { type Block, type LocalExec, requirements, type Synthesized, scriptsOf, triggers } from "./scope.js";

/**
 * A synthesized stack as a reviewer reads it. What every provisioner repeats stands once: the ssh command, the
 * directory of the records, the requirements. A provisioner is the scripts it runs and what they get beside the
 * triggers of its resource; a fingerprint is what it is of.
 */
export function readable(stack: Synthesized): Block {
  const repeated = { ssh: new Set<string>(), manifest: new Set<string>() };
  const long = longTexts(stack);
  const simplify = (value: unknown): unknown => {
    if (typeof value === "string") return value.replace(FINGERPRINT, "(fingerprint of $1)");
    if (Array.isArray(value)) return value.map(simplify);
    if (!isBlock(value)) return value;
    if ("local-exec" in value) return simplify(provisioner(value["local-exec"] as LocalExec));
    return mapBlock(value, (each, name) => {
      if (name === "ssh_opts") return "(as in ssh)";
      return name === "program" ? program((each as string[]).join(" ")) : simplify(each);
    });
  };
  const provisioner = ({ command, environment, quiet, ...rest }: LocalExec): Block => {
    const { INPUT_manifest, ...others } = environment;
    repeated.ssh.add(sshOf(command));
    repeated.manifest.add(INPUT_manifest!);
    const beside = Object.entries(others)
      .map(([name, value]) => [name.slice("INPUT_".length), long.get(value) ?? value])
      .filter(([name, value]) => value !== `\${self.triggers.${name}}`);
    return {
      ...rest,
      ...(quiet ? {} : { quiet }),
      runs: scriptsOf(command).join(" "),
      with: Object.fromEntries(beside),
    };
  };
  const program = (command: string): string => {
    repeated.ssh.add(sshOf(command));
    return command.replace(sshOf(command), "(ssh)");
  };
  const simple = simplify(stack) as Block;
  return { ...mapBlock(repeated, (values) => only([...(values as Set<string>)])), ...simple };
}

const FINGERPRINT = /^\$\{sha256\("\$\{random_password\.salt\.result\}(.*)"\)\}$/s;

const sshOf = (command: string): string => command.slice(command.indexOf(" -- ") + " -- ".length);

/** Texts of several lines that provisioners repeat, with where they stand. */
function longTexts(stack: Synthesized): Map<string, string> {
  const texts = new Map([[requirements(stack).join("\n"), "(those of the probe)"]]);
  for (const resource of Object.keys(stack.resource.null_resource!)) {
    for (const [name, value] of Object.entries(triggers(stack, resource) ?? {})) {
      if (value.includes("\n")) texts.set(value, `(as triggers.${name} of ${resource})`);
    }
  }
  return texts;
}

function only(values: string[]): string {
  if (values.length !== 1) throw new Error(`the same in all provisioners, not:\n${values.join("\n")}`);
  return values[0]!;
}

/** What differs between two readable stacks, by path; of a text with several lines or a list of texts, those that do. */
export function differences(before: unknown, after: unknown, path = ""): Record<string, string> {
  if (JSON.stringify(before) === JSON.stringify(after)) return {};
  if (areTexts(before) && areTexts(after)) return differences(before.join("\n"), after.join("\n"), path);
  if (typeof before === "object" && typeof after === "object" && before !== null && after !== null) {
    const [was, is] = [before as Block, after as Block];
    const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
    const inner = names.map((name) => differences(was[name], is[name], path === "" ? name : `${path}.${name}`));
    return Object.assign({}, ...inner);
  }
  const [was, is] = [linesOf(before), linesOf(after)];
  const missing = (lines: string[], others: string[]) => lines.filter((line) => !others.includes(line)).join("\n");
  return { [path]: `${missing(was, is)} -> ${missing(is, was)}` };
}

const linesOf = (value: unknown): string[] => (typeof value === "string" ? value : String(value)).split("\n");

const areTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");

const isBlock = (value: unknown): value is Block => typeof value === "object" && value !== null;

const mapBlock = (value: Block, change: (value: unknown, name: string) => unknown): Block =>
  Object.fromEntries(Object.entries(value).map(([name, each]) => [name, change(each, name)]));
