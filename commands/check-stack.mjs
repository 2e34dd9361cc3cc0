// node commands/check-stack.mjs STACK TRUSTED
//
// What stands between a pull request and the key of the host: looks at a synthesized stack directory before Terraform does, in
// a job that has the secrets. TRUSTED is the stack directory of the branch that is merged into. Needs no packages, runs nothing,
// changes nothing. Prints every reason to refuse and exits with 1, or nothing. docs/terraform-cloud.md says what it is for.
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";

const sources = fileURLToPath(new URL("../constructs/host/", import.meta.url));
const SCRIPTS = "assets/host_scripts/sh/";

const SECTIONS = ["//", "data", "locals", "output", "provider", "resource", "terraform", "variable"];
const RESOURCES = ["docker_container", "docker_image", "docker_network", "null_resource", "random_password"];
const DATA = ["docker_network", "external"];
/** None of them reads a file, but `file`, whose argument is looked at. */
const FUNCTIONS = [
  ...["can", "coalesce", "compact", "concat", "file", "formatlist", "join", "length", "lookup", "regex", "sha256"],
  ...["substr", "toset", "urlencode"],
];
/** None of them starts a program or loads a library. */
const SSH_OPTIONS = [
  ...["BatchMode", "ControlMaster", "ControlPath", "ControlPersist", "IdentitiesOnly", "IdentityFile", "LogLevel"],
  ...["StrictHostKeyChecking", "UserKnownHostsFile"],
  ...[
    "AddressFamily",
    "BindAddress",
    "Ciphers",
    "Compression",
    "ConnectTimeout",
    "ConnectionAttempts",
    "HostKeyAlgorithms",
  ],
  ...["HostKeyAlias", "KexAlgorithms", "MACs", "ProxyJump", "ServerAliveCountMax", "ServerAliveInterval"],
];

const WORD = String.raw`(?:[\w@%+=:,./-]+|'[^']*'(?:\\''[^']*')*)`;
const RUN = new RegExp(String.raw`^sh ${SCRIPTS}on-host\.sh (?:[a-z-]+\.sh )+-- (ssh .*)$`);
const PROBE = new RegExp(
  String.raw`^(?:INPUT_[a-z_]+=(?:${WORD})? )*sh ${SCRIPTS}probe\.sh (?:[a-z-]+\.sh )+-- (ssh .*)$`,
);
const SSH = new RegExp(
  String.raw`^ssh -l [\w.-]+ -p \d+ (?:-F (?:none|/[\w./-]+) )?((?:-o ${WORD} )+)-T -- [\w.:-]+ (?:'sudo -n sh -s'|'sh -s')$`,
);

const refusals = new Set();
const refuse = (place, why) => refusals.add(`${place}: ${why}`);

/** Every file, by its path; what is neither file nor directory is told. */
function filesOf(directory, place = "") {
  return readdirSync(path.join(directory, place)).flatMap((name) => {
    const file = place + name;
    const entry = lstatSync(path.join(directory, file));
    if (entry.isDirectory()) return filesOf(directory, `${file}/`);
    if (!entry.isFile()) refuse(file, "is neither a file nor a directory");
    return entry.isFile() ? [file] : [];
  });
}

/** Beside the JSON only the host scripts, each as it is in this checkout. */
function checkFiles(stack, trusted) {
  const [files, expected] = [filesOf(stack), filesOf(trusted)];
  for (const file of expected.filter((each) => !files.includes(each))) refuse(file, "is missing");
  for (const file of files.filter((each) => each !== "cdk.tf.json")) {
    if (!file.startsWith(SCRIPTS) || !expected.includes(file)) refuse(file, "is not part of a stack of this app");
    else if (!sameAsSource(path.join(stack, file), file.slice(SCRIPTS.length))) {
      refuse(file, "is not the file of constructs/host");
    }
  }
}

function sameAsSource(file, name) {
  try {
    return readFileSync(file).equals(readFileSync(path.join(sources, name)));
  } catch {
    return false;
  }
}

const names = (block) => Object.keys(block ?? {}).filter((name) => name !== "//");

function checkSections(json, trusted) {
  for (const name of Object.keys(json).filter((each) => !SECTIONS.includes(each)))
    refuse(name, "is no section of a stack");
  for (const section of ["terraform", "provider", "variable"]) {
    if (isDeepStrictEqual(json[section], trusted[section])) continue;
    refuse(section, "is not as in the trusted stack: what decides where state and connection lead is merged first");
  }
  for (const type of names(json.resource).filter((each) => !RESOURCES.includes(each))) {
    refuse(`resource.${type}`, "is no resource type of the list");
  }
  for (const type of names(json.data).filter((each) => !DATA.includes(each))) {
    refuse(`data.${type}`, "is no data source of the list");
  }
}

/** What Terraform starts: the probe, and host scripts over the one SSH command of the trusted stack. */
function checkPrograms(json, trusted) {
  const probeOf = ({ data }) => data?.external?.host_observed?.program?.[2] ?? "";
  const ssh = PROBE.exec(probeOf(trusted))?.[1];
  if (ssh === undefined || !sshAllowed(ssh))
    refuse("data.external", "the trusted stack has no SSH command of this app");
  for (const [name, block] of Object.entries(json.data?.external ?? {})) {
    const { program = [], ...rest } = block;
    const known = name === "host_observed" && names(rest).length === 0 && program.length === 3;
    const runs = known && program[0] === "sh" && program[1] === "-c" && starts(PROBE, program[2], ssh);
    if (!runs) refuse(`data.external.${name}`, "runs something else than the probe");
  }
  for (const [type, blocks] of Object.entries(json.resource ?? {})) {
    for (const [name, block] of Object.entries(blocks)) checkResource(`${type}.${name}`, block, ssh);
  }
}

function checkResource(address, block, ssh) {
  if (block.connection !== undefined) refuse(address, "has a connection of its own");
  for (const provisioner of [block.provisioner ?? []].flat()) {
    const { command, environment, quiet, when, ...rest } = provisioner["local-exec"] ?? {};
    const only = names(provisioner).length === 1 && names(rest).length === 0;
    const inputs = names(environment).every((name) => /^INPUT_[a-z_]+$/.test(name));
    if (only && inputs && starts(RUN, command, ssh)) continue;
    refuse(address, "runs something else than host scripts over the trusted SSH command");
  }
}

/** No expression may stand in a command: what it becomes is not seen here. */
function starts(form, command, ssh) {
  if (typeof command !== "string" || /(?<![$%])(?:\$\$|%%)*[$%]\{/.test(command)) return false;
  return form.exec(command)?.[1] === ssh;
}

function sshAllowed(ssh) {
  const options = SSH.exec(ssh)?.[1];
  const given = [...(options ?? "").matchAll(/-o '?(\w+)=/g)].map(([, name]) => name);
  const count = (options ?? "").match(new RegExp(`-o ${WORD} `, "g"))?.length ?? 0;
  return count > 0 && given.length === count && given.every((name) => SSH_OPTIONS.includes(name));
}

/** Expressions call functions of the list alone, and read host scripts alone. */
function checkExpressions(value, place) {
  if (typeof value === "object" && value !== null) {
    for (const [name, inner] of Object.entries(value)) if (name !== "//") checkExpressions(inner, place || name);
    return;
  }
  if (typeof value !== "string" || !/[$%]\{/.test(value)) return;
  // A comment could stand between a function and its argument.
  if (/\/\*|(#|\/\/)[^\n]*\n\s*\(/.test(value)) refuse(place, "has a comment in an expression");
  for (const [, name] of value.matchAll(/([A-Za-z_][\w:]*)\s*\(/g)) {
    if (!FUNCTIONS.includes(name)) refuse(place, `calls ${name}(), which is no function of the list`);
  }
  for (const [, argument] of value.matchAll(/\bfile\s*\(([^)]*)/g)) {
    if (!/^"assets\/host_scripts\/sh\/[a-z-]+\.sh"$/.test(argument))
      refuse(place, "reads a file that is no host script");
  }
}

function main(stack, trusted) {
  checkFiles(stack, trusted);
  const [json, base] = [stack, trusted].map((each) => JSON.parse(readFileSync(path.join(each, "cdk.tf.json"), "utf8")));
  checkSections(json, base);
  checkPrograms(json, base);
  checkExpressions(json, "");
}

try {
  main(...process.argv.slice(2, 4));
} catch (error) {
  refuse("stack", `cannot be read: ${error.message}`);
}
for (const each of refusals) console.error(`refused: ${each}`);
process.exitCode = refusals.size > 0 ? 1 : 0;
