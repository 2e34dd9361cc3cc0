/** The operator's program; bin/nocodb-host.mjs runs it. */
import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";
import { addAdopt } from "./adopt/adopt.js";
import { addAlertsTest } from "./alerts/test.js";
import { addBackupCopy } from "./backup/copy.js";
import { addBackupCreate } from "./backup/create.js";
import { addBackupFetch } from "./backup/fetch.js";
import { addBackupList } from "./backup/list.js";
import { addBackupPull } from "./backup/pull.js";
import { addBackupRestore } from "./backup/restore.js";
import { addBackupVerify } from "./backup/verify.js";
import { addCompletion } from "./completion/completion.js";
import { addDiagram } from "./diagram/diagram.js";
import { addDrift } from "./drift.js";
import { DONE, EXIT_CODES, FAILED, Failure, USAGE } from "./exit-codes.js";
import { addHistory } from "./history.js";
import { addInit } from "./init/init.js";
import { addLogs } from "./logs.js";
import { addPlan } from "./plan/plan.js";
import { addReport } from "./report/report.js";
import { addRotateToken } from "./rotate/token.js";
import { addSecretList } from "./secret/list.js";
import { addSecretRotate } from "./secret/rotate.js";
import { addSecretSet } from "./secret/set.js";
import { addSignIn } from "./sign-in.js";
import { addStateDiscard } from "./state/discard.js";
import { addStateRelease } from "./state/release.js";
import { addStatus } from "./status/status.js";
import { addValidate } from "./validate.js";
import { addVerb, examplesOf } from "./verb.js";

/** The program with all its verbs. */
export function nocodbHost(): Command {
  const program = new Command("npx nocodb-host")
    .description(
      "Operates NocoDB on the hosts of the environment files. Deploying is cdktf's: npx cdktf diff|deploy|destroy prod.",
    )
    .addHelpText(
      "after",
      `\nExit codes:\n${EXIT_CODES.map(([code, meaning]) => `  ${code}`.padEnd(6) + meaning).join("\n")}`,
    )
    .addHelpText(
      "after",
      examplesOf(["validate", "plan prod", "drift prod", "backup create prod", "rotate token prod n8n"]),
    )
    .showHelpAfterError("--help shows verbs, arguments, flags and examples")
    .helpCommand(false)
    .exitOverride();
  addInit(program);
  addValidate(program);
  addStatus(program);
  addPlan(program);
  addDrift(program);
  addDiagram(program);
  addHistory(program);
  addReport(program);
  addLogs(program);
  addSignIn(program);
  const backup = addVerb(program, "backup", {
    summary: "Backups of database and data directory",
    examples: [
      "backup create prod",
      "backup list prod",
      "backup verify prod",
      "backup pull prod /srv/backups",
      "backup restore prod",
    ],
  });
  const verbs = [addBackupCreate, addBackupList, addBackupVerify, addBackupCopy, addBackupFetch];
  for (const add of [...verbs, addBackupPull, addBackupRestore]) add(backup);
  const secret = addVerb(program, "secret", {
    summary: "NocoDB's secrets, which only the host keeps",
    examples: ["secret list prod", "secret set prod NC_SMTP_PASSWORD", "secret rotate prod database"],
  });
  for (const add of [addSecretList, addSecretSet, addSecretRotate]) add(secret);
  const rotate = addVerb(program, "rotate", {
    summary: "New API tokens",
    examples: ["rotate token prod n8n"],
  });
  addRotateToken(rotate);
  const alerts = addVerb(program, "alerts", {
    summary: "Messages about what breaks and what recovers",
    examples: ["alerts test prod"],
  });
  addAlertsTest(alerts);
  addAdopt(program);
  const state = addVerb(program, "state", {
    summary: "Terraform states and hosts that were lost",
    examples: ["state release prod", "state discard prod"],
  });
  for (const add of [addStateRelease, addStateDiscard]) add(state);
  addCompletion(program);
  return program;
}

/** Runs one command and prints its error. @returns its exit code */
export async function run(words: readonly string[]): Promise<number> {
  try {
    await nocodbHost().parseAsync(words, { from: "user" });
    return DONE;
  } catch (error) {
    // commander has printed it; --help counts as one, with exit code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : USAGE;
    const isExpected = error instanceof Failure || (error instanceof Error && "syscall" in error);
    if (!isExpected) throw error;
    if (error.message !== "") console.error(error.message);
    return error instanceof Failure ? error.exitCode : FAILED;
  }
}

// A reader such as `head` may stop early. That is not a failure, and nothing more can be printed.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});
if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await run(process.argv.slice(2));
