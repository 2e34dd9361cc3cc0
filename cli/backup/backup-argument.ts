import { Argument } from "commander";

/** The argument of verbs that take one backup, by default the newest. */
export function backupArgument(description = "name of a backup, as backup list prints it"): Argument {
  return new Argument("[backup]", description).default("latest", "the newest");
}
