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
const IGNORE = {
  name: ".terraformignore",
  source: fileURLToPath(new URL("../stacks/terraformignore", import.meta.url)),
};

const PROVIDERS = {
  docker: ["kreuzwerker/docker"],
  external: ["external", "hashicorp/external"],
  null: ["null", "hashicorp/null"],
  random: ["random", "hashicorp/random"],
};
const BACKENDS = ["cloud", "local", "pg", "s3"];
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

/**
 * What leads to a secret. Terraform hides it where it prints values, but not in how many there are of something, nor in what a
 * provider quotes when it complains: so it stands where it is needed, or in a condition that tells nothing of it.
 */
const SECRET = /\b(?:var|local|self|random_password)\b|\b(?:docker_container|null_resource)\b(?!\.\w+\.id\b)/;
const SECRET_PLACES = [
  /^(?:locals|terraform\.encryption)\./,
  /^resource\.docker_container\.\w+\.env$/,
  /^resource\.null_resource\.\w+\.triggers\.[^.]+$/,
  /^resource\.null_resource\.\w+\.provisioner\.\d+\.local-exec\.environment\.INPUT_[a-z_]+$/,
];
const CONDITIONS = [
  /^\$\{var\.(\w+) == "" \|\| length\(var\.\1\) >= \d+\}$/,
  /^\$\{!can\(regex\("\[\[:cntrl:\]\]", var\.\w+\)\)\}$/,
  /^\$\{self\.triggers\.fingerprint == sha256\("\$\{random_password\.salt\.result\}\$\{var\.\w+\}"\)\}$/,
];

/** `$${` and `%%{` begin none, `%${` and `$%{` do. */
const EXPRESSION = /(?<!\$)\$\{|(?<!%)%\{/;

const WORD = String.raw`(?:[\w@%+=:,./-]+|'[^']*'(?:\\''[^']*')*)`;
const RUN = new RegExp(String.raw`^sh ${SCRIPTS}on-host\.sh (?:[a-z-]+\.sh )+-- (ssh .*)$`);
const PROBE = new RegExp(
  String.raw`^(?:INPUT_[a-z_]+=(?:${WORD})? )*sh ${SCRIPTS}probe\.sh ((?:[a-z-]+\.sh )+)-- (ssh .*)$`,
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

/** Beside the JSON only the host scripts, each as it is in this checkout, and what says that nothing else is taken along. */
function checkFiles(stack, trusted) {
  const [files, expected] = [filesOf(stack), filesOf(trusted)];
  for (const file of expected.filter((each) => !files.includes(each))) refuse(file, "is missing");
  for (const file of files.filter((each) => each !== "cdk.tf.json")) {
    const isScript = file.startsWith(SCRIPTS);
    const source = isScript ? path.join(sources, file.slice(SCRIPTS.length)) : IGNORE.source;
    if ((!isScript && file !== IGNORE.name) || !expected.includes(file)) {
      refuse(file, "is not part of a stack of this app");
    } else if (!areSame(path.join(stack, file), source)) {
      refuse(file, isScript ? "is not the file of constructs/host" : "is not stacks/terraformignore");
    }
  }
}

function areSame(file, source) {
  try {
    return readFileSync(file).equals(readFileSync(source));
  } catch {
    return false;
  }
}

/**
 * Terraform takes every value of a key that stands twice, where JSON.parse keeps the last one: so the bytes have to be those
 * that this app makes of what was read here.
 */
function readStack(directory) {
  const bytes = readFileSync(path.join(directory, "cdk.tf.json"));
  const json = JSON.parse(bytes.toString("utf8"));
  if (!bytes.equals(Buffer.from(JSON.stringify(json, null, 2)))) refuse("cdk.tf.json", "is not as this app writes it");
  return json;
}

const names = (block) => Object.keys(block ?? {}).filter((name) => name !== "//");
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Address, name and body of each block. To Terraform a list would do where here an object is looked for. */
function blocksOf(section, json) {
  const entries = (value, place) => {
    if (!isObject(value)) refuse(place, "is no object");
    return isObject(value) ? Object.entries(value) : [];
  };
  return entries(json[section] ?? {}, section).flatMap(([type, blocks]) =>
    entries(blocks, `${section}.${type}`).flatMap(([name, block]) => {
      if (!isObject(block)) refuse(`${section}.${type}.${name}`, "is no object");
      return isObject(block) ? [{ address: `${type}.${name}`, type, name, block }] : [];
    }),
  );
}

/** The trusted stack comes from a job with packages, too: wherever it leads, it brings no program along. */
function checkTrusted({ terraform = {}, provider = {} }) {
  const { backend, cloud, required_providers: required, encryption, ...rest } = terraform;
  for (const [name, { source }] of Object.entries(required ?? {})) {
    if (!PROVIDERS[name]?.includes(source))
      refuse(`terraform.required_providers.${name}`, "is no provider of this app");
  }
  for (const name of names(backend).filter((each) => !BACKENDS.includes(each)))
    refuse(`terraform.backend.${name}`, "is no backend of this app");
  if (names(rest).length > 0 || names(encryption?.key_provider).some((name) => name !== "pbkdf2"))
    refuse("terraform", "holds what no stack of this app does");
  for (const [name, blocks] of Object.entries(provider)) {
    for (const { host: _, ssh_opts: options = [], ...others } of [blocks].flat()) {
      if (names(others).length > 0 || !PROVIDERS[name] || !optionsAllowed(options))
        refuse(`provider.${name}`, "is not set up as by this app");
    }
  }
}

/** `-F FILE` and `-o NAME=VALUE`. Of ProxyJump ssh makes a line for a shell. */
function optionsAllowed(words) {
  return words.every((word, at) => {
    if (at % 2 === 0) return word === "-o" || (at === 0 && word === "-F");
    if (words[at - 1] === "-F") return /^(?:none|\/[\w./-]+)$/.test(word);
    const [, name, value] = /^(\w+)=(.*)$/s.exec(word) ?? [];
    if (name === "StrictHostKeyChecking" && value !== "yes") return false;
    return SSH_OPTIONS.includes(name) && !/[\n`$;&|<>()\\'"]/.test(value);
  });
}

function checkSections(json, trusted) {
  for (const name of Object.keys(json).filter((each) => !SECTIONS.includes(each)))
    refuse(name, "is no section of a stack");
  for (const section of ["terraform", "provider", "variable"]) {
    if (isDeepStrictEqual(json[section], trusted[section])) continue;
    refuse(section, "is not as in the trusted stack: what decides where state and connection lead is merged first");
  }
  for (const type of Object.keys(json.resource ?? {}).filter((each) => !RESOURCES.includes(each))) {
    refuse(`resource.${type}`, "is no resource type of the list");
  }
  for (const type of Object.keys(json.data ?? {}).filter((each) => !DATA.includes(each))) {
    refuse(`data.${type}`, "is no data source of the list");
  }
}

/** What Terraform starts: the probe, and host scripts over the one SSH command of the trusted stack. */
function checkPrograms(json, trusted) {
  const ssh = sshOf(trusted);
  if (ssh === undefined || !sshAllowed(ssh))
    refuse("data.external", "the trusted stack has no SSH command of this app");
  for (const { address, type, name, block } of blocksOf("data", json)) {
    if (type === "external" && !(name === "host_observed" && isProbe(block, ssh)))
      refuse(`data.${address}`, "runs something else than the probe");
  }
  for (const { address, block } of blocksOf("resource", json)) checkResource(address, block, ssh);
}

/** That of the probe; where the service is switched off there may be nothing to look at, but something to take away. */
function sshOf(stack) {
  const probe = PROBE.exec(stack.data?.external?.host_observed?.program?.[2] ?? "");
  if (probe) return probe.at(-1);
  const provisioners = blocksOf("resource", stack).flatMap(({ block }) => block.provisioner ?? []);
  return provisioners
    .map((each) => RUN.exec(each["local-exec"]?.command ?? "")?.at(-1))
    .find((each) => each !== undefined);
}

function isProbe({ program = [], ...rest }, ssh) {
  const [shell, option, command, ...more] = program;
  if (names(rest).length > 0 || more.length > 0 || shell !== "sh" || option !== "-c") return false;
  return starts(PROBE, command, ssh) && onlyLooks(PROBE.exec(command)[1].trim().split(" "));
}

/** Of the scripts of a plan the last one alone does something, and that is to look. */
function onlyLooks(scripts) {
  const acts = (script) => readFileSync(path.join(sources, script), "utf8").endsWith("\nmain </dev/null\n");
  return scripts.at(-1) === "observe.sh" && !scripts.slice(0, -1).some(acts);
}

function checkResource(address, block, ssh) {
  for (const name of ["build", "upload"].filter((each) => each in block))
    refuse(`${address}.${name}`, "would take files of this machine along");
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
  if (typeof command !== "string" || EXPRESSION.test(command)) return false;
  return form.exec(command)?.at(-1) === ssh;
}

function sshAllowed(ssh) {
  const given = SSH.exec(ssh)?.[1] ?? "";
  const words = [...given.matchAll(new RegExp(`-o (${WORD}) `, "g"))].map(([, word]) =>
    word.replace(/^'(.*)'$/s, "$1"),
  );
  return words.length > 0 && optionsAllowed(words.flatMap((word) => ["-o", word]));
}

/** Expressions call functions of the list alone, read host scripts alone, and keep secrets where they belong; in keys, too. */
function checkExpressions(value, place) {
  if (typeof value === "object" && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      checkExpression(name, place);
      checkExpressions(inner, place === "" ? name : `${place}.${name}`);
    }
  } else if (typeof value === "string") checkExpression(value, place);
}

function checkExpression(value, place) {
  if (!EXPRESSION.test(value)) return;
  if (SECRET.test(value) && !mayHoldSecret(value, place)) refuse(place, "mentions a secret where it could be seen");
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

function mayHoldSecret(value, place) {
  if (SECRET_PLACES.some((each) => each.test(place))) return true;
  return place.endsWith(".condition") && CONDITIONS.some((each) => each.test(value));
}

function main(stack, trusted) {
  checkFiles(stack, trusted);
  const [json, base] = [stack, trusted].map(readStack);
  checkTrusted(base);
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
