import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { scratch } from "../support/host-shell.js";
import { environment, stackOf } from "../support/stack-of.js";
import { ActionsRunner, type Workflow } from "./actions-runner.js";

// ci/workflow/plan-and-apply.yml, job by job. Terraform and gh only record how they were called, npm links the packages.

// Each job starts several programs.
vi.setConfig({ testTimeout: 180_000 });

const root = fileURLToPath(new URL("../../../", import.meta.url));
const file = path.join(root, "ci/workflow/plan-and-apply.yml");
const text = readFileSync(file, "utf8");
/** The terraform block of the stack. */
const { terraform } = stackOf(environment("prod"));
const base = scratch("actions");

/** What the stand-in for Terraform has planned, as JSON. */
const PLANNED = JSON.stringify({
  format_version: "1.2",
  resource_changes: [
    {
      ...{ address: "docker_container.nocodb_container", mode: "managed", type: "docker_container" },
      ...{ name: "nocodb_container", change: { actions: ["update"], before: { memory: 512 }, after: { memory: 500 } } },
    },
  ],
});

const PROGRAMS: Record<string, string> = {
  terraform: `{ echo "\${0##*/} $*"; pwd; env | grep -o "^TF_[A-Za-z_]*\\|^NOCODB_SSH_KEY" | sort; ls "$NOCODB_SSH_DIRECTORY"; } >>"$SEEN"
case "$1 $*" in
  version*) echo Terraform v1.11.4 ;;
  "show "*-json*) echo '${PLANNED}' ;;
  plan*-out* | show*) for word; do case $word in -out=*) touch "\${word#-out=}" ;; esac; done ;;
esac
[ "$1" = init ] || printf 'data.external.host_probe: Reading...\\nPlan: 1 to add\\n\`\`\`\\n# not a title\\n' | { case $* in *-json*) cat >/dev/null ;; *) cat ;; esac; }
case "$*" in *-detailed-exitcode*) exit "\${CHANGES-2}" ;; esac`,
  npm: `[ "$1" = ci ] && mkdir node_modules && ln -s "$ROOT"/node_modules/* "$ROOT/node_modules/.bin" node_modules/`,
  gh: `echo "gh $*" >>"$SEEN"; case " $* " in *--edit-last*) exit 1 ;; esac; cat comment.md >>"$SEEN"`,
};

/** Stands in for OpenTofu, too. */
PROGRAMS.tofu = PROGRAMS.terraform!;

const secrets = {
  TF_TOKEN_APP_TERRAFORM_IO: "token-s3cret",
  NOCODB_SSH_KEY: Buffer.from("-----BEGIN OPENSSH PRIVATE KEY-----\nkey-s3cret\n").toString("base64"),
  NOCODB_SSH_KNOWN_HOSTS: "docker.example.com ssh-ed25519 AAAA",
};

beforeAll(() => {
  mkdirSync(path.join(base, "bin"));
  for (const [name, program] of Object.entries(PROGRAMS)) {
    writeFileSync(path.join(base, "bin", name), `#!/bin/sh\n${program}\n`);
    chmodSync(path.join(base, "bin", name), 0o755);
  }
});

/** A checkout of this branch. */
function thisBranch(into: string): void {
  const folders = ["bin", "ci", "cli", "constructs", "environments", "settings", "stacks"];
  for (const name of [...folders, "main.ts", "package.json", "package-lock.json"]) {
    cpSync(path.join(root, name), path.join(into, name), { recursive: true });
  }
}

let count = 0;
let folder: string;
beforeEach(() => {
  folder = path.join(base, String(count++));
});
const seen = () => (existsSync(path.join(folder, "seen")) ? readFileSync(path.join(folder, "seen"), "utf8") : "");

/** A run for a pull request that edits the environment file, or for a push. */
function workflow(
  event: "pull_request_target" | "push",
  edit = (yaml: string) => yaml,
  { link = "", from = "acme/nocodb", of = text, env: more = {}, everywhere = (yaml: string) => yaml } = {},
): ActionsRunner {
  const rewrite = (into: string, change: (yaml: string) => string) => {
    const file = path.join(into, "environments/prod.yaml");
    writeFileSync(file, change(everywhere(readFileSync(file, "utf8"))));
  };
  const proposed = (into: string) => {
    cpSync(path.join(root, "environments"), path.join(into, "environments"), { recursive: true });
    rewrite(into, edit);
    const file = path.join(into, "environments/prod.yaml");
    if (link !== "") {
      rmSync(file);
      symlinkSync(link, file);
    }
    writeFileSync(path.join(into, "main.ts"), `require("fs").writeFileSync("${folder}/pwned", "")`);
  };
  const github = {
    event_name: event,
    event: { pull_request: { number: 7, head: { sha: "the head", repo: { full_name: from } } } },
    ...{ token: "token-of-github", repository: "acme/nocodb", server_url: "https://github.com", run_id: 1 },
  };
  const env = {
    PATH: `${path.join(base, "bin")}:${process.env.PATH}`,
    HOME: folder,
    ...more,
    ...{ ROOT: root, SEEN: path.join(folder, "seen"), NOCODB_SSH_DIRECTORY: path.join(folder, "ssh") },
  };
  const checkout = (into: string, ref: string) => {
    if (ref === "the head") return proposed(into);
    thisBranch(into);
    rewrite(into, (yaml) => yaml);
  };
  return new ActionsRunner(of, folder, { github, secrets }, env, checkout);
}

const memory = (yaml: string) => yaml.replace(/^# memory: 512M/m, "memory: 500M");
const elsewhere = (yaml: string) => yaml.replace("host: docker.example.com", "host: evil.example.com");

describe("a pull request that changes an environment file", () => {
  test("gets a plan of its file, made by the code of the base branch, as a comment", () => {
    const runner = workflow("pull_request_target", memory);
    expect(runner.run("synth")).toMatchObject({ result: "success" });
    expect(existsSync(path.join(folder, "pwned"))).toBe(false);
    const memoryOf = (stack: string) =>
      /"memory": (\d+)/.exec(
        readFileSync(path.join(folder, "artifacts/synthesized", stack, "cdk.tf.json"), "utf8"),
      )![1];
    expect([memoryOf("trusted"), memoryOf("proposed")]).toEqual(["512", "500"]);

    const planned = runner.run("plan");
    expect(planned, planned.output).toMatchObject({ result: "success" });
    expect(seen().match(/terraform \w+/g)).toEqual([
      ...["terraform init", "terraform plan", "terraform show", "terraform show"],
    ]);
    expect(seen()).toContain(`${runner.workspace("plan")}/synthesized/proposed\n`);
    const variables = ["TF_CLI_CONFIG_FILE", "TF_IN_AUTOMATION", "TF_TOKEN_app_terraform_io"];
    expect(seen()).toContain(`\n${[...variables, "id", "known_hosts"].join("\n")}\n`);
    expect(seen()).not.toMatch(/NOCODB_SSH_KEY|TF_VAR/);
    expect(existsSync(path.join(folder, "ssh"))).toBe(false);

    const described = runner.run("describe");
    expect(described, described.output).toMatchObject({ result: "success", ran: ["Describe"] });
    expect(runner.run("comment")).toMatchObject({ result: "success" });
    expect(seen()).toContain("\n```diff\nprod: NocoDB is changed while it runs (deploy@docker.example.com)\n");
    expect(seen()).toContain("memory: 512 -> 500\n");
    expect(seen()).toContain("\n<details><summary>Terraform's own plan</summary>\n\n    Plan: 1 to add\n");
    expect(seen()).toContain(
      "gh pr comment 7 --body-file comment.md --edit-last\ngh pr comment 7 --body-file comment.md\n",
    );
    expect(seen()).toContain("\n    Plan: 1 to add\n    ```\n    # not a title\n");
    expect(seen()).not.toContain("Reading...");
    expect(runner.run("apply").result).toBe("skipped");
    expect(planned.output + seen()).not.toMatch(/s3cret/);
  });

  test("gets Terraform's own plan if HCP Terraform makes it: a speculative run waits for nobody, and has no JSON", () => {
    const cloud = "backend: { type: cloud, organization: acme, workspaces: { name: nocodb } }";
    const runner = workflow("pull_request_target", memory, { everywhere: (yaml) => `${yaml}\n${cloud}\n` });
    runner.run("synth");
    const planned = runner.run("plan");
    expect(planned, planned.output).toMatchObject({ result: "success" });
    expect(seen()).not.toContain("-out");
    expect(runner.run("describe")).toMatchObject({ result: "success" });
    expect(runner.run("comment")).toMatchObject({ result: "success" });
    expect(seen()).toContain("<details open><summary>Terraform's own plan</summary>\n\n    Plan: 1 to add\n");
  });

  test("gets no plan, and no key, if it changes the connection: that must be merged first", () => {
    const runner = workflow("pull_request_target", elsewhere);
    expect(runner.run("synth")).toMatchObject({ result: "success" });
    const planned = runner.run("plan");
    expect(planned).toMatchObject({ result: "failure", ran: ["Gate", "Remove the SSH files"] });
    expect(planned.output).toContain("refused: provider: differs from the trusted stack");
    expect(seen()).toBe("");
    expect(runner.run("describe").result).toBe("skipped");
    runner.run("comment");
    expect(seen()).toContain(
      "There is no plan for `prod`; [the run shows the reason](https://github.com/acme/nocodb/actions/runs/1).",
    );
  });

  test("ends with all problems of the file if it is invalid", () => {
    const runner = workflow("pull_request_target", (yaml) => `${yaml}\ncpus: 0\n`);
    const { result, output } = runner.run("synth");
    expect([result, output]).toEqual(["failure", expect.stringContaining("cpus: 0: must be between 0.01 and 256")]);
    expect(runner.run("plan").result).toBe("skipped");
  });

  test("is not read through a link", () => {
    const runner = workflow("pull_request_target", undefined, { link: "/etc/hostname" });
    expect(runner.run("synth")).toMatchObject({ result: "failure" });
    expect(existsSync(path.join(folder, "artifacts/synthesized/proposed"))).toBe(false);
  });
});

test("a merge applies the plan that it made, and leaves no key", () => {
  const runner = workflow("push");
  expect(runner.run("synth")).toMatchObject({ result: "success", ran: ["Stack of this branch"] });
  expect(runner.run("plan").result).toBe("skipped");
  expect(runner.run("describe").result).toBe("skipped");
  expect(runner.run("comment").result).toBe("skipped");
  const applied = runner.run("apply");
  expect(applied, applied.output).toMatchObject({ result: "success" });
  expect(seen().match(/terraform .*/g)).toEqual([
    "terraform init -input=false -no-color",
    "terraform plan -input=false -no-color -detailed-exitcode -out=plan",
    "terraform apply -input=false -no-color plan",
  ]);
  expect(existsSync(path.join(folder, "ssh"))).toBe(false);
});

test.each([
  ["succeeds and applies nothing if the plan has no changes", "0", "success"],
  ["fails if the plan failed", "1", "failure"],
])("a merge %s", (_, code, result) => {
  const runner = workflow("push", undefined, { env: { CHANGES: code } });
  runner.run("synth");
  expect(runner.run("apply").result).toBe(result);
  expect(seen().match(/terraform \w+/g)).toEqual(["terraform init", "terraform plan"]);
  expect(existsSync(path.join(folder, "ssh"))).toBe(false);
});

test("after opentofu.sed, OpenTofu plans and applies", () => {
  const of = execFileSync("sed", ["-f", path.join(root, "ci/workflow/opentofu.sed"), file], { encoding: "utf8" });
  expect(
    of.match(
      /uses: opentofu\/setup-opentofu@[0-9a-f]{40} # v[\d.]+\n {8}with:\n {10}tofu_version: [\d.]+\n {10}tofu_wrapper: false/g,
    ),
  ).toHaveLength(3);
  expect(of.replaceAll("app_terraform_io", "")).not.toMatch(/terraform[ @_/]/);
  const runner = workflow("push", undefined, { of });
  expect(runner.workflow.env).toEqual({ TERRAFORM_BINARY_NAME: "tofu", NAME: "prod" });
  runner.run("synth");
  expect(runner.run("apply")).toMatchObject({ result: "success" });
  expect(seen().match(/^(terraform|tofu) \w+/gm)).toEqual(["tofu init", "tofu plan", "tofu apply"]);
});

describe("secrets and rights", () => {
  const { jobs, permissions } = parse(text) as Workflow;
  const having = (word: string) => Object.keys(jobs).filter((name) => JSON.stringify(jobs[name]).includes(word));

  test("secrets are in jobs of a GitHub environment, which run no npm package and check out nothing of a pull request", () => {
    expect(having("secrets.")).toEqual(["plan", "apply"]);
    expect(having("environment")).toEqual(expect.arrayContaining(["plan", "apply"]));
    for (const name of ["plan", "apply"]) {
      const { environment, steps } = jobs[name]!;
      expect(environment).toBe(name);
      expect(JSON.stringify(steps)).not.toMatch(/\bnpm\b|\bnpx\b|head\.sha/);
      expect(steps.map(({ run }) => run ?? "").findIndex((run) => run.includes("ci/gate.mjs"))).toBeLessThan(
        steps.map(({ run }) => run ?? "").findIndex((run) => run.includes("place-ssh-files")),
      );
    }
  });

  test("only the steps that call Terraform and the one that places the SSH files get secrets, no action does", () => {
    for (const { env, steps } of Object.values(jobs)) {
      expect(JSON.stringify(env ?? {})).not.toContain("secrets.");
      for (const step of steps.filter((each) => JSON.stringify(each).includes("secrets.")))
        expect(step.run).toMatch(/terraform plan|place-ssh-files/);
    }
  });

  test("a fork gets no plan, because its author would read details of the host in the comment", () => {
    const runner = workflow("pull_request_target", memory, { from: "mallory/nocodb" });
    const results = ["synth", "plan", "describe"].map((name) => runner.run(name).result);
    expect(results).toEqual(["skipped", "skipped", "skipped"]);
    expect(jobs.plan!.if).toContain("github.event.pull_request.head.repo.full_name == github.repository");
  });

  test("the job that may write comments has no secrets; no job may write to the repository", () => {
    expect(permissions).toEqual({});
    const rights = Object.values(jobs).map((job) => job.permissions);
    expect(rights).toEqual([
      { contents: "read" },
      { contents: "read" },
      { contents: "read" },
      { "pull-requests": "write" },
      { contents: "read" },
    ]);
  });
});

test("actions are pinned by commit: a tag may be moved", () => {
  const uses = text.match(/uses: .*/g)!;
  expect(uses.filter((each) => !/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(each))).toEqual([]);
});

describe("providers.tfrc", () => {
  const configuration = path.join(root, "ci/workflow/providers.tfrc");

  test("allows exactly the providers of the stack", () => {
    const [list] = /(?<=include = )\[.*\]/.exec(readFileSync(configuration, "utf8"))!;
    const sources = Object.values(terraform.required_providers).map(({ source }) => String(source));
    const full = sources.map((source) => (source.includes("/") ? source : `hashicorp/${source}`));
    expect(JSON.parse(list)).toEqual(full.sort((one, other) => (one.split("/")[1]! < other.split("/")[1]! ? -1 : 1)));
  });

  test("keeps Terraform from installing a provider that only a state names", () => {
    const provider = 'provider["registry.terraform.io/evil/evil"]';
    const resource = { mode: "managed", type: "evil_x", name: "y", provider, instances: [] };
    const directory = path.join(base, "state-of-others");
    mkdirSync(directory);
    writeFileSync(path.join(directory, "main.tf.json"), '{ "output": { "x": { "value": 1 } } }');
    writeFileSync(
      path.join(directory, "terraform.tfstate"),
      JSON.stringify({ version: 4, serial: 1, lineage: "a", outputs: {}, resources: [resource] }),
    );
    const { status, stderr } = spawnSync(
      process.env.TERRAFORM_BINARY_NAME ?? "terraform",
      ["init", "-input=false", "-no-color"],
      {
        cwd: directory,
        env: { ...process.env, TF_CLI_CONFIG_FILE: configuration },
        encoding: "utf8",
      },
    );
    expect([status, stderr.replace(/[\s│╷╵]+/g, " ")]).toEqual([
      1,
      expect.stringContaining("provider registry.terraform.io/evil/evil was not found in any of the search locations"),
    ]);
  });
});

test("the documented variables are those of the scripts, and no secret of NocoDB is among them", () => {
  const pages = readdirSync(path.join(root, "docs")).filter((name) => name.endsWith(".md"));
  const texts = pages.map((name) => readFileSync(path.join(root, "docs", name), "utf8"));
  const table = texts.find((page) => page.includes("\n| `NOCODB_SSH_KEY` |"))!;
  const documented = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  const script = readFileSync(path.join(root, "ci/agent/place-ssh-files.sh"), "utf8");
  const ssh = [...script.matchAll(/\$\{(NOCODB_\w+):?-/g)].map(([, name]) => name);
  expect(documented.sort()).toEqual([...new Set(ssh)].sort());
  const inWorkflow = [...text.matchAll(/secrets\.(\w+)/g)].map(([, name]) => name);
  expect(new Set(inWorkflow)).toEqual(new Set(Object.keys(secrets)));
});
