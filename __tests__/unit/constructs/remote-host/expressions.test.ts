import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { literal } from "../../../../constructs/remote-host/expressions.js";
import { shellWord } from "../../../../constructs/remote-host/shell-word.js";
import { evaluate } from "../../support/terraform.js";

/** Texts with a meaning for some layer between an environment file and the host. */
const hostile = {
  template: "${var.x} %{ if true } $${y} %%{z} $ % { } $$ %%",
  quotes: `'single' "double" \`back\` 'it'\\''s'`,
  backslash: "C:\\new\\table\\",
  lines: "one\ntwo\n\n  three\t",
  shell: "$HOME $(id) ; rm -rf / & # ! * ?",
  unicode: "zürich 東京 🗄️",
  blanks: "  two  ",
  empty: "",
};

test("a literal reaches Terraform unchanged", async () => {
  const templates = Object.fromEntries(Object.entries(hostile).map(([name, text]) => [name, literal(text)]));
  expect(await evaluate(templates)).toEqual(hostile);
});

describe("a shell word is one word of a command line", () => {
  test("with any content", () => {
    const words = Object.values(hostile);
    const command = `for each in ${words.map(shellWord).join(" ")}; do printf '%s\\0' "$each"; done`;
    expect(execFileSync("sh", ["-c", command], { encoding: "utf8" })).toBe(words.map((word) => `${word}\0`).join(""));
  });

  test.each(["ServerAliveInterval=15", "/opt/acme/a.sh", "deploy@host", "--", "ssh-%C"])(
    "%s needs no quotes",
    (word) => {
      expect(shellWord(word)).toBe(word);
    },
  );
});
