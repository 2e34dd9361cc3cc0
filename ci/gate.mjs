// node ci/gate.mjs STACK TRUSTED
//
// Stands between a pull request and the host's key: checks a synthesized stack directory before Terraform reads it, in a
// job that has the secrets. TRUSTED is the stack directory of the branch that the pull request is merged into. Needs no
// packages, runs nothing, changes nothing. Exit codes: 0 nothing to refuse, 1 refused; each reason is one line.
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { embedded, functionName, link, programNames } from "../constructs/remote-host/link.mjs";
import { checkExpressions, holdsExpression } from "./expressions.mjs";

const JSON_FILE = "cdk.tf.json";
const IGNORE_FILE = ".terraformignore";
const FOLDER = "assets/host_programs/sh/";
const PROBE = "remote-host/probe";
/** Scripts that run where Terraform runs. */
const LOCAL = ["run-remote", "run-probe", "preflight"];

const PROVIDERS = {
  docker: ["kreuzwerker/docker"],
  external: ["external", "hashicorp/external"],
  null: ["null", "hashicorp/null"],
  random: ["random", "hashicorp/random"],
};
/** Arguments of backends that start a program, or name a file in which one may be named. */
const STARTS_PROGRAM = /^(?:credentials|exec|config_paths?|shared_config_files|shared_credentials_files?)$/;
const SECTIONS = ["//", "data", "ephemeral", "output", "provider", "resource", "terraform"];
const RESOURCES = [...["docker_container", "docker_image", "docker_network", "docker_service", "null_resource"]];
const DATA = ["docker_network", "external"];
/** Types of the arguments of an ephemeral password. */
const PASSWORD = { length: "number", special: "boolean" };
/** None of them starts a program or loads a library. */
const SSH_OPTIONS = [
  ...["AddressFamily", "BatchMode", "BindAddress", "Ciphers", "Compression", "ConnectTimeout", "ConnectionAttempts"],
  ...["ControlMaster", "ControlPath", "ControlPersist", "HostKeyAlgorithms", "HostKeyAlias", "IdentitiesOnly"],
  ...["IdentityFile", "KexAlgorithms", "LogLevel", "MACs", "ProxyJump", "ServerAliveCountMax", "ServerAliveInterval"],
  "UserKnownHostsFile",
];
/** With another value, these start a program, open a port, or trust another host. */
const SSH_FIXED = [
  "ClearAllForwardings=yes",
  "PermitLocalCommand=no",
  "RemoteCommand=none",
  "StrictHostKeyChecking=yes",
];

const NAME = "[a-z-]+(?:/[a-z-]+)+";
const WORD = String.raw`(?:[\w@%+=:,./-]+|'[^']*'(?:\\''[^']*')*)`;
const REMOTE_COMMAND = new RegExp(String.raw`^sh ${FOLDER}run-remote\.sh ${NAME} -- (ssh .*)$`);
const asked = (runner, name) =>
  new RegExp(String.raw`^(?:INPUT_[a-z_]+=(?:${WORD})? )*sh ${FOLDER}${runner}\.sh ${name} -- (ssh .*)$`);
const PROBE_COMMAND = asked("run-probe", PROBE);
/** What Terraform asks the host, by the name of the data source: the only command, and the arguments beside it. */
const QUESTIONS = {
  host_probe: { form: PROBE_COMMAND, others: [] },
  nocodb_service_files: { form: asked("run-remote", "swarm-service/print-files"), others: ["depends_on"] },
};
const SSH_COMMAND = new RegExp(
  String.raw`^ssh -l [\w.-]+ (?:-p \d+ )?(?:-F none )?((?:-o ${WORD} )+)-T -- [\w.:-]+ (?:'sudo -n sh -s'|'sh -s')$`,
);

const refusals = new Set();
const refuse = (place, why) => refusals.add(`${place}: ${why}`);

const names = (block) => Object.keys(block ?? {}).filter((name) => name !== "//");
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const sourceText = (file) => readFileSync(new URL(`../${file}`, import.meta.url));

/** The path of every file. Refuses anything that is neither a file nor a directory. */
function filesOf(directory, place = "") {
  return readdirSync(path.join(directory, place)).flatMap((name) => {
    const file = place + name;
    const entry = lstatSync(path.join(directory, file));
    if (entry.isDirectory()) return filesOf(directory, `${file}/`);
    if (!entry.isFile()) refuse(file, "is neither a file nor a directory");
    return entry.isFile() ? [file] : [];
  });
}

/** Beside the JSON there are only the programs, as this checkout links them, and the file that limits an upload. */
function checkFiles(stack, json) {
  const linkable = new Set(programNames());
  const files = filesOf(stack);
  for (const file of files.filter((each) => each !== JSON_FILE)) {
    const expected = expectedBytes(file, linkable, path.join(stack, file));
    if (expected === undefined) refuse(file, "is not part of a stack of this app");
    else if (!readFileSync(path.join(stack, file)).equals(expected))
      refuse(file, "differs from what the sources of this checkout make");
  }
  for (const file of neededFiles(json).filter((each) => !files.includes(each))) refuse(file, "is missing");
}

/** What a file of a stack directory has to contain; undefined for a file that this app does not write. */
function expectedBytes(file, linkable, actual) {
  if (file === IGNORE_FILE) return sourceText("stacks/terraformignore");
  if (!file.startsWith(FOLDER) || !file.endsWith(".sh")) return undefined;
  const name = file.slice(FOLDER.length, -".sh".length);
  if (LOCAL.includes(name)) return sourceText(`constructs/remote-host/${name}.sh`);
  return linkable.has(name) ? Buffer.from(link(name, undefined, bundleIn(actual)).text) : undefined;
}

/** Without a bundler, JavaScript cannot be made of TypeScript here. It is taken from the stack if its digest is known. */
function bundleIn(actual) {
  const digests = JSON.parse(sourceText("ci/bundles.json"));
  const found = embedded(readFileSync(actual, "utf8"));
  return (file) => {
    const javascript = found.get(functionName(file)) ?? "";
    return createHash("sha256").update(javascript).digest("hex") === digests[file] ? javascript : "";
  };
}

function neededFiles(json) {
  const text = JSON.stringify(json);
  const run = [...text.matchAll(new RegExp(`/run-(?:remote|probe)\\.sh (${NAME}) --`, "g"))].map(([, name]) => name);
  const read = [...text.matchAll(new RegExp(`${FOLDER}(${NAME})\\.sh`, "g"))].map(([, name]) => name);
  const programs = [...LOCAL, ...run, ...read].map((name) => `${FOLDER}${name}.sh`);
  const { cloud, backend } = json.terraform;
  return cloud || backend?.remote ? [IGNORE_FILE, ...programs] : programs;
}

/**
 * Terraform takes every value of a key that stands twice, but JSON.parse keeps only the last: so the bytes must be those
 * that this app makes of what was parsed here.
 */
function readStack(directory) {
  const bytes = readFileSync(path.join(directory, JSON_FILE));
  const json = JSON.parse(bytes.toString("utf8"));
  if (!bytes.equals(Buffer.from(JSON.stringify(json, null, 2)))) refuse(JSON_FILE, "is not as this app writes it");
  return json;
}

/** Address, name and body of each block. Terraform would take a list, too, where an object is expected here. */
function blocksOf(section, json) {
  const entries = (value, place) => {
    if (!isObject(value)) refuse(place, "is not an object");
    return isObject(value) ? Object.entries(value) : [];
  };
  return entries(json[section] ?? {}, section).flatMap(([type, blocks]) =>
    entries(blocks, `${section}.${type}`).flatMap(([name, block]) => {
      if (!isObject(block)) refuse(`${section}.${type}.${name}`, "is not an object");
      return isObject(block) ? [{ address: `${type}.${name}`, type, name, block }] : [];
    }),
  );
}

/** The trusted stack also comes from a job with packages: wherever it leads, it must not bring a program along. */
function checkTrusted({ terraform = {}, provider = {} }) {
  const { backend, cloud, required_providers: required, required_version: _, ...rest } = terraform;
  for (const [name, { source }] of Object.entries(required ?? {})) {
    if (!PROVIDERS[name]?.includes(source))
      refuse(`terraform.required_providers.${name}`, "is not a provider of this app");
  }
  checkArguments({ backend, cloud }, "terraform");
  for (const name of names(rest)) refuse(`terraform.${name}`, "is not part of a stack of this app");
  for (const [name, blocks] of Object.entries(provider)) {
    for (const { host: _, ssh_opts: options = [], ...others } of [blocks].flat()) {
      if (names(others).length > 0 || !PROVIDERS[name] || !optionsAllowed(options))
        refuse(`provider.${name}`, "is not configured as by this app");
    }
  }
}

/** The operator's own block reaches the stack as it is, whatever backend it is for. */
function checkArguments(value, place) {
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    const inside = `${place}.${name}`;
    if (STARTS_PROGRAM.test(name))
      refuse(inside, "could start a program; set the backend's environment variable in the job instead");
    else checkArguments(inner, inside);
  }
}

/** `-F none`, as a file could name a program, and `-o NAME=VALUE`. ssh turns ProxyJump into a shell command line. */
function optionsAllowed(options) {
  return options.every((word, at) => {
    if (at % 2 === 0) return word === "-o" || (at === 0 && word === "-F");
    if (options[at - 1] === "-F") return word === "none";
    const [, name, value] = /^(\w+)=(.*)$/s.exec(word) ?? [];
    return SSH_FIXED.includes(word) || (SSH_OPTIONS.includes(name) && !/[\n`$;&|<>()\\'"]/.test(value));
  });
}

function checkSections(json, trusted) {
  for (const name of Object.keys(json).filter((each) => !SECTIONS.includes(each)))
    refuse(name, "is not a section of a stack of this app");
  for (const section of ["terraform", "provider"]) {
    if (isDeepStrictEqual(json[section], trusted[section])) continue;
    refuse(section, "differs from the trusted stack: a change of state or connection must be merged first");
  }
  for (const type of Object.keys(json.resource ?? {}).filter((each) => !RESOURCES.includes(each)))
    refuse(`resource.${type}`, "is not a resource type of this app");
  for (const type of Object.keys(json.data ?? {}).filter((each) => !DATA.includes(each)))
    refuse(`data.${type}`, "is not a data source of this app");
  for (const { address, type, block } of blocksOf("ephemeral", json)) {
    const plain = Object.entries(block).every(([name, value]) => typeof value === PASSWORD[name]);
    if (type !== "random_password" || !plain) refuse(`ephemeral.${address}`, "is not a new password of this app");
  }
}

/** What Terraform starts: the probe, the question for the secret of a cluster, and host programs over the one SSH command of the trusted stack. */
function checkPrograms(json, trusted) {
  const ssh = sshOf(trusted);
  if (ssh === undefined || !sshAllowed(ssh))
    refuse("data.external", "the trusted stack has no SSH command of this app");
  for (const { address, type, name, block } of blocksOf("data", json)) {
    if (type === "external" && !(Object.hasOwn(QUESTIONS, name) && isQuestion(block, ssh, QUESTIONS[name])))
      refuse(`data.${address}`, "runs something other than the probe");
  }
  for (const { address, block } of blocksOf("resource", json)) checkResource(address, block, ssh);
}

/** The probe's. If the service is disabled, there may be nothing to probe, but something to remove. */
function sshOf(stack) {
  const probe = PROBE_COMMAND.exec(stack.data?.external?.host_probe?.program?.[2] ?? "");
  if (probe) return probe[1];
  const provisioners = blocksOf("resource", stack).flatMap(({ block }) => block.provisioner ?? []);
  return provisioners
    .map((each) => REMOTE_COMMAND.exec(each["local-exec"]?.command ?? "")?.[1])
    .find((each) => each !== undefined);
}

function isQuestion({ program = [], ...rest }, ssh, { form, others }) {
  const [shell, option, command, ...more] = program;
  if (names(rest).some((name) => !others.includes(name)) || more.length > 0 || shell !== "sh" || option !== "-c")
    return false;
  return runsOver(ssh, form, command);
}

function checkResource(address, block, ssh) {
  for (const name of ["build", "upload"].filter((each) => each in block))
    refuse(`${address}.${name}`, "would send files of this machine to the host");
  if (block.connection !== undefined) refuse(address, "has a connection of its own");
  for (const provisioner of [block.provisioner ?? []].flat()) {
    const { command, environment, quiet, when, ...rest } = provisioner["local-exec"] ?? {};
    const only = names(provisioner).length === 1 && names(rest).length === 0;
    const inputs = names(environment).every((name) => /^INPUT_[a-z_]+$/.test(name));
    if (only && inputs && runsOver(ssh, REMOTE_COMMAND, command)) continue;
    refuse(address, "runs something other than host programs over the trusted SSH command");
  }
}

/** No expression may stand in a command, because its value is not known here. */
function runsOver(ssh, form, command) {
  if (typeof command !== "string" || holdsExpression(command)) return false;
  return form.exec(command)?.[1] === ssh;
}

function sshAllowed(ssh) {
  const given = SSH_COMMAND.exec(ssh)?.[1] ?? "";
  const options = [...given.matchAll(new RegExp(`-o (${WORD}) `, "g"))].map(([, word]) =>
    word.replace(/^'(.*)'$/s, "$1"),
  );
  return options.length > 0 && optionsAllowed(options.flatMap((option) => ["-o", option]));
}

function main(stack, trusted) {
  const [json, base] = [stack, trusted].map(readStack);
  checkFiles(stack, json);
  checkTrusted(base);
  checkSections(json, base);
  checkPrograms(json, base);
  checkExpressions(json, "", refuse);
}

try {
  main(...process.argv.slice(2, 4));
} catch (error) {
  refuse("stack", `cannot be read: ${error.message}`);
}
for (const each of refusals) console.error(`refused: ${each}`);
process.exitCode = refusals.size > 0 ? 1 : 0;
