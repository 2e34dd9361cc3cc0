// NocoDB's users, bases, roles and tokens, through its documented API. Runs on the host, on the Node.js of NocoDB's image
// and in the network of its container. Nothing is written into NocoDB's own tables.
//
// Expects   the variable `input`, which nocodb/consumers/call-api.sh puts in front of it: the facts of input.ts in base64.
// Prints    facts for the shell, one a line as `KEY VALUE`, some of them secret; errors on standard error.
import { Client } from "./client.js";
import { finish, remove } from "./finish.js";
import { readInput } from "./input.js";
import { reconcile } from "./reconcile.js";

declare const input: string;

async function main(): Promise<void> {
  const facts = readInput(Buffer.from(input, "base64").toString("utf8"));
  const client = new Client(`http://${facts.address}`, facts.timeout);
  const phases = { reconcile, finish, remove };
  await phases[facts.phase](client, facts, (...words) => console.log(words.join(" ")));
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
