/** Errors of Terraform, reduced to what an operator needs; the full text is kept in a file. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { outputDirectory } from "./environment-files.js";

/** How many full texts are kept. */
const KEPT = 20;

/** Lines of a text without an error that are shown. */
const LAST_LINES = 15;

/**
 * What matters in the output of Terraform or cdktf: of each error the words of whoever failed, without frames, places in
 * cdk.tf.json, and the commands that Terraform ran. A text without an error is reduced to its last lines.
 */
export function reduced(output: string): string {
  const text = plain(output);
  const errors = text.split(/^(?=Error: |╵$)/m).filter((part) => part.startsWith("Error: "));
  const parts = errors.length > 0 ? errors.map(reason) : [lastLines(text)];
  return [...new Set(parts.filter((part) => part !== ""))].join("\n\n");
}

/** What Terraform prints of a resource while it works. */
const PROGRESS =
  /^\S+\.\S+: (?:Refreshing|Reading|Read complete|Still|Opening|Closing|Creating|Creation|Modif|Destr|Provisioning).*\n?/gm;

/** Without colours, progress, the frames of Terraform's errors, and the name of the stack with which cdktf begins each line. */
function plain(output: string): string {
  const text = stripVTControlCharacters(output).replaceAll("\r", "");
  const stack = /^([\w-]+) {2,}[╷│]/m.exec(text)?.[1];
  return (stack === undefined ? text : text.replaceAll(new RegExp(`^${stack}(?: {1,2}|$)`, "gm"), ""))
    .replaceAll(PROGRESS, "")
    .replaceAll(/^[ \t]*([╷╵])[ \t]*$/gm, (_, corner) => (corner === "╵" ? corner : ""))
    .replaceAll(/^[ \t]*│ ?/gm, "");
}

/** The words of one error. */
function reason(error: string): string {
  const [title = "", ...rest] = error.trimEnd().split("\n");
  const body = withoutPlace(rest).join("\n").trim();
  // A local-exec provisioner, and the external data source.
  const said = /Output: ([\s\S]*)$/.exec(body)?.[1] ?? /Error Message: ([\s\S]*?)\n+\s*State: /.exec(body)?.[1];
  if (said !== undefined && said.trim() !== "") return said.trim();
  return [title, heldLock(body) ?? body].filter((part) => part !== "").join("\n");
}

/** Who holds the lock of the state, if a text says so, without Terraform's advice to go on without a lock. */
function heldLock(body: string): string | undefined {
  const [, lock] = /^Lock Info:\n([\s\S]*)/m.exec(body) ?? [];
  const fieldOf = (name: string) => new RegExp(`^ *${name}: +(\\S.*)$`, "m").exec(lock ?? "")?.[1];
  const who = fieldOf("Who");
  if (who === undefined) return undefined;
  const since = fieldOf("Created")?.replace(/\.\d+ .*/, " UTC");
  return `${who} has held it since ${since} (ID ${fieldOf("ID")}): wait until that command has ended, and try again. If it was killed, docs/state.md says what to do.`;
}

/** Leaves out `with ADDRESS,`, `on cdk.tf.json line 12, in …:` and the quoted line of the configuration below it. */
function withoutPlace(lines: readonly string[]): string[] {
  return lines.filter((line) => !/^\s+(?:with \S.*,?$|on \S+ line \d+|\d+: |├|│|└)/.test(line));
}

function lastLines(text: string): string {
  const lines = text.split("\n").filter((line) => !/^\s*╵?\s*$/.test(line));
  return lines.slice(-LAST_LINES).join("\n");
}

/**
 * Keeps the full output of a command that failed, without secrets, in a file that only its owner can read.
 *
 * @param what it was, as a part of the file's name
 * @returns its path
 */
export function keepOutput(what: string, output: string): string {
  const folder = path.join(outputDirectory(), "..", "state", "logs");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const older = readdirSync(folder).sort();
  for (const name of older.slice(0, Math.max(0, older.length - KEPT + 1))) rmSync(path.join(folder, name));
  const file = path.join(folder, `${new Date().toISOString().replaceAll(":", "")}-${what}.log`);
  writeFileSync(file, masked(output), { mode: 0o600, flag: "wx" });
  return path.relative(process.cwd(), file);
}

const SECRET_NAME = /TOKEN|PASSWORD|PASSWD|SECRET|CREDENTIAL|PRIVATE|_KEY$|CONN_STR/i;

/** A text without the secrets of this process's environment, passwords in addresses, and private keys. */
export function masked(text: string, env: NodeJS.ProcessEnv = process.env): string {
  const secrets = Object.entries(env).flatMap(([name, value = ""]) =>
    SECRET_NAME.test(name) && value.length >= 6 ? [value] : [],
  );
  return secrets
    .sort((one, other) => other.length - one.length)
    .reduce((masking, secret) => masking.replaceAll(secret, "***"), text)
    .replaceAll(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, "***")
    .replaceAll(/(:\/\/[^\s:/@]*:)[^\s/@]+@/g, "$1***@")
    .replaceAll(ASSIGNED, "$1***");
}

/** `password=x`, `password = "x"` and `"password": "x"`; not `secrets: restart`, nor a place that is filled in later. */
const ASSIGNED =
  /(\w*(?:password|secret|token|api_?key)\w*(?:"?\s*=\s*|"\s*:\s*(?=")))(?!"?\$)("[^"]*"|'[^']*'|[^\s"',&]+)/gi;
