// What the expressions of a stack may say: the part of the gate (gate.mjs) that reads Terraform's language.

/** None of them reads a file except `file`, whose argument is checked. */
const FUNCTIONS = [
  ...["can", "coalesce", "compact", "concat", "file", "formatlist", "join", "length", "lookup", "regex", "sha256"],
  ...["substr", "urlencode"],
];

/**
 * A reference that leads to a secret. Terraform hides the value where it prints values, but not in the number of
 * instances, nor where a provider quotes it in an error: so it may stand only in the places that need it, or in a
 * condition that reveals nothing.
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

const PROGRAM_FILE = /^"assets\/host_programs\/sh\/[a-z-]+(?:\/[a-z-]+)+\.sh"$/;

/** `$${` and `%%{` do not begin an expression, `%${` and `$%{` do. */
const EXPRESSION = /(?<!\$)\$\{|(?<!%)%\{/;

/** Whether Terraform would evaluate something in a text. */
export const holdsExpression = (text) => EXPRESSION.test(text);

/**
 * Expressions, in keys too, call only listed functions, read only programs, and keep secrets where they belong.
 *
 * @param refuse is called with a place and the reason for each that does not
 */
export function checkExpressions(value, place, refuse) {
  if (typeof value === "object" && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      checkExpression(name, place, refuse);
      checkExpressions(inner, place === "" ? name : `${place}.${name}`, refuse);
    }
  } else if (typeof value === "string") checkExpression(value, place, refuse);
}

function checkExpression(value, place, refuse) {
  if (!holdsExpression(value)) return;
  if (SECRET.test(value) && !mayHoldSecret(value, place)) refuse(place, "refers to a secret where it could be seen");
  // A comment could stand between a function and its argument.
  if (/\/\*|(#|\/\/)[^\n]*\n\s*\(/.test(value)) refuse(place, "has a comment in an expression");
  for (const [, name] of value.matchAll(/([A-Za-z_][\w:]*)\s*\(/g)) {
    if (!FUNCTIONS.includes(name)) refuse(place, `calls ${name}(), which this app does not use`);
  }
  for (const [, argument] of value.matchAll(/\bfile\s*\(([^)]*)/g)) {
    if (!PROGRAM_FILE.test(argument)) refuse(place, "reads a file that is not a host program");
  }
}

function mayHoldSecret(value, place) {
  if (SECRET_PLACES.some((each) => each.test(place))) return true;
  return place.endsWith(".condition") && CONDITIONS.some((each) => each.test(value));
}
