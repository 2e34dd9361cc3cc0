/**
 * `npm run restore -- prod [BACKUP] [--yes]`: takes an environment back to a backup (the latest without a name), the image it
 * was made under included: says what will be lost and asks, restores database and data, sets `image` in the environment
 * file, deploys.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { parseDocument } from "yaml";
import type { Environment } from "../settings/environment.js";
import { agreed } from "./agreed.js";
import { deploy } from "./deploy.js";
import { backupsOf, environmentNamed, runOnHost, sayOnHost } from "./on-host.js";

const USAGE = "npm run restore -- ENVIRONMENT [BACKUP] [--yes]";
const SCRIPTS = ["backup.sh", "restore-backup.sh"];

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { yes: { type: "boolean" } }, allowPositionals: true });
  const [name, backup = "latest"] = positionals;
  const environment = environmentNamed(name, USAGE);
  if (typeof environment === "string") {
    console.error(environment);
    return 2;
  }
  const input = { ...backupsOf(environment), name: `${environment.project}_nocodb`, backup };
  const look = sayOnHost(environment, SCRIPTS, { ...input, really: "no" });
  if (look.status !== 0) return look.status;
  const lines = look.said.trimEnd().split("\n");
  const image = lines.pop()!;
  const chosen = /^backup (\S+),/.exec(lines[0]!)![1]!;
  console.log([...lines, `image then: ${image}, image in the environment file: ${environment.image}`].join("\n"));
  if (!values.yes && !(await agreed(`Restore ${chosen} on ${environment.ssh.host}?`))) return 1;
  const restored = runOnHost(environment, SCRIPTS, { ...input, backup: chosen, really: "yes" });
  if (restored !== 0) return restored;
  if (image !== "" && image !== environment.image) setImage(environment, image);
  return deploy(environment.name);
}

/** Comments and all else in the file stay. */
function setImage(environment: Environment, image: string): void {
  const folder = process.env.NOCODB_ENVIRONMENTS ?? "environments";
  const file = path.join(folder, `${environment.name}.yaml`);
  const document = parseDocument(readFileSync(file, "utf8"));
  document.set("image", image);
  writeFileSync(file, document.toString({ lineWidth: 0 }));
  console.log(`${file}: image is now ${image}`);
}

process.exitCode = await main();
