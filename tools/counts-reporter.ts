import type { Reporter, TestModule } from "vitest/node";

/** How many tests passed, failed and were skipped. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A vitest reporter that sends the counts of a run to the process that started it. */
export default class CountsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const states = modules.flatMap(statesOf);
    const count = (state: string) => states.filter((each) => each === state).length;
    const [passed, failed] = [count("passed"), count("failed")];
    process.send?.({ passed, failed, skipped: states.length - passed - failed } satisfies Counts);
  }
}

/** A file whose hook failed or that could not be loaded has no failed test; it counts as one failure of its own. */
function statesOf(module: TestModule): string[] {
  const states = [...module.children.allTests()].map((test) => test.result().state);
  return module.state() === "failed" && !states.includes("failed") ? [...states, "failed"] : states;
}
