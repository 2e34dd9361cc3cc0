import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { scratch } from "../support/host-shell.js";
import { refused, type Stack } from "./refused-stacks.js";

// What a job that has the key refuses to give to Terraform.

const root = fileURLToPath(new URL("../../../", import.meta.url));
const base = scratch("check-stack");
const trusted = path.join(base, "stacks/prod");
const remote = path.join(base, "remote/stacks/prod");
let count = 0;

/** Settings that a pull request may change, each another one than by default. */
const OTHERS = `
memory: 500M
networks: { backend: { create: { subnet: 172.30.2.0/24, internal: true } }, frontend: web }
caddy: { sitesDirectory: /opt/acme/configs/caddy/sites, snippets: [] }
environment: { NC_SMTP_FROM: "it's \\"one\\" $HOME %{y} a@example.com" }
onDestroy: { database: delete, data: delete, backups: delete }
consumers:
  n8n: { role: viewer, bases: { "Base (one)": editor }, recreate: "docker compose -f /opt/it's/compose.yml up -d" }
  own: { ownFile: true }
backups: { schedule: "Mon..Fri 03:00", keep: 3 }
`;

beforeAll(() => {
  const synthesize = (env: NodeJS.ProcessEnv) => {
    const all = { ...process.env, CDKTF_OUTDIR: base, ...env };
    execFileSync(path.join(root, "node_modules/.bin/tsx"), ["main.ts"], { cwd: root, env: all, stdio: "pipe" });
  };
  synthesize({});
  const prod = readFileSync(path.join(root, "environments/prod.yaml"), "utf8");
  const [head] = prod.split(/^# Directory of the project/m);
  const environments = path.join(base, "environments");
  mkdirSync(environments);
  writeFileSync(path.join(environments, "prod.yaml"), `${head}${OTHERS}`);
  synthesize({ NOCODB_ENVIRONMENTS: environments, CDKTF_OUTDIR: path.join(base, "others") });
  writeFileSync(path.join(environments, "prod.yaml"), prod.replace("subdomain: noco", 'subdomain: ""'));
  synthesize({ NOCODB_ENVIRONMENTS: environments, CDKTF_OUTDIR: path.join(base, "off") });
  writeFileSync(
    path.join(environments, "prod.yaml"),
    `${prod}\nbackend: { type: cloud, organization: a, workspace: b }\n`,
  );
  synthesize({ NOCODB_ENVIRONMENTS: environments, CDKTF_OUTDIR: path.join(base, "remote") });
}, 120_000);

/** A copy of the trusted stack, and what the check says of it after a change to its folder. */
function refusalsAfter(change: (folder: string) => void, against = trusted): string[] {
  const folder = path.join(base, `changed-${count++}`);
  cpSync(trusted, folder, { recursive: true });
  change(folder);
  const argv = [path.join(root, "commands/check-stack.mjs"), folder, against];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
  expect([status, stdout]).toEqual([stderr === "" ? 0 : 1, ""]);
  return stderr.split("\n").filter((line) => line !== "");
}

/** The same after a change to its JSON. */
const changed = (change: (json: Stack) => void) =>
  refusalsAfter((folder) => {
    const file = path.join(folder, "cdk.tf.json");
    const json = JSON.parse(readFileSync(file, "utf8")) as Stack;
    change(json);
    writeFileSync(file, JSON.stringify(json, null, 2));
  });

test("a stack that this app makes, also with other settings, is let through", () => {
  expect(refusalsAfter(() => {})).toEqual([]);
  const others = path.join(base, "others/stacks/prod");
  expect(readFileSync(path.join(others, "cdk.tf.json"), "utf8")).toContain("Base (one)");
  expect(refusalsAfter((folder) => cpSync(others, folder, { recursive: true }))).toEqual([]);
  const off = path.join(base, "off/stacks/prod");
  expect(refusalsAfter((folder) => cpSync(off, folder, { recursive: true }), off)).toEqual([]);
  expect(refusalsAfter(() => {}, off)).toEqual([]);
  expect(refusalsAfter((folder) => cpSync(remote, folder, { recursive: true }), remote)).toEqual([]);
  const preprod = path.join(base, "stacks/preprod");
  expect(refusalsAfter((folder) => cpSync(preprod, folder, { recursive: true }), preprod)).toEqual([]);
  expect(changed((json) => Object.assign(json.resource.docker_container!.nocodb_container!, { memory: 500 }))).toEqual(
    [],
  );
});

test("what a remote run gets of a stack is not for a pull request to say", () => {
  const widened = (folder: string) => {
    cpSync(remote, folder, { recursive: true });
    appendFileSync(path.join(folder, ".terraformignore"), "!/plan\n");
  };
  expect(refusalsAfter(widened, remote)).toEqual(["refused: .terraformignore: is not stacks/terraformignore"]);
});

describe("a stack is refused for", () => {
  test.each(refused)("%s", (_, change, told) => {
    expect(changed(change)).toContain(`refused: ${told}`);
  });

  test.each<[string, (folder: string) => void, string]>([
    [
      "a changed script",
      (folder) => appendFileSync(path.join(folder, "assets/host_scripts/sh/probe.sh"), "id\n"),
      "assets/host_scripts/sh/probe.sh: is not the file of constructs/host",
    ],
    [
      "a script more",
      (folder) => writeFileSync(path.join(folder, "assets/host_scripts/sh/evil.sh"), "id\n"),
      "assets/host_scripts/sh/evil.sh: is not part of a stack of this app",
    ],
    [
      "a script less",
      (folder) => rmSync(path.join(folder, "assets/host_scripts/sh/worker.sh")),
      "assets/host_scripts/sh/worker.sh: is missing",
    ],
    [
      "a link in the place of a script",
      (folder) => {
        rmSync(path.join(folder, "assets/host_scripts/sh/see.sh"));
        symlinkSync("/etc/passwd", path.join(folder, "assets/host_scripts/sh/see.sh"));
      },
      "assets/host_scripts/sh/see.sh: is neither a file nor a directory",
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
      "providers of its own",
      (folder) => {
        mkdirSync(path.join(folder, ".terraform/providers"), { recursive: true });
        writeFileSync(path.join(folder, ".terraform/providers/x"), "");
      },
      ".terraform/providers/x: is not part of a stack of this app",
    ],
    [
      "a section that stands there twice",
      (folder) => {
        const file = path.join(folder, "cdk.tf.json");
        const evil = '{ "data": { "external": { "x": { "program": ["id"] } } },';
        writeFileSync(file, readFileSync(file, "utf8").replace("{", evil));
      },
      "cdk.tf.json: is not as this app writes it",
    ],
    ["JSON that is none", (folder) => writeFileSync(path.join(folder, "cdk.tf.json"), "{"), "stack: cannot be read"],
  ])("%s", (_, change, told) => {
    expect(refusalsAfter(change)).toContainEqual(expect.stringContaining(`refused: ${told}`));
  });

  const twin = (edit: (text: string) => string) => {
    const other = path.join(base, `trusted-${count++}`);
    cpSync(trusted, other, { recursive: true });
    const file = path.join(other, "cdk.tf.json");
    const text = edit(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify(JSON.parse(text), null, 2));
    return refusalsAfter((folder) => writeFileSync(path.join(folder, "cdk.tf.json"), readFileSync(file)), other);
  };
  const connection = "data.external: the trusted stack has no SSH command of this app";
  test.each<[string, (text: string) => string, string]>([
    [
      "whose connection starts a program",
      (text) => text.replaceAll("-o BatchMode=yes", "-o ProxyCommand=id"),
      connection,
    ],
    ["whose bastion is a command", (text) => text.replaceAll("-o BatchMode=yes", "-o 'ProxyJump=x`id`'"), connection],
    [
      "that trusts every host",
      (text) => text.replaceAll("StrictHostKeyChecking=yes", "StrictHostKeyChecking=no"),
      connection,
    ],
    [
      "whose docker provider starts a program",
      (text) => text.replace('"BatchMode=yes"', '"ProxyCommand=id"'),
      "provider.docker: is not set up as by this app",
    ],
    [
      "with a provider from elsewhere",
      (text) => text.replace('"source": "null"', '"source": "evil/null"'),
      "terraform.required_providers.null: is no provider of this app",
    ],
    [
      "with a backend from elsewhere",
      (text) => text.replace('"backend": {\n      "local"', '"backend": {\n      "http"'),
      "terraform.backend.http: is no backend of this app",
    ],
    [
      "that asks a program for the key of its state",
      (text) =>
        text.replace(
          '"required_providers"',
          '"encryption": { "key_provider": { "external": {} } }, "required_providers"',
        ),
      "terraform: holds what no stack of this app does",
    ],
  ])("a trusted stack %s", (_, edit, told) => {
    expect(twin(edit)).toContain(`refused: ${told}`);
  });

  test("nothing where such a stack is as it was", () => expect(twin((text) => text)).toEqual([]));
});
