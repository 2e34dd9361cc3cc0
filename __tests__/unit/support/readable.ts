import { type Block, type LocalExec, programOf, requirements, type Synthesized, triggers } from "./scope.js";

/**
 * A synthesized stack as a reviewer reads it. Repetitions of every provisioner appear once: the ssh command, the
 * directory of the records, the requirements. A provisioner is its program and the input that is not among the triggers
 * of its resource.
 */
export function readable(stack: Synthesized): Block {
  const repeated = { ssh: new Set<string>(), records: new Set<string>() };
  const long = longTexts(stack);
  const all = requirements(stack).join("\n");
  const simplify = (value: unknown): unknown => {
    if (typeof value === "string") return shortened(value, all);
    if (Array.isArray(value)) return value.map(simplify);
    if (!isBlock(value)) return value;
    if ("local-exec" in value) return simplify(provisioner(value["local-exec"] as LocalExec));
    return mapBlock(value, (each, name) => {
      if (name === "ssh_opts") return "(as in ssh)";
      return name === "program" ? probe(each as string[]) : simplify(each);
    });
  };
  const provisioner = ({ command, environment, quiet, ...rest }: LocalExec): Block => {
    const { INPUT_records, ...others } = environment;
    repeated.ssh.add(sshOf(command));
    repeated.records.add(INPUT_records!);
    const input = Object.entries(others)
      .map(([name, value]) => [name.slice("INPUT_".length), long.get(value) ?? value])
      .filter(([name, value]) => value !== `\${self.triggers.${name}}`);
    return {
      ...rest,
      ...(quiet ? {} : { quiet }),
      runs: programOf(command),
      ...(input.length > 0 && { with: Object.fromEntries(input) }),
    };
  };
  const probe = (words: string[]): Block => {
    const command = words.join(" ");
    repeated.ssh.add(sshOf(command));
    return { runs: programOf(command), requirements: requirements(stack) };
  };
  const simple = simplify(stack) as Block;
  return { ...mapBlock(repeated, (values) => only([...(values as Set<string>)])), ...simple };
}

const STATUS = /^\$\{lookup\((data\.external\.host_probe\.result), "(\w+)", \1\.unrecorded\)\}$/;

const PROBED = "(those of the probe)";

function shortened(text: string, all: string): string {
  if (text === all) return PROBED;
  return text.replace(STATUS, "(status of $2)");
}

const sshOf = (command: string): string => command.slice(command.indexOf(" -- ") + " -- ".length);

/** Texts of several lines that provisioners repeat, with their place. */
function longTexts(stack: Synthesized): Map<string, string> {
  const texts = new Map([[requirements(stack).join("\n"), PROBED]]);
  for (const resource of Object.keys(stack.resource.null_resource!)) {
    for (const [name, value] of Object.entries(triggers(stack, resource) ?? {})) {
      if (value.includes("\n") && !texts.has(value)) texts.set(value, `(as triggers.${name} of ${resource})`);
    }
  }
  return texts;
}

function only(values: string[]): string {
  if (values.length !== 1) throw new Error(`the same in all provisioners, not:\n${values.join("\n")}`);
  return values[0]!;
}

/**
 * Differences between two readable stacks, by path; in text of several lines or a list of texts, the lines
 * that differ.
 */
export function differences(before: unknown, after: unknown, path = ""): Record<string, string> {
  if (JSON.stringify(before) === JSON.stringify(after)) return {};
  if (areTexts(before) && areTexts(after)) return differences(before.join("\n"), after.join("\n"), path);
  if (isBlock(before) && isBlock(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const inner = names.map((name) => differences(before[name], after[name], path === "" ? name : `${path}.${name}`));
    return Object.assign({}, ...inner);
  }
  const [was, is] = [linesOf(before), linesOf(after)];
  if (was.length === 1 && is.length === 1) return { [path]: `${was[0]} -> ${is[0]}` };
  const removed = was.filter((line) => !is.includes(line)).map((line) => `- ${line}`);
  const added = is.filter((line) => !was.includes(line)).map((line) => `+ ${line}`);
  return { [path]: [...removed, ...added].join("\n") };
}

/** A value as text: a block that only one of the stacks has is named, and not repeated. */
function linesOf(value: unknown): string[] {
  if (value === undefined) return ["(none)"];
  return (isBlock(value) ? `(${Object.keys(value).join(", ")})` : String(value)).split("\n");
}

const areTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");

const isBlock = (value: unknown): value is Block => typeof value === "object" && value !== null;

const mapBlock = (value: Block, change: (value: unknown, name: string) => unknown): Block =>
  Object.fromEntries(Object.entries(value).map(([name, each]) => [name, change(each, name)]));
