import { writeFileSync } from "node:fs";
import path from "node:path";
import { type Command, Option } from "commander";
import { GRACE_PERIOD, OWN_TABLES } from "../../constructs/nocodb/nocodb-props.js";
import type { Environment } from "../../settings/environment.js";
import { placesOf } from "../../settings/places.js";
import { cdktfDeploy } from "../cdktf-deploy.js";
import { confirm, requireAnswer } from "../confirm.js";
import { environmentNamed } from "../environment-files.js";
import { Failure, USAGE } from "../exit-codes.js";
import { readFromHost, runOnHost, unpackCommand } from "../run-on-host.js";
import { addVerb, ENVIRONMENT, YES } from "../verb.js";
import { BackupCopy, bytesOf, FILES, stream } from "./backup-copy.js";
import { backupInputOf } from "./backup-input.js";
import { fileWithImage, type Metadata, metadataIn, mismatches } from "./metadata.js";

export function addBackupRestore(backup: Command): void {
  addVerb(backup, "restore", {
    summary: "Go back to a backup, with the image that it was made under",
    details:
      "Says what would be lost and asks; restores database and data directory, sets image in the environment file, and deploys. What is there now is backed up first.",
    examples: [
      "backup restore prod",
      "backup restore prod 2026-11-24T030000Z-2026.09.0 --yes",
      "backup restore second --from /srv/backups/2026-11-24T030000Z-2026.09.0",
    ],
  })
    .argument(...ENVIRONMENT)
    .argument(
      "[backup]",
      "name of a backup on the host, as backup list prints it (default: the newest of a version that served)",
    )
    .addOption(
      new Option(
        "--from <copy>",
        "directory of a backup on this machine (see backup pull): it is sent to the host first",
      ),
    )
    .option("--discard", "make no backup of what is there now")
    .option(...YES)
    .action(restore);
}

interface Flags {
  readonly from?: string;
  readonly discard?: true;
  readonly yes?: true;
}

async function restore(name: string, named: string | undefined, { from, discard, yes }: Flags): Promise<void> {
  if (named !== undefined && from !== undefined) {
    throw new Failure(`${named} and --from ${from} name two backups: leave one out`, USAGE);
  }
  const environment = environmentNamed(name);
  const { host } = environment.ssh;
  const copy = from === undefined ? undefined : new BackupCopy(from);
  copy?.requireDirectory();
  if (copy) requireAnswer(`Restore ${copy.name} on ${host}?`, yes);
  const backup = copy ? await send(environment, copy) : (named ?? "latest");
  const input = restoreInput(environment, discard);
  const preview = await readFromHost(environment, "backup/restore", { ...input, backup, confirmed: "no" });
  const metadata = metadataIn(preview);
  refuseMismatches(environment, metadata);
  const { image = "" } = metadata;
  console.log(preview.replace(/^[\w.]+=.*\n/gm, "").trimEnd());
  console.log(`image then: ${image || "not known"}, image in the environment file: ${environment.image}`);
  const chosen = /^backup (\S+),/.exec(preview)![1]!;
  await confirm(`Restore ${chosen} on ${host}?`, yes);
  await runOnHost(environment, "backup/restore", { ...input, backup: chosen, confirmed: "yes" });
  if (image !== "" && image !== environment.image) setImage(environment, image);
  try {
    await cdktfDeploy(name);
  } catch (error) {
    console.error(`${chosen} is restored, but the deploy failed: npx cdktf deploy ${name}`);
    throw error;
  }
}

function restoreInput(environment: Environment, discard: boolean | undefined) {
  return {
    ...backupInputOf(environment),
    container: placesOf(environment).containerName,
    owned_tables: OWN_TABLES,
    grace_period: String(GRACE_PERIOD),
    discard: discard ? "yes" : "no",
  };
}

/** Everything that can be refused is refused before the backup travels. @returns its name on the host */
async function send(environment: Environment, copy: BackupCopy): Promise<string> {
  await copy.verify();
  const metadata = await copy.metadata();
  refuseMismatches(environment, metadata);
  const { withSynthesized } = await import("../synthesized.js");
  const next = { ...environment, ...(metadata.image && { image: metadata.image }) };
  if (!(await withSynthesized(next, ({ isHostReady }) => isHostReady({ restoring: "yes" })))) {
    throw new Failure(`${environment.ssh.host} is not ready for it (see above), and nothing was changed`);
  }
  const sums = await copy.sums();
  const bytes = bytesOf(sums);
  const expected = { bytes: String(bytes), sums: FILES.map((file) => `${file}=${sums[file]}`).join("\n") };
  const input = { ...backupInputOf(environment), backup: copy.name, ...expected };
  const directory = (await readFromHost(environment, "backup/receive", { ...input, directory: "" })).trim();
  // It is there already.
  if (directory === "") return copy.name;
  const pack = ["tar", "-C", path.dirname(path.resolve(copy.folder)), "-cf", "-", "--", copy.name];
  // macOS's tar would add files `._NAME` with a file's attributes.
  await stream(
    { argv: pack, env: { ...process.env, COPYFILE_DISABLE: "1" } },
    unpackCommand(environment, directory),
    bytes,
  );
  await readFromHost(environment, "backup/receive", { ...input, directory });
  return copy.name;
}

function refuseMismatches(environment: Environment, metadata: Metadata): void {
  const found = mismatches(environment, metadata, process.env);
  if (found.length === 0) return;
  throw new Failure(
    `Nothing was changed, because the backup and the environment do not match:\n- ${found.join("\n- ")}`,
  );
}

/** Comments and all other settings stay. */
function setImage(environment: Environment, image: string): void {
  const { file, text } = fileWithImage(environment, image);
  writeFileSync(file, text);
  console.log(`${file}: image is now ${image}`);
}
