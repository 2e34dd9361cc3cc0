import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { chart } from "../../../bench/chart.js";
import { withResults } from "../../../bench/page.js";
import { type Entry, type Results, readResults } from "../../../bench/results.js";

const empty = "before\n<!-- bench: written by npm run bench -->\n<!-- /bench -->\nafter\n";

const results = (...entries: Entry[]): Results => ({
  machine: { processors: "2", Terraform: "1.11.4" },
  leftOut: ["Ansible (not installed)"],
  rows: { plan: { date: "2026-11-28", load: 0.4, entries } },
});

const plan: Entry = {
  what: "`terraform plan`",
  product: { seconds: [2.5, 1.0, 1.5], megabytes: 90 },
  floor: { name: "flat app", samples: { seconds: [1, 1, 1], megabytes: 80 } },
  peers: { compose: { seconds: [4], lost: [7] } },
  target: { ratio: 1.3 },
};

test("a line has medians, the ratio to the floor, a missed target, the peers and the memory", () => {
  const page = withResults(empty, results(plan));
  expect(page).toContain(
    "| `terraform plan` | 1.50 s | flat app 1.00 s | 1.50x | 1.3x: **missed** | compose 4.00 s (7 lost) | 90 / 80 / - MB |\n",
  );
  expect(page).toContain("plan 2026-11-28 (3 rounds, 0.4)");
  expect(page).toContain("Left out: Ansible (not installed).");
  expect(page.startsWith("before\n") && page.endsWith("after\n")).toBe(true);
  expect(withResults(page, results(plan))).toBe(page);
});

test.each([
  [{ ratio: 1.5 }, "| 1.50x | 1.5x |"],
  [{ above: 0.4 }, "| +0.5 s | +0.4 s: **missed** |"],
  [{ above: 0.5 }, "| +0.5 s | +0.5 s |"],
  [{ seconds: 1 }, "| 1.50x | 1.0 s: **missed** |"],
])("the target %o is shown as %s", (target, cells) => {
  expect(withResults(empty, results({ ...plan, target }))).toContain(cells);
});

test("a page without the place for the table is an error", () => {
  expect(() => withResults("nothing\n", results(plan))).toThrow("the page has no lines");
});

test("the chart has a bar for each median", () => {
  const drawn = chart(results(plan));
  for (const median of ["1.50 s", "1.00 s", "4.00 s"]) expect(drawn).toContain(`>${median}<`);
});

test("page and chart in docs are what the results yield", () => {
  const page = readFileSync("docs/performance.md", "utf8");
  expect(withResults(page, readResults())).toBe(page);
  expect(chart(readResults())).toBe(readFileSync("docs/performance.svg", "utf8"));
});
