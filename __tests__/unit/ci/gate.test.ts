import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { App } from "cdktf";
import { beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { link } from "../../../constructs/remote-host/link.mjs";
import { withDefaults } from "../../../settings/defaults.js";
import { checkEnvironment } from "../../../settings/read.js";
import { NocodbStack } from "../../../stacks/nocodb-stack.js";
import { normalizeOutput } from "../../../stacks/normalize-output.js";
import { scratch } from "../support/host-shell.js";
import { distrusted } from "./distrusted-stacks.js";
import { refused, type Stack } from "./refused-stacks.js";

// ci/gate.mjs: which stacks a job that has the host's key gives to Terraform.

const root = fileURLToPath(new URL("../../../", import.meta.url));
const base = scratch("gate");
const programs = "assets/host_programs/sh";
let count = 0;

/** Settings that a pull request may change, none of them at its default. */
const others = {
  memory: "500M",
  networks: { backend: { create: { subnet: "172.30.2.0/24", internal: true } }, frontend: "web", third: {} },
  caddy: { sitesDirectory: "/opt/acme/configs/caddy/sites", snippets: [] },
  variables: {
    NC_SMTP_FROM: 'it\'s "one" $HOME %{y} a@example.com',
    NC_REDIS_URL: "redis://:${secret:REDIS_PASSWORD}@redis:6379",
  },
  secrets: ["REDIS_PASSWORD", "NC_SMTP_PASSWORD"],
  onDestroy: { database: "delete", data: "delete", backups: "delete" },
  consumers: {
    n8n: {
      role: "viewer",
      bases: { "Base (one)": "editor" },
      recreate: "docker compose -f /opt/it's/compose.yml up -d",
    },
    own: { ownFile: true },
  },
  backups: { schedule: "Mon..Fri 03:00", keep: 3 },
  alerts: { command: 'mail -s "$ALERT_STATE: it\'s $HOME" ops@example.com', textfile: "/srv/nocodb.prom" },
};

/** Settings with which NocoDB is a service of a cluster. */
const cluster = {
  engine: "swarm",
  swarm: { replicas: 3 },
  redis: { host: "redis" },
  attachments: { s3: { bucket: "acme", region: "eu-central-1" } },
};

/** Settings of the state, each with a stack of its own. */
const states = {
  cloud: { backend: { type: "cloud", organization: "acme", workspaces: { name: "nocodb" } } },
  remote: { backend: { type: "remote", organization: "acme", workspaces: { name: "nocodb" } } },
  http: { backend: { type: "http", address: "https://state.example.com/prod" } },
};

const prod = parse(readFileSync(path.join(root, "environments/prod.yaml"), "utf8")) as object;

/** The stack directory of environments/prod.yaml, with other settings over it. */
function stackDirectory(over: object): string {
  const outdir = path.join(base, `synthesized-${count++}`);
  const { settings, problems } = checkEnvironment("prod", stringify({ ...prod, ...over }), {});
  expect(problems).toEqual([]);
  mkdirSync(outdir);
  const app = new App({ outdir });
  new NocodbStack(app, withDefaults("prod", settings!));
  app.synth();
  normalizeOutput(app);
  return path.join(outdir, "stacks/prod");
}

let trusted: string;
beforeAll(() => {
  trusted = stackDirectory({});
}, 60_000);

/** What the gate says of a copy of the trusted stack after a change to its folder. */
function refusalsAfter(change: (folder: string) => void, against = trusted): string[] {
  const folder = path.join(base, `changed-${count++}`);
  cpSync(trusted, folder, { recursive: true });
  change(folder);
  const argv = [path.join(root, "ci/gate.mjs"), folder, against];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
  expect([status, stdout]).toEqual([stderr === "" ? 0 : 1, ""]);
  return stderr.split("\n").filter((line) => line !== "");
}

/** What the gate says of another stack directory. */
const refusalsOf = (stack: string, against: string) =>
  refusalsAfter((folder) => {
    rmSync(folder, { recursive: true });
    cpSync(stack, folder, { recursive: true });
  }, against);

/** The same after a change to its JSON. */
const changed = (change: (json: Stack) => void) =>
  refusalsAfter((folder) => {
    const file = path.join(folder, "cdk.tf.json");
    const json = JSON.parse(readFileSync(file, "utf8")) as Stack;
    change(json);
    writeFileSync(file, JSON.stringify(json, null, 2));
  });

describe("the gate accepts", () => {
  test("a stack that this app makes, also with other settings", () => {
    const stack = stackDirectory(others);
    expect(readFileSync(path.join(stack, "cdk.tf.json"), "utf8")).toContain("Base (one)");
    expect(refusalsOf(trusted, trusted)).toEqual([]);
    expect(refusalsOf(stack, trusted)).toEqual([]);
    expect(refusalsOf(trusted, stack)).toEqual([]);
  });

  test("a stack in which NocoDB is disabled, and the one that enables it again", () => {
    const disabled = stackDirectory({ subdomain: "" });
    expect(existsSync(path.join(disabled, programs, "remote-host/probe.sh"))).toBe(false);
    expect(refusalsOf(disabled, disabled)).toEqual([]);
    expect(refusalsOf(disabled, trusted)).toEqual([]);
    expect(refusalsOf(trusted, disabled)).toEqual([]);
  });

  test("a stack of a cluster, also after one without, and the other way round", () => {
    const stack = stackDirectory(cluster);
    expect(refusalsOf(stack, stack)).toEqual([]);
    expect(refusalsOf(stack, trusted)).toEqual([]);
    expect(refusalsOf(trusted, stack)).toEqual([]);
  });

  test.each(Object.entries(states))("a state of the operator's own: %s", (_, settings) => {
    const stack = stackDirectory(settings);
    expect(refusalsOf(stack, stack)).toEqual([]);
  });

  test("another value in a resource", () => {
    const more = (json: Stack) => Object.assign(json.resource.docker_container!.nocodb_container!, { memory: 500 });
    expect(changed(more)).toEqual([]);
  });
});

test("the probe starts one program, and only at its end", () => {
  const { text } = link("remote-host/probe");
  expect(text.match(/^main\b(?!\(\)).*$/gm)).toEqual(["main </dev/null"]);
  expect(text.endsWith("\nmain </dev/null\n")).toBe(true);
});

test.each(["cloud", "remote"] as const)("a pull request does not decide what a remote run receives: %s", (type) => {
  const ignore = ".terraformignore";
  const remote = stackDirectory(states[type]);
  const widened = (folder: string) => {
    cpSync(remote, folder, { recursive: true });
    appendFileSync(path.join(folder, ignore), "!/plan\n");
  };
  const removed = (folder: string) => {
    cpSync(remote, folder, { recursive: true });
    rmSync(path.join(folder, ignore));
  };
  expect(refusalsAfter(widened, remote)).toEqual([
    `refused: ${ignore}: differs from what the sources of this checkout make`,
  ]);
  expect(refusalsAfter(removed, remote)).toEqual([`refused: ${ignore}: is missing`]);
});

describe("a stack of a cluster is refused for", () => {
  type Question = Record<string, unknown> & { program: string[] };
  let stack: string;
  beforeAll(() => {
    stack = stackDirectory(cluster);
  }, 60_000);

  test.each<[string, (question: Question) => void]>([
    ["another program in the question for the files", ({ program }) => program.splice(2, 1, "id")],
    [
      "another host program there",
      ({ program }) => program.splice(2, 1, program[2]!.replace("swarm-service/print-files", "swarm-service/files")),
    ],
    ["another argument there", (question) => Object.assign(question, { working_dir: "/" })],
    ["another connection there", ({ program }) => program.splice(2, 1, program[2]!.replace("-- ssh", "-- /tmp/ssh"))],
  ])("%s", (_, change) => {
    const edited = (folder: string) => {
      rmSync(folder, { recursive: true });
      cpSync(stack, folder, { recursive: true });
      const file = path.join(folder, "cdk.tf.json");
      const json = JSON.parse(readFileSync(file, "utf8")) as Stack;
      change(json.data.external!.nocodb_service_files! as Question);
      writeFileSync(file, JSON.stringify(json, null, 2));
    };
    expect(refusalsAfter(edited, trusted)).toContain(
      "refused: data.external.nocodb_service_files: runs something other than the probe",
    );
  });
});

describe("a stack is refused for", () => {
  test.each(refused)("%s", (_, change, reason) => {
    expect(changed(change)).toContain(`refused: ${reason}`);
  });

  test.each<[string, (folder: string) => void, string]>([
    [
      "a changed program",
      (folder) => appendFileSync(path.join(folder, programs, "remote-host/probe.sh"), "id\n"),
      `${programs}/remote-host/probe.sh: differs from what the sources of this checkout make`,
    ],
    [
      "changed JavaScript in a program",
      (folder) => {
        const file = path.join(folder, programs, "nocodb/consumers/apply.sh");
        writeFileSync(
          file,
          readFileSync(file, "utf8").replace(/^JAVASCRIPT$/m, "fetch(`http://elsewhere`);\nJAVASCRIPT"),
        );
      },
      `${programs}/nocodb/consumers/apply.sh: differs from what the sources of this checkout make`,
    ],
    [
      "a changed script that runs where Terraform runs",
      (folder) => appendFileSync(path.join(folder, programs, "run-probe.sh"), "id\n"),
      `${programs}/run-probe.sh: differs from what the sources of this checkout make`,
    ],
    [
      "another program in the place of the probe",
      (folder) =>
        cpSync(path.join(folder, programs, "host-file/apply.sh"), path.join(folder, programs, "remote-host/probe.sh")),
      `${programs}/remote-host/probe.sh: differs from what the sources of this checkout make`,
    ],
    [
      "a program of its own",
      (folder) => writeFileSync(path.join(folder, programs, "evil.sh"), "id\n"),
      `${programs}/evil.sh: is not part of a stack of this app`,
    ],
    [
      "a library of the host scripts, which is not a program",
      (folder) =>
        cpSync(
          path.join(root, "constructs/remote-host/common.sh"),
          path.join(folder, programs, "remote-host/common.sh"),
        ),
      `${programs}/remote-host/common.sh: is not part of a stack of this app`,
    ],
    [
      "a missing script that runs where Terraform runs",
      (folder) => rmSync(path.join(folder, programs, "preflight.sh")),
      `${programs}/preflight.sh: is missing`,
    ],
    [
      "a missing program that a step runs",
      (folder) => rmSync(path.join(folder, programs, "caddy-site/apply.sh")),
      `${programs}/caddy-site/apply.sh: is missing`,
    ],
    [
      "a missing program that an expression reads",
      (folder) => rmSync(path.join(folder, programs, "backup/create.sh")),
      `${programs}/backup/create.sh: is missing`,
    ],
    [
      "a link in the place of a program",
      (folder) => {
        rmSync(path.join(folder, programs, "host-file/apply.sh"));
        symlinkSync("/etc/passwd", path.join(folder, programs, "host-file/apply.sh"));
      },
      `${programs}/host-file/apply.sh: is neither a file nor a directory`,
    ],
    [
      "another Terraform file",
      (folder) => writeFileSync(path.join(folder, "evil.tf"), ""),
      "evil.tf: is not part of a stack of this app",
    ],
    [
      "values for variables",
      (folder) => writeFileSync(path.join(folder, "terraform.tfvars"), ""),
      "terraform.tfvars: is not part of a stack of this app",
    ],
    [
      "settings of Terraform",
      (folder) => writeFileSync(path.join(folder, ".terraformrc"), ""),
      ".terraformrc: is not part of a stack of this app",
    ],
    [
      "its own providers",
      (folder) => {
        mkdirSync(path.join(folder, ".terraform/providers"), { recursive: true });
        writeFileSync(path.join(folder, ".terraform/providers/x"), "");
      },
      ".terraform/providers/x: is not part of a stack of this app",
    ],
    [
      "a section that occurs twice",
      (folder) => {
        const file = path.join(folder, "cdk.tf.json");
        const evil = '{ "data": { "external": { "x": { "program": ["id"] } } },';
        writeFileSync(file, readFileSync(file, "utf8").replace("{", evil));
      },
      "cdk.tf.json: is not as this app writes it",
    ],
    ["invalid JSON", (folder) => writeFileSync(path.join(folder, "cdk.tf.json"), "{"), "stack: cannot be read"],
  ])("%s", (_, change, reason) => {
    expect(refusalsAfter(change)).toContainEqual(expect.stringContaining(`refused: ${reason}`));
  });

  /** What the gate says of a stack that is trusted in the same form. */
  const twin = (edit: (text: string) => string) => {
    const other = path.join(base, `trusted-${count++}`);
    cpSync(trusted, other, { recursive: true });
    const file = path.join(other, "cdk.tf.json");
    const text = edit(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify(JSON.parse(text), null, 2));
    return refusalsAfter((folder) => writeFileSync(path.join(folder, "cdk.tf.json"), readFileSync(file)), other);
  };
  test.each(distrusted)("a trusted stack %s", (_, edit, reason) => {
    expect(twin(edit)).toContain(`refused: ${reason}`);
  });

  test("nothing if such a stack is unchanged", () => expect(twin((text) => text)).toEqual([]));
});
