/** docs/apply-steps.md: the steps of the first deploy, the causes of failure of each, and their checks in the plan. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { environment, stackOf } from "../support/stack-of.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const constructs = path.join(root, "constructs");

const backups = { ...environment("lab").backups, schedule: "daily" };
const alerts = { command: "notify", diskPercent: 90, certificateDays: 14 };
const stack = stackOf(environment("lab", { backups, alerts }));
const [probe] = Object.values(stack.data?.external ?? {}) as unknown as { program: string[] }[];
const requirements = /INPUT_requirements='([^']*)'/.exec(probe!.program[2]!)![1]!;
const required = new Set(requirements.split("\n").map((line) => line.split(" ")[0]!));

/** The causes of failure of a provider's resources. */
const OF_PROVIDERS: Record<string, string[]> = {
  docker_image: ["the registry does not have the image, or cannot be reached: - only the registry knows"],
  docker_container: [
    "another container has its name: free_name",
    "a network is missing: network",
    "the engine maps the users of containers to others: no_userns_remap",
  ],
};

interface Step {
  readonly address: string;
  readonly program?: string;
  readonly causes: readonly ReturnType<typeof parsed>[];
}

interface Command {
  readonly when?: string;
  readonly command: string;
}
type Resources = Record<string, Record<string, { provisioner?: { "local-exec": Command }[] }>>;

const steps: Step[] = Object.entries(stack.resource as unknown as Resources).flatMap(([type, resources]) =>
  Object.entries(resources).flatMap(([name, resource]) => {
    const address = `${type}.${name}`;
    if (OF_PROVIDERS[type]) return { address, causes: OF_PROVIDERS[type].map(parsed) };
    const commands = (resource.provisioner ?? []).map((each) => each["local-exec"]);
    return commands
      .filter(({ when }) => when === undefined)
      .map(({ command }) => /run-remote\.sh (\S+)/.exec(command)![1]!)
      .map((program) => ({ address, program, causes: causesOf(program) }));
  }),
);

function parsed(line: string) {
  const [, cause, check, reason] = /^(.*?): (\S+)(?: (.+))?$/.exec(line)!;
  return { cause: cause!, check: check!, reason };
}

/** The field Fails in the header of a program: a line `CAUSE: REQUIREMENT` for each, or `CAUSE: - REASON`. */
function causesOf(program: string) {
  const text = readFileSync(path.join(constructs, `${program}.sh`), "utf8");
  const field = /^# Fails {5}(.*(?:\n# {11}.*)*)/m.exec(text)?.[1] ?? "";
  return field
    .split(/\n# {11}/)
    .filter(Boolean)
    .map(parsed);
}

function where({ check, reason }: ReturnType<typeof parsed>): string {
  if (check === "-") return `not checked: ${reason}`;
  if (check === "all") return "all requirements again";
  if (check === "already_managed_by") return "the plan shows `already_managed_by`";
  return `requirement \`${check}\``;
}

describe("each step of the first deploy", () => {
  test.each(steps.map((step) => [step.address, step] as const))("%s names its causes of failure", (_, { causes }) => {
    expect(causes.length).toBeGreaterThan(0);
  });

  test("fails for nothing that the plan does not check", () => {
    const checks = steps.flatMap(({ causes }) => causes.map(({ check }) => check));
    expect(
      checks.filter((check) => !["-", "all", "already_managed_by"].includes(check) && !required.has(check)),
    ).toEqual([]);
    expect(JSON.stringify(stack.resource)).toContain("already_managed_by");
  });

  test("meets every requirement that the plan checks, and each of them was caused in a test", () => {
    const named = new Set(steps.flatMap(({ causes }) => causes.map(({ check }) => check)));
    // These concern the host as a whole: `docker` and `clock`, or what must not be there beside the service.
    const general = ["docker", "no_other_nocodb", "no_worker", "whole_restore"];
    expect([...required].filter((kind) => !named.has(kind) && !general.includes(kind))).toEqual([]);
    const tests = readdirSync(path.join(root, "__tests__"), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(test|hosts)\.ts$|lifecycle\//.test(file))
      .map((file) => readFileSync(path.join(root, "__tests__", file), "utf8"))
      .join("\n");
    expect([...required].filter((kind) => !new RegExp(`\\b${kind}\\b`).test(tests))).toEqual([]);
  });

  test("is in docs/apply-steps.md", async () => {
    const rows = steps.flatMap(({ address, program, causes }) =>
      causes.map((each, index) => {
        const step = index === 0 ? `\`${address}\`${program ? `, program ${program}` : ""}` : "";
        return `| ${step} | ${each.cause} | ${where(each)} |`;
      }),
    );
    await expect(`${HEAD}${rows.join("\n")}\n`).toMatchFileSnapshot("../../../docs/apply-steps.md");
  });
});

const HEAD = `# Steps of the first deploy

The causes of failure of each step, and the check of each cause in the plan, before anything is changed. A test writes
this table from the stack and from the headers of the programs that the steps run; it fails if a step, a cause or a
requirement is missing here.

| step | cause of failure | check in the plan |
| --- | --- | --- |
`;
