export const DONE = 0;
export const FAILED = 1;
export const DRIFT = 2;
export const DECLINED = 3;
export const USAGE = 64;
export const INVALID = 65;
/** After Ctrl-C, as of any program. */
export const INTERRUPTED = 130;

/** What --help says of the exit codes. */
export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [DONE, "done; of drift: no drift; of status: all is fine; of plan: nothing to do"],
  [
    FAILED,
    "failed or could not check, for example because the host cannot be reached; of status: something is unknown",
  ],
  [DRIFT, "drift; of status: something to fix; of plan: changes"],
  [DECLINED, "the question was not answered with yes"],
  [USAGE, "usage: an unknown verb, flag or environment, a missing argument, or no --yes without a terminal"],
  [INVALID, "an environment file is invalid"],
];

/** Ends the command. The message is empty if whoever failed has already printed the reason. */
export class Failure extends Error {
  constructor(
    message = "",
    readonly exitCode: number = FAILED,
  ) {
    super(message);
  }
}
