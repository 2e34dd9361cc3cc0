import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { call, library, scratch } from "../../support/host-shell.js";

const functions = library("remote-host/marked-block.sh");
const file = path.join(scratch("block"), "its.env");

/** Output of a function for a file with that text; the text is bytes, one per character. */
function printed(words: string, text: string, { name = "nocodb n8n", input = "" } = {}): string {
  const { status, stdout, stderr } = asked(words, text, name, input);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

function asked(words: string, text: string, name = "nocodb n8n", input = "") {
  writeFileSync(file, text, "latin1");
  const output = `${file}.out`;
  const called = call(functions, ["eval", `set_marks '${name}'; ${words} '${file}' >'${output}'`], { input });
  return { ...called, stdout: readFileSync(output, "latin1") };
}

const added = (text: string, input = "TOKEN=x\n", name?: string) =>
  printed("file_with_block", text, { input, ...(name !== undefined && { name }) });
const removed = (text: string, name?: string) =>
  printed("file_without_block", text, name === undefined ? {} : { name });
const now = (text: string) => printed("current_block", text);

const begin = "# BEGIN nocodb n8n (kept by cdktf)";
const end = "# END nocodb n8n (kept by cdktf)";
const block = `${begin}\nTOKEN=x\n${end}\n`;

describe("a file that gets a block", () => {
  test.each([
    ["that is empty", ""],
    ["of one line", "A=1\n"],
    ["that ends without a newline", "A=1"],
    ["that ends with empty lines", "A=1\n\n\n"],
    ["of nothing but a newline", "\n"],
    ["with carriage returns", "A=1\r\nB=2\r\n"],
    ["that ends with a carriage return", "A=1\r"],
    ["with bytes that are not UTF-8", "A=\xff\xfe\x80\n"],
    ["with someone else's block", `${block.replaceAll("n8n", "openclaw")}A=1\n`],
    ["with lines that only look like marks", `A=${begin}\n ${begin}\n${begin} \n#${end}\n${end}\r\n`],
  ])("%s is byte for byte the same after it loses the block", (_, text) => {
    const has = added(text);
    expect(has.startsWith(text)).toBe(true);
    expect(now(has)).toBe("TOKEN=x\n");
    expect(removed(has)).toBe(text);
  });

  test("has it at its end, between marks that name the owner", () => {
    expect(added("A=1\n")).toBe(`A=1\n${block}`);
  });

  test("records in the mark that it had no newline at its end", () => {
    expect(added("A=1")).toBe(`A=1\n${block.replace(begin, `${begin}, newline added`)}`);
  });

  test("does not change when it gets the same block again", () => {
    for (const text of ["A=1\n", "A=1", ""]) expect(added(added(text))).toBe(added(text));
  });

  test("has new lines in the place of the old ones, and every other line where it was", () => {
    const text = `A=1\n${block}B=2`;
    expect(added(text, "TOKEN=y\nURL=z\n")).toBe(`A=1\n${begin}\nTOKEN=y\nURL=z\n${end}\nB=2`);
    expect(removed(text)).toBe("A=1\nB=2");
  });

  test("keeps the added newline if someone has written behind the block since", () => {
    expect(removed(`${added("A=1")}B=2\n`)).toBe("A=1\nB=2\n");
    expect(removed(`${added("A=1")}\n`)).toBe("A=1\n\n");
  });

  test("works without the newline behind its last mark", () => {
    const cut = `A=1\n${block}`.slice(0, -1);
    expect(now(cut)).toBe("TOKEN=x\n");
    expect(added(cut, "TOKEN=y\n")).toBe(cut.replace("=x", "=y"));
    expect(removed(cut)).toBe("A=1\n");
    expect(removed(added("A=1").slice(0, -1))).toBe("A=1");
  });
});

describe("the content of a block", () => {
  test("is empty if there is no block, and if the block was emptied", () => {
    expect(now("")).toBe("");
    expect(now("TOKEN=x\n")).toBe("");
    expect(now(`A=1\n${begin}\n${end}\nB=2\n`)).toBe("");
  });

  test("is every byte between the marks", () => {
    expect(now(`${begin}\n\n TOKEN=x \r\n\xff\n\n${end}\n`)).toBe("\n TOKEN=x \r\n\xff\n\n");
  });
});

describe("several owners of one file", () => {
  const owners = ["nocodb n8n", "nocodb n8n-worker", "nocodb n8n-w", "noco.example.com", "noco-example.com"];

  test("do not interfere, even if one name is the beginning of the other or matches it as a pattern", () => {
    const all = owners.reduce((text, owner) => added(text, `OF=${owner}\n`, owner), "A=1");
    for (const name of owners) {
      expect(printed("current_block", all, { name })).toBe(`OF=${name}\n`);
      expect(added(all, "NEW=1\n", name)).toBe(all.replace(`OF=${name}\n`, "NEW=1\n"));
      const rest = removed(all, name);
      for (const other of owners) {
        expect(printed("current_block", rest, { name: other })).toBe(other === name ? "" : `OF=${other}\n`);
      }
    }
  });

  test("may leave in any order, and the file is as it was", () => {
    const two = owners.slice(0, 2);
    for (const order of [two, [...two].reverse()]) {
      const both = two.reduce((text, owner) => added(text, `OF=${owner}\n`, owner), "A=1\n");
      expect(order.reduce((text, owner) => removed(text, owner), both)).toBe("A=1\n");
    }
  });
});

describe.each(["current_block", "file_with_block", "file_without_block"])("%s, with ambiguous marks,", (words) => {
  test.each([
    ["two blocks", `${block}${block}`],
    ["two beginnings", `${begin}\n${block}`],
    ["two beginnings, one of them with the newline", `${begin}, newline added\n${block}`],
    ["two ends", `${block}${end}\n`],
    ["a beginning alone", `A=1\n${begin}\n`],
    ["an end alone", `${end}\nA=1\n`],
    ["the end before the beginning", `${end}\nA=1\n${begin}\n`],
  ])("refuses %s, names the place, and writes nothing", (_, text) => {
    const { status, stdout, stderr } = asked(words, text, "nocodb n8n", "TOKEN=y\n");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(`${file}: `);
    expect(stderr).toContain(`'${end}'`);
    expect(stderr).toContain("it by hand\n");
  });
});
