import { expect, test } from "vitest";
import { amount, chart, seriesOf } from "../../../../cli/report/chart.js";
import { facts } from "./facts.js";

const [memory, disk] = seriesOf(facts().usage);

test("a chart goes from zero to the limit, or to the size of the disk", () => {
  expect(memory?.most).toBe(512);
  expect(chart(memory!)).toMatch(/>0<.*>256 MiB<.*>512 MiB</);
  expect(chart(disk!)).toContain(">39 GiB<");
});

test("there is a gap where the container did not run", () => {
  const drawn = chart(memory!);
  expect(drawn.match(/<polyline points="[^"]*"/g)).toHaveLength(1);
  expect(drawn.match(/<circle /g)).toHaveLength(1);
});

test("one sample is a point, with its time", () => {
  const drawn = chart({ title: "Disk", points: [[Date.parse("2026-11-29T05:00:00Z"), 5]], most: 10 });
  expect(drawn).toContain('<circle cx="58.0"');
  expect(drawn).toContain(">11-29 05:00<");
  expect(drawn).not.toContain("NaN");
});

test.each([
  [0, "0"],
  [512, "512 MiB"],
  [1536, "1.5 GiB"],
  [40_000, "39 GiB"],
])("%d MiB are shown as %s", (mebibytes, shown) => {
  expect(amount(mebibytes)).toBe(shown);
});
