import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

/** The parts of a workflow that tests run or check. */
export interface Workflow {
  readonly env?: Record<string, string>;
  readonly permissions: Record<string, string>;
  readonly jobs: Record<string, Job>;
}

export interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly permissions: Record<string, string>;
  readonly env?: Record<string, string>;
  readonly steps: Step[];
}

interface Step {
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Record<string, string>;
  readonly env?: Record<string, string>;
  readonly run?: string;
  readonly "working-directory"?: string;
}

/** The result of a job. */
export interface JobResult {
  readonly result: "success" | "failure" | "skipped";
  /** Names of the executed steps that have a `run`, in order. */
  readonly ran: string[];
  readonly output: string;
}

/** Runs the jobs of a workflow on this machine: each `run` by bash as GitHub does it, each `uses` by a function of the test. */
export class ActionsRunner {
  readonly workflow: Workflow;
  private readonly results: Record<string, JobResult> = {};

  /**
   * @param folder of the run, with a workspace for each job and with the artifacts
   * @param context values for `${{ … }}`
   * @param env all variables of a step beside those of the workflow
   * @param checkout puts a checkout into a folder; `ref` is the step's own, "" for the branch of the run
   */
  constructor(
    text: string,
    private readonly folder: string,
    private readonly context: Record<string, unknown>,
    private readonly env: Record<string, string>,
    private readonly checkout: (into: string, ref: string) => void,
  ) {
    this.workflow = parse(text) as Workflow;
  }

  workspace(job: string): string {
    return path.join(this.folder, "jobs", job, "workspace");
  }

  run(name: string): JobResult {
    const job = this.workflow.jobs[name]!;
    const ran: string[] = [];
    let output = "";
    let result: JobResult["result"] = "success";
    mkdirSync(path.join(this.workspace(name), "../temp"), { recursive: true });
    mkdirSync(this.workspace(name));
    if (!this.holds(job.if, this.result(job.needs))) return this.record(name, { result: "skipped", ran, output });
    for (const step of job.steps.filter(
      ({ if: condition }) => condition === undefined || this.holds(condition, "success"),
    )) {
      if (result === "failure" && !step.if?.includes("always()")) continue;
      if (step.uses !== undefined) this.use(name, step);
      if (step.run === undefined) continue;
      ran.push(step.name!);
      const { status, stdout, stderr } = this.bash(name, step);
      output += stdout + stderr;
      if (status !== 0) result = "failure";
    }
    return this.record(name, { result, ran, output });
  }

  private record(name: string, result: JobResult): JobResult {
    this.results[name] = result;
    return result;
  }

  /** That of the needed jobs together. */
  private result(jobs: string | readonly string[] = []): string {
    const results = [jobs].flat().map((job) => this.results[job]?.result ?? "skipped");
    return results.find((each) => each !== "success") ?? "success";
  }

  private bash(job: string, step: Step) {
    const env = { ...this.workflow.env, ...this.workflow.jobs[job]!.env, ...step.env };
    const filled = Object.entries(env).map(([name, value]) => [name, this.fill(value, job)]);
    return spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", this.fill(step.run!, job)], {
      cwd: path.join(this.workspace(job), this.fill(step["working-directory"] ?? ".", job)),
      env: {
        ...this.env,
        RUNNER_TEMP: path.join(this.workspace(job), "../temp"),
        ...Object.fromEntries(filled),
      },
      encoding: "utf8",
    });
  }

  private use(job: string, { uses = "", with: given = {} }: Step): void {
    const at = (place: string) => path.resolve(this.workspace(job), this.fill(place, job));
    const artifact = path.join(this.folder, "artifacts", given.name ?? "");
    const from = at(given.path ?? ".");
    if (uses.startsWith("actions/checkout@")) this.checkout(from, this.fill(given.ref ?? "", job));
    if (uses.startsWith("actions/download-artifact@")) cpSync(artifact, from, { recursive: true });
    if (!uses.startsWith("actions/upload-artifact@") || !existsSync(from)) return;
    mkdirSync(artifact, { recursive: true });
    cpSync(from, path.extname(from) === "" ? artifact : path.join(artifact, path.basename(from)), { recursive: true });
  }

  /** `a == 'b' && c || always()`, as far as the workflow needs it; without always() the needed jobs must have succeeded. */
  private holds(condition: string | undefined, needed: string): boolean {
    if (!condition?.includes("always()") && needed !== "success") return false;
    const isTrue = (each: string) => {
      const [left, right] = each.split(" == ");
      if (right === undefined) return left === "always()";
      return this.value(left!) === (right.startsWith("'") ? right.slice(1, -1) : this.value(right));
    };
    return (condition ?? "always()").split(" || ").some((all) => all.split(" && ").every(isTrue));
  }

  private fill(text: string, job: string): string {
    return text.replace(/\$\{\{ (.+?) \}\}/g, (_, name: string) =>
      name === "runner.temp" ? path.join(this.workspace(job), "../temp") : String(this.value(name)),
    );
  }

  private value(name: string): unknown {
    const known = { ...this.context, needs: this.results };
    const found = name
      .split(".")
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], known);
    if (found === undefined) throw new Error(`the test has no ${name}`);
    return found;
  }
}
