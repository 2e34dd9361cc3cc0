// What the expressions of a stack may say: the part of the gate (gate.mjs) that reads Terraform's language.

/** None of them reads a file except `file`, whose argument is checked. */
const FUNCTIONS = ["base64gzip", "file", "lookup", "sha256", "substr"];

/** The one place of new secrets: the standard input of the program that keeps them on the host. */
const NEW_SECRETS = /^resource\.null_resource\.\w+\.provisioner\.\d+\.local-exec\.environment\.INPUT_generated$/;

const PROGRAM_FILE = /^"assets\/host_programs\/sh\/[a-z-]+(?:\/[a-z-]+)+\.sh"$/;

/** `$${` and `%%{` do not begin an expression, `%${` and `$%{` do. */
const EXPRESSION = /(?<!\$)\$\{|(?<!%)%\{/;

/** Whether Terraform would evaluate something in a text. */
export const holdsExpression = (text) => EXPRESSION.test(text);

/**
 * Expressions, in keys too, call only listed functions, read only programs, and pass new secrets only to the host.
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
  if (/\bephemeral\b/.test(value) && !NEW_SECRETS.test(place))
    refuse(place, "refers to a new secret, which only the program that keeps it may get");
  // A comment could stand between a function and its argument.
  if (/\/\*|(#|\/\/)[^\n]*\n\s*\(/.test(value)) refuse(place, "has a comment in an expression");
  for (const [, name] of value.matchAll(/([A-Za-z_][\w:]*)\s*\(/g)) {
    if (!FUNCTIONS.includes(name)) refuse(place, `calls ${name}(), which this app does not use`);
  }
  for (const [, argument] of value.matchAll(/\bfile\s*\(([^)]*)/g)) {
    if (!PROGRAM_FILE.test(argument)) refuse(place, "reads a file that is not a host program");
  }
}
