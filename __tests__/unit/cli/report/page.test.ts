import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { page } from "../../../../cli/report/page.js";
import { scratch } from "../../support/host-shell.js";
import { facts } from "./facts.js";

const SVG = '<?xml version="1.0"?>\n<!-- of a library -->\n<svg viewBox="0 0 9 9"><text>acme_nocodb</text></svg>\n';
const html = page(facts(), SVG);

test("the page needs nothing but itself", () => {
  expect(html).not.toMatch(/<(?:script|link|img|iframe)\b|\b(?:src|href)=|url\(|@import/);
  expect(html).toContain("default-src 'none'; style-src 'unsafe-inline'");
});

test("it has the words of status, with mark and fix, and nothing of them is markup", () => {
  expect(html).toContain("1 ok, 1 to fix, 1 unknown");
  expect(html).toMatch(
    /<li class="wrong"><b>✗<\/b><span class="name">image<\/span><span>an &#60;old&#62; image<\/span>/,
  );
  expect(html).toContain("Fix: <code>npx cdktf deploy prod</code>");
});

test("the newest events come first, and the others can be unfolded", () => {
  const order = [...html.matchAll(/: change (\d+) of/g)].map(([, number]) => Number(number));
  expect(order).toEqual(Array.from({ length: 25 }, (_, index) => 24 - index));
  expect(html.indexOf("<details><summary>5 older</summary>")).toBeGreaterThan(html.indexOf(": change 5 of"));
  expect(html).toContain("31 s, jane@laptop, run run-7, nocodb/nocodb:2026.10.1");
});

test("the picture is part of the page, without the head of a file", () => {
  expect(html).toContain('<div class="picture"><svg viewBox="0 0 9 9"><text>acme_nocodb</text></svg>');
});

test("a host that could not be asked is told, with the reason", () => {
  const status = { ...facts().status, result: "failed" as const, cause: "ssh: timed out", rows: [] };
  const told = page(facts({ status, history: [], usage: [] }), SVG);
  expect(told).toContain("The host could not be asked: ssh: timed out");
  for (const nothing of ["Nothing is known", "Nothing has been measured yet", "Nothing is in the history"]) {
    expect(told).toContain(nothing);
  }
});

const hasChromium = spawnSync("chromium", ["--version"]).status === 0;

describe.skipIf(!hasChromium)("in a browser", () => {
  const folder = scratch("report");

  /** What Chromium finds in the page at a width. */
  function seen(width: number): { overflow: number; requests: number; rows: number; chart: number } {
    const frame = path.join(folder, `${width}.html`);
    const embedded = html.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
    writeFileSync(
      frame,
      `<iframe style="width:${width}px;height:900px;border:0" srcdoc="${embedded}"></iframe><pre></pre><script>
onload = () => {
  const { contentDocument: page, contentWindow: view } = document.querySelector("iframe");
  const overflow = page.documentElement.scrollWidth - page.documentElement.clientWidth;
  const requests = view.performance.getEntriesByType("resource").length;
  const rows = page.querySelectorAll("ul.rows li").length;
  const chart = page.querySelector(".chart").getBoundingClientRect().width;
  document.querySelector("pre").textContent = JSON.stringify({ overflow, requests, rows, chart });
};</script>`,
    );
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=1400,1000", "--dump-dom"];
    const profile = `--user-data-dir=${path.join(folder, "profile")}`;
    const dom = execFileSync("chromium", [...flags, profile, `file://${frame}`], { encoding: "utf8", stdio: "pipe" });
    return JSON.parse(/<pre>(\{.*\})<\/pre>/.exec(dom)![1]!);
  }

  test.each([
    ["a phone", 390],
    ["a desktop", 1280],
  ])("on %s it fits, and asks for nothing", (_, width) => {
    const { chart, ...found } = seen(width);
    expect(found).toEqual({ overflow: 0, requests: 0, rows: 3 });
    expect(chart).toBeGreaterThan(300);
  });
});
