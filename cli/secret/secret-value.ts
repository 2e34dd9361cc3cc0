import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { ADDRESS_SECRET } from "../../constructs/alerts/alert-policy.js";
import type { ServiceSecret } from "../../constructs/service-secrets/secret.js";
import { Failure, INTERRUPTED } from "../exit-codes.js";

/** The shortest password that NocoDB accepts for its super admin, in characters. */
const SHORTEST_ADMIN_PASSWORD = 8;

/** In bytes. The value is a variable of a process on the way to the host, and Linux limits those to 128 KiB. */
const LONGEST = 65_536;

/**
 * Reads the value of a secret from standard input, without the newline at its end, or asks for it on the terminal.
 *
 * @throws Failure if it cannot be a value of that secret; the message never contains it
 */
export async function readSecret(secret: ServiceSecret): Promise<string> {
  const value = process.stdin.isTTY ? await askTwice(secret.name) : await readInput(secret.name);
  const problem = problemOf(secret, value);
  if (problem !== undefined) throw new Failure(`${secret.name}: the value ${problem}; nothing was changed`);
  return value;
}

function problemOf({ name }: ServiceSecret, value: string): string | undefined {
  if (value === "") return "is empty: pipe one line into this command, or call it on a terminal";
  if (/[\r\n]/.test(value)) return "has more than one line: give one line";
  if (/\p{Cc}/u.test(value)) return "contains a control character: give printable characters";
  if (Buffer.byteLength(value) > LONGEST) return `is longer than ${LONGEST} bytes: give a shorter one`;
  if (name === ADDRESS_SECRET.name && !(URL.canParse(value) && /^https?:\/\//.test(value))) {
    return "is not the address of a webhook: give one that begins with https://";
  }
  if (name === "NC_ADMIN_PASSWORD" && [...value].length < SHORTEST_ADMIN_PASSWORD) {
    return `is shorter than the ${SHORTEST_ADMIN_PASSWORD} characters that NocoDB requires for its super admin: give a longer one`;
  }
  return undefined;
}

async function readInput(name: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)).replace(/\r?\n$/, "");
  } catch {
    throw new Failure(`${name}: the value is not valid UTF-8 text; nothing was changed`);
  }
}

/** Asks on the terminal, which shows nothing of the answers. @throws Failure if they differ, or after Ctrl-C */
async function askTwice(name: string): Promise<string> {
  // readline echoes what it reads to its output, and sets the terminal back when it is closed.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true, historySize: 0 });
  const lines = terminal[Symbol.asyncIterator]();
  terminal.on("SIGINT", () => terminal.close());
  const ask = async (question: string): Promise<string> => {
    process.stderr.write(question);
    const line = await lines.next();
    process.stderr.write("\n");
    if (line.done) throw new Failure("Stopped, and nothing was changed.", INTERRUPTED);
    return line.value;
  };
  try {
    const value = await ask(`Value of ${name} (not shown): `);
    if ((await ask("The same again: ")) !== value) throw new Failure("The values differ; nothing was changed");
    return value;
  } finally {
    terminal.close();
  }
}
