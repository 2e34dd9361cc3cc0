import { defineConfig } from "vitest/config";

/** A tier that needs the lab: its files share one host, so they run one after the other. */
const onTheHost = (name: string, groupOrder: number, own: { include?: string[]; setupFiles?: string[] } = {}) => ({
  test: {
    name,
    include: [`__tests__/${name}/**/*.test.ts`],
    globalSetup: ["__tests__/host-for-tests.ts"],
    fileParallelism: false,
    // A deploy with its wait for health is one test; building images on a bare machine is one hook.
    testTimeout: 180_000,
    hookTimeout: 900_000,
    sequence: { groupOrder },
    ...own,
  },
});

export default defineConfig({
  test: {
    projects: [
      // tsx and cdktf start slowly on a busy machine; nothing in this tier waits on purpose.
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
      // A load, not a tier: `npm run streams`. On a machine that is busy otherwise it tells of that machine.
      onTheHost("streams", 3, { include: ["__tests__/e2e/under-load.streams.ts"] }),
    ],
  },
});
