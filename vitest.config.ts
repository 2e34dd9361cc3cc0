import { defineConfig } from "vitest/config";
import type { InlineConfig } from "vitest/node";
import { testInstances } from "./lab/instance.js";
import { LongestFirst } from "./tools/longest-first.js";

/** A tier on the lab. Each worker has a host of its own, which its files share one after another. */
const onTheHost = (
  name: string,
  groupOrder: number,
  own: Pick<InlineConfig, "include" | "setupFiles" | "testTimeout" | "maxWorkers" | "env"> = {},
) => ({
  test: {
    name,
    include: [`__tests__/${name}/**/*.test.ts`],
    globalSetup: ["__tests__/host-for-tests.ts"],
    setupFiles: ["__tests__/own-host.ts"],
    maxWorkers: testInstances().length,
    // One test may be a deploy with its wait for health; one hook may build images on a bare machine.
    testTimeout: 180_000,
    hookTimeout: 900_000,
    sequence: { groupOrder },
    ...own,
  },
});

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      // tsx and cdktf start slowly on a busy machine; no test of this tier waits on purpose. By default Vitest leaves one
      // processor unused.
      {
        test: {
          name: "unit",
          include: ["__tests__/unit/**/*.test.ts"],
          testTimeout: 30_000,
          maxWorkers: "100%",
          sequence: { groupOrder: 0 },
        },
      },
      onTheHost("integration", 1),
      onTheHost("e2e", 2, { setupFiles: ["__tests__/own-host.ts", "__tests__/e2e/fresh-host.ts"] }),
      // A load test, not a tier: `npm run streams`. On a busy machine its results mean nothing.
      onTheHost("streams", 3, { include: ["__tests__/e2e/under-load.streams.ts"], maxWorkers: 1 }),
      // The core lifecycle on one kind of host: `npm run hosts` runs it on each.
      onTheHost("hosts", 4, {
        include: ["__tests__/e2e/core-lifecycle.hosts.ts"],
        testTimeout: 600_000,
        maxWorkers: 1,
      }),
      // Hosts as people have them: `npm run gallery`.
      onTheHost("gallery", 5, { testTimeout: 900_000, maxWorkers: 1 }),
      // The lab's Docker Swarm cluster: `npm run cluster`.
      onTheHost("cluster", 6, {
        setupFiles: ["__tests__/own-host.ts", "__tests__/cluster/on-the-manager.ts"],
        env: { LAB_TEST_INSTANCE: process.env.LAB_TEST_INSTANCE ?? "cluster2" },
        maxWorkers: 1,
      }),
      // A real browser, which the command installs: `npm run browser`.
      onTheHost("browser", 7, { maxWorkers: 1 }),
    ],
  },
});
