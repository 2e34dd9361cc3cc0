/** Something a person can put right: what is wrong, and what to do about it. Shown as one red line, without a stack. */
export class LabProblem extends Error {
  override readonly name = "LabProblem";

  constructor(
    problem: string,
    readonly cure: string,
  ) {
    super(problem.includes("\n") ? `${problem}\n${cure}` : `${problem}. ${cure}`);
  }
}
