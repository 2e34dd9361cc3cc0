/**
 * `npm run restore -- prod [BACKUP] [--yes] [--discard]`: takes an environment back to a backup (the latest without a name),
 * the image it was made under included: says what will be lost and asks, restores database and data, sets `image` in the
 * environment file, deploys. What is there now is backed up first, unless it shall be discarded.
 *
 * `--from DIRECTORY/BACKUP` takes a backup of this machine (npm run pull-backup), and sends it to the host first: so it comes
 * to an empty one.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Environment } from "../settings/environment.js";
import { agreed } from "./agreed.js";
import { BackupCopy, bytesOf, FILES, stream } from "./backup-copy.js";
import { type Facts, factsIn, fileWithImage, mismatches } from "./backup-facts.js";
import { deploy } from "./deploy.js";
import { backupsOf, environmentNamed, runOnHost, sayOnHost, unpackOnHost } from "./on-host.js";
import { withSynthesized } from "./synthesized.js";

const USAGE = "npm run restore -- ENVIRONMENT [BACKUP | --from DIRECTORY/BACKUP] [--yes] [--discard]";
const SCRIPTS = ["backup.sh", "restore-backup.sh"];
const OPTIONS = { yes: { type: "boolean" }, discard: { type: "boolean" }, from: { type: "string" } } as const;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const [name, named = "latest", ...more] = positionals;
  const environment = environmentNamed(name, USAGE);
  if (typeof environment === "string" || more.length > 0 || (values.from && named !== "latest")) {
    console.error(typeof environment === "string" ? environment : `usage: ${USAGE}`);
    return 2;
  }
  const backup = values.from === undefined ? named : await send(environment, new BackupCopy(values.from));
  const input = {
    ...backupsOf(environment),
    name: `${environment.project}_nocodb`,
    discard: values.discard ? "yes" : "no",
  };
  const look = sayOnHost(environment, SCRIPTS, { ...input, backup, really: "no" });
  if (look.status !== 0) return look.status;
  const facts = factsIn(look.said);
  refuseMismatches(environment, facts);
  const { image = "" } = facts;
  console.log(look.said.replace(/^\w+=.*\n/gm, "").trimEnd());
  console.log(`image then: ${image || "not known"}, image in the environment file: ${environment.image}`);
  const chosen = /^backup (\S+),/.exec(look.said)![1]!;
  if (!values.yes && !(await agreed(`Restore ${chosen} on ${environment.ssh.host}?`))) return 1;
  const restored = runOnHost(environment, SCRIPTS, { ...input, backup: chosen, really: "yes" });
  if (restored !== 0) return restored;
  if (image !== "" && image !== environment.image) setImage(environment, image);
  const deployed = deploy(environment.name);
  if (deployed !== 0)
    console.error(`${chosen} is restored, the deploy has failed: npx cdktf deploy ${environment.name}`);
  return deployed;
}

/** All that can be refused is refused before the backup travels. @returns its name on the host */
async function send(environment: Environment, copy: BackupCopy): Promise<string> {
  const trouble = await copy.trouble();
  if (trouble !== undefined) throw new Error(trouble);
  const facts = await copy.facts();
  refuseMismatches(environment, facts);
  const next = { ...environment, ...(facts.image && { image: facts.image }) };
  if (withSynthesized(next, ({ probe }) => probe({ restoring: "yes" }, "ignore")) !== 0)
    throw new Error(`${environment.ssh.host} is not ready for it`);
  const sums = await copy.sums();
  const bytes = bytesOf(sums);
  const told = { bytes: String(bytes), sums: FILES.map((file) => `${file}=${sums[file]}`).join("\n") };
  const input = { ...backupsOf(environment), backup: copy.name, ...told };
  const receive = (directory: string) => {
    const { status, said } = sayOnHost(environment, ["backup.sh", "receive-backup.sh"], { ...input, directory });
    if (status !== 0) throw new Error("the backup could not be sent");
    return said.trim();
  };
  const directory = receive("");
  if (directory === "") return copy.name;
  const pack = ["tar", "-C", path.dirname(path.resolve(copy.folder)), "-cf", "-", "--", copy.name];
  await stream({ argv: pack }, unpackOnHost(environment, directory), bytes);
  receive(directory);
  return copy.name;
}

function refuseMismatches(environment: Environment, facts: Facts): void {
  const found = mismatches(environment, facts, process.env);
  if (found.length === 0) return;
  throw new Error(`Nothing was changed, because the backup and the environment do not match:\n- ${found.join("\n- ")}`);
}

/** Comments and all else in the file stay. */
function setImage(environment: Environment, image: string): void {
  const { file, text } = fileWithImage(environment, image);
  writeFileSync(file, text);
  console.log(`${file}: image is now ${image}`);
}

process.exitCode = await main().catch((error: Error) => {
  console.error(error.message);
  return 1;
});
