import { defineConfig } from "vitest/config";

/** A tier on the lab. Its files share one host, so they run one after another. */
const onTheHost = (
  name: string,
  groupOrder: number,
  own: { include?: string[]; setupFiles?: string[]; testTimeout?: number } = {},
) => ({
  test: {
    name,
    include: [`__tests__/${name}/**/*.test.ts`],
    globalSetup: ["__tests__/host-for-tests.ts"],
    fileParallelism: false,
    // One test may be a deploy with its wait for health; one hook may build images on a bare machine.
    testTimeout: 180_000,
    hookTimeout: 900_000,
    sequence: { groupOrder },
    ...own,
  },
});

export default defineConfig({
  test: {
    projects: [
      // tsx and cdktf start slowly on a busy machine; no test of this tier waits on purpose.
      {
        test: {
          name: "unit",
          include: ["__tests__/unit/**/*.test.ts"],
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      onTheHost("integration", 1),
      onTheHost("e2e", 2, { setupFiles: ["__tests__/e2e/fresh-host.ts"] }),
      // A load test, not a tier: `npm run streams`. On a busy machine its results mean nothing.
      onTheHost("streams", 3, { include: ["__tests__/e2e/under-load.streams.ts"] }),
      // The core lifecycle on one kind of host: `npm run hosts` runs it on each.
      onTheHost("hosts", 4, { include: ["__tests__/e2e/core-lifecycle.hosts.ts"], testTimeout: 600_000 }),
    ],
  },
});
