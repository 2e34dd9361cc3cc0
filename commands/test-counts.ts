/** How many tests ended in which way. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export const passed: Counts = { passed: 1, failed: 0, skipped: 0 };
export const failed: Counts = { passed: 0, failed: 1, skipped: 0 };

export function sum(counts: readonly Counts[]): Counts {
  return counts.reduce(
    (total, each) => ({
      passed: total.passed + each.passed,
      failed: total.failed + each.failed,
      skipped: total.skipped + each.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/**
 * Counts vitest's JSON report. A file that could not be loaded, or whose hook failed, has no failed test of its own and
 * counts as one; so does a run that ended badly for a reason that no test names.
 */
export function countReport(report: string | undefined, exitCode: number): Counts {
  if (report === undefined) return failed;
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults }: Report = JSON.parse(report);
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((each) => each.status === "failed"),
  );
  const failures = numFailedTests + broken.length;
  return {
    passed: numPassedTests,
    failed: failures === 0 && exitCode !== 0 ? 1 : failures,
    skipped: numPendingTests + numTodoTests,
  };
}

/** Why the tiers that need a Docker host cannot run here; undefined when they can. */
export function whyNotOnAHost(
  dockerVersion: { code: number; output: string },
  labInstallsOne: boolean,
): string | undefined {
  if (dockerVersion.code === 0 || labInstallsOne) return undefined;
  const reason = dockerVersion.output.trim().split("\n").at(-1);
  return `no Docker engine answers (${reason}); start one, or run this as root on Debian with DOCKER_HOST unset`;
}
