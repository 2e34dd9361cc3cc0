import { describe, expect, test } from "vitest";
import { awks, call, library } from "../../../support/host-shell.js";

/** Ends a cell, so that an empty one shows: \037, which JSON never holds unescaped. */
const functions = library("nocodb/consumers/json.sh");
const separator = "\u001f";

const users = {
  list: [
    { id: "us1", email: "a@example.com", roles: "org-level-creator,super", invite_token: null },
    { id: "us2", email: "b@example.com", roles: null, age: -2.5e3, verified: true, blocked: false },
  ],
  pageInfo: { totalRows: 2, id: "page" },
};

describe.each(awks())("JSON read with %s", (_, first) => {
  const answered = (words: string[], input: string) => {
    const { status, stdout, stderr } = call(functions, words, { input, first });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout;
  };
  /** The cells of each line. */
  const rows = (json: unknown, list: string, ...fields: string[]): string[][] => {
    const text = answered(["rows", list, ...fields], typeof json === "string" ? json : JSON.stringify(json));
    const lines = text.split("\n").slice(0, -1);
    return lines.map((line) => line.split(separator).slice(0, -1));
  };
  const field = (json: string, name: string) => answered(["field", name], json);

  test("is a line for each element, with empty cells for null and for missing fields", () => {
    expect(rows(users, "list", "id", "roles", "invite_token", "phone")).toEqual([
      ["us1", "org-level-creator,super", "", ""],
      ["us2", "", "", ""],
    ]);
  });

  test("has numbers and truth values as they are written", () => {
    expect(rows(users, "list", "age", "verified", "blocked")[1]).toEqual(["-2500", "true", "false"]);
    expect(field('{"count":-2.5e3,"none":0}', "count")).toBe("-2.5e3\n");
    expect(field('{"count":-2.5e3,"none":0}', "none")).toBe("0\n");
  });

  test("is the same in every layout: in one line, in many, with carriage returns, between blanks", () => {
    const wanted = rows(users, "list", "id", "email", "roles", "verified");
    const pretty = JSON.stringify(users, null, "\t");
    for (const text of [pretty, pretty.replaceAll("\n", "\r\n"), ` \n${JSON.stringify(users, null, 1)}\n\n`]) {
      expect(rows(text, "list", "id", "email", "roles", "verified")).toEqual(wanted);
    }
  });

  test("has a field at the requested path, and at no other", () => {
    const deep = {
      user: { token: "deep" },
      list: [{ token: "listed" }],
      token: "good",
      more: { a: { token: "deeper" } },
    };
    expect(field(JSON.stringify(deep), "token")).toBe("good\n");
    expect(field(JSON.stringify({ ...deep, token: undefined }), "token")).toBe("\n");
    expect(field(JSON.stringify(deep), "more.a.token")).toBe("deeper\n");
    const me = { email: "a@example.com", roles: { "org-level-viewer": true, owner: false } };
    expect(field(JSON.stringify(me), "roles.org-level-viewer")).toBe("true\n");
  });

  test("has the elements of the requested list only, with their own fields and not those deeper in them", () => {
    const answer = {
      listing: [{ id: "no" }],
      users: {
        list: [{ meta: { id: "inner", tags: ["id", { id: "x" }] }, id: "u1" }, { meta: [{ id: "y" }] }],
        id: "no",
      },
      list: [{ id: "no" }],
    };
    expect(rows(answer, "users.list", "id", "meta.id")).toEqual([
      ["u1", "inner"],
      ["", ""],
    ]);
  });

  test("has no lines for an empty or missing list", () => {
    expect(rows({ list: [], id: "x" }, "list", "id")).toEqual([]);
    expect(rows({ id: "x", list: null }, "list", "id")).toEqual([]);
    expect(rows({ id: "x" }, "list", "id")).toEqual([]);
  });

  test("may hold any characters in values and keys: none of them moves a value to another place", () => {
    const hostile = ['"', "\\", "/", "{", "}", "[", "]", ":", ",", " ", "'", "n", "u0022", "$", "&", "ü", "😀", "null"];
    const pairs = hostile.flatMap((one) => hostile.map((other) => `${one}${other}`));
    const texts = [...hostile, ...pairs, ...pairs.flatMap((pair) => [`${pair}"`, `\\${pair}\\`, `","id":"${pair}`])];
    const list = texts.map((text, index) => ({ before: text, [`${text}k`]: text, id: `id${index}`, after: text }));
    const found = rows({ list, after: '"]}' }, "list", "before", "id", "after");
    expect(found).toEqual(texts.map((text, index) => [text, `id${index}`, text]));
  });

  test("has one line per element: line breaks and other escapes stay escaped", () => {
    expect(rows('{"list":[{"title":"a\\nb\\tc\\u001f\\u0022d","id":"x\\/y"}]}', "list", "title", "id")).toEqual([
      ["a\\nb\\tc\\u001f\\u0022d", "x/y"],
    ]);
  });

  test("that is not JSON, such as a page or a proxy's message, has no rows and empty fields", () => {
    const page = '<!DOCTYPE html>\n<html lang="en"><script>let a = {"token":"evil","list":[{"id":"x"}]}</script>';
    for (const text of [page, "", "\n", "null", '"token"', 'Bad Gateway: {"token":"evil"}']) {
      expect(rows(text, "list", "id")).toEqual([]);
      expect(field(text, "token")).toBe("");
    }
  });

  test("that breaks off has whole values only, and reading it ends", () => {
    const whole = JSON.stringify({ list: [{ id: 'a"b\\' }, { id: "c" }] });
    for (let length = 0; length < whole.length - 2; length++) {
      for (const cell of rows(whole.slice(0, length), "list", "id").flat()) expect(['a"b\\', "c"]).toContain(cell);
    }
    expect(rows(whole.slice(0, -2), "list", "id")).toEqual([['a"b\\'], ["c"]]);
  });

  describe("is read in linear time:", () => {
    const meta = JSON.stringify({ icon: "\\", colour: '"red"' });
    const list = Array.from({ length: 3700 }, (_, index) => ({
      ...{ id: `us${index}`, email: `user${index}@example.com`, roles: "org-level-viewer", invite_token: null },
      ...{ meta, tags: [1, 2, { id: "inner" }], bio: "x".repeat(100) },
    }));
    const odd = JSON.stringify({ list: [{ bio: '"\\'.repeat(1 << 16), id: "us0" }] });

    test.each([
      ["a megabyte in one line, as NocoDB sends it, in two seconds of processor time", JSON.stringify({ list }), 2],
      ["more in many lines in ten", JSON.stringify({ list }, null, 1), 10],
      ["a quarter of a megabyte of mostly escapes in ten", odd, 10],
    ])("%s", (_, text, limit) => {
      expect(text.length).toBeGreaterThan(text === odd ? 1 << 18 : 1 << 20);
      const { stdout, seconds } = call(functions, ["rows", "list", "id"], { input: text, first });
      const ids = text === odd ? ["us0"] : list.map(({ id }) => id);
      expect(stdout).toBe(ids.map((id) => `${id}${separator}\n`).join(""));
      expect(seconds).toBeLessThan(limit);
    });
  });
});

describe("a text as a JSON string", () => {
  test.each(['"', "\\", 'a "b" \\"c\\', "ü 😀", "$(id) `id` ${x} %s %%", "", " a  b ", "-n", "*"])("%j", (text) => {
    const { stdout } = call(functions, ["json_text", text]);
    expect(JSON.parse(stdout)).toBe(text);
  });
});
