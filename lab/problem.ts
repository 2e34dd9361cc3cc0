/** A problem that a person can solve: what is wrong, and what to do. Shown as one red line, without a stack. */
export class LabProblem extends Error {
  override readonly name = "LabProblem";

  constructor(
    problem: string,
    readonly remedy: string,
  ) {
    super(problem.includes("\n") ? `${problem}\n${remedy}` : `${problem}. ${remedy}`);
  }
}
