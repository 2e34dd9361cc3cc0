import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type DataSource, Problem, type Provider } from "./protocol/provider.js";
import { computed, list, map, optional, required } from "./protocol/schema.js";
import type { Values } from "./protocol/values.js";

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly state: string;
}

/** A program that gets the query as JSON on its standard input and answers with a flat JSON object of strings. */
const external: DataSource<AbortSignal> = {
  block: {
    attributes: {
      id: computed("string"),
      program: required(list("string")),
      query: optional(map("string")),
      working_dir: optional("string"),
      result: computed(map("string")),
    },
  },
  async read(config, stopped) {
    const argv = (config.program as (string | null)[]).filter((part): part is string => Boolean(part));
    if (argv.length === 0) {
      throw wrong("External Program Missing", "The data source was configured without a program to execute.");
    }
    const program = lookUp(argv[0]!);
    const { stdout, stderr, state } = await run(program, argv.slice(1), config, stopped);
    if (state !== "exit status 0") {
      const said = stderr ? `Error Message: ${stderr}` : "The program returned no additional error messaging.";
      throw wrong(
        "External Program Execution Failed",
        `The data source received an unexpected error while attempting to execute the program.\n\n` +
          `Program: ${program}\n${said}\nState: ${state}`,
      );
    }
    return { ...config, id: "-", result: flatStrings(stdout, program) };
  },
};

/** hashicorp/external. */
export const externalProvider: Provider<AbortSignal> = {
  block: { attributes: {} },
  configure: (_config, stopped) => stopped,
  resources: {},
  dataSources: { external },
};

const wrong = (summary: string, detail: string) => new Problem(summary, detail, ["program"]);

function lookUp(program: string): string {
  const places = program.includes("/")
    ? [program]
    : (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, program));
  const found = places.find(isExecutable);
  if (found) return found;
  throw wrong(
    "External Program Lookup Failed",
    `The data source received an unexpected error while attempting to find the program.\n\nProgram: ${program}`,
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function run(program: string, args: string[], config: Values, stopped: AbortSignal): Promise<Ended> {
  const given = Object.entries(config.query ?? {}).filter(([, value]) => value !== null);
  const child = spawn(program, args, { cwd: config.working_dir || undefined, signal: stopped });
  const [stdout, stderr] = [gather(child.stdout), gather(child.stderr)];
  // A program need not read its query.
  child.stdin.on("error", () => {});
  child.stdin.end(JSON.stringify(Object.fromEntries(given)));
  return new Promise((ended) => {
    child.on("error", (error) => ended({ stdout: "", stderr: stderr(), state: error.message }));
    child.on("close", (code, signal) => {
      ended({ stdout: stdout(), stderr: stderr(), state: signal ? `signal: ${signal}` : `exit status ${code}` });
    });
  });
}

function gather(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}

function flatStrings(output: string, program: string): Record<string, string> {
  const refuse = (why: string) =>
    wrong(
      "Unexpected External Program Results",
      "The data source received unexpected results after executing the program.\n\n" +
        `Program output must be a JSON encoded map of string keys and string values.\n\n` +
        `Program: ${program}\nResult Error: ${why}`,
    );
  let result: unknown;
  try {
    result = JSON.parse(output);
  } catch (error) {
    throw refuse((error as Error).message);
  }
  if (typeof result !== "object" || result === null || Array.isArray(result)) throw refuse("not a JSON object");
  const other = Object.entries(result).find(([, value]) => typeof value !== "string");
  if (other) throw refuse(`the value of "${other[0]}" is ${JSON.stringify(other[1])}, not a string`);
  return result as Record<string, string>;
}
