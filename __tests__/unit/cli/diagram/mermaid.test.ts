import { expect, test } from "vitest";
import { mermaid } from "../../../../cli/diagram/mermaid.js";
import type { Link, Part } from "../../../../cli/diagram/picture.js";

const part = (id: string, ...lines: string[]): Part => ({ id, shape: "box", lines: [id, ...lines], onHost: true });
const calls = (from: string, to: string, label: string): Link => ({ from, to, kind: "calls", label });
const drawn = (parts: Part[], links: Link[]) => mermaid({ host: "h", parts, links }).split("\n").slice(2, -2);

test("a part is described where it is first named", () => {
  expect(drawn([part("a"), part("b")], [calls("a", "b", "1"), calls("b", "a", "2")])).toEqual([
    '    a["a"] -->|"1"| b["b"]',
    '    b -->|"2"| a',
  ]);
});

test("links with the same label and end are one line", () => {
  const parts = ["a", "b", "c"].map((id) => part(id));
  expect(drawn(parts, [calls("a", "c", "1"), calls("b", "c", "1")])).toEqual(['    a["a"] & b["b"] -->|"1"| c["c"]']);
  expect(drawn(parts, [calls("a", "b", "1"), calls("a", "c", "1")])).toEqual(['    a["a"] -->|"1"| b["b"] & c["c"]']);
});

test("a part is described before a line that would be too long", () => {
  const long = "x".repeat(100);
  expect(drawn([part("a", long), part("b")], [calls("a", "b", "1")])).toEqual([
    `    a["a<br>${long}"]`,
    '    a -->|"1"| b["b"]',
  ]);
});

test("a part without a link is drawn, on the host or beside it", () => {
  expect(drawn([part("a")], [])).toEqual(['    a["a"]']);
});

test("characters that Mermaid or HTML would read as their own are escaped", () => {
  const [line] = drawn([part("a", 'A "base" <b> #1; `x`')], []);
  expect(line).toBe('    a["a<br>A #34;base#34; #60;b#62; #35;1#59; #96;x#96;"]');
});
