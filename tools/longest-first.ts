import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take longer than a quarter of their tier. The other worker runs the rest of the tier meanwhile. */
const LONG = /\/lifecycle\.test\.ts$/;

/** Vitest's own order, but long files begin first: otherwise one worker ends with them while the other has nothing to do. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
