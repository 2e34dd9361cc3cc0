import type { Environment } from "../../settings/environment.js";
import { environmentFile } from "../environment-files.js";
import { Failure } from "../exit-codes.js";
import type { Input } from "../run-on-host.js";
import { backupInputOf } from "./backup-input.js";

/** What the programs for copies of backups expect. @throws Failure if the environment has no copies */
export function copyInputOf(environment: Environment): Input {
  if (environment.backups.copy) return backupInputOf(environment);
  const file = environmentFile(environment.name);
  throw new Failure(`backups.copyTo: is not set in ${file}, so there are no copies: set its repository and deploy`);
}
