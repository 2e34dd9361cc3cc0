import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { asRoot, HOSTILE, run, scratch } from "./host.js";

const directory = scratch("file");
const records = `${directory}/records`;

interface Wanted {
  readonly content?: string;
  readonly owner?: string;
  readonly mode?: string;
}

const write = (path: string, { content = "", owner = "deploy", mode = "0600" }: Wanted = {}) =>
  run("host-file/apply", {
    records,
    key: "a_file",
    status: "new",
    path,
    owner,
    mode,
    content,
  });

const QUIET = { code: 0, stdout: "", stderr: "" };

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
/** `mode uid:gid bytes` and the fingerprint of a file. */
const seen = (path: string) => asRoot('stat -c "%a %u:%g %s" -- "$1" && sha256sum <"$1" | cut -d " " -f 1', path);
const wanted = (rights: string, content: string) => `${rights} ${Buffer.byteLength(content)}\n${sha256(content)}\n`;

const contents = {
  ...HOSTILE,
  "an env file of all of them": `${Object.entries(HOSTILE)
    .map(([name, value]) => `${name.toUpperCase()}=${value}`)
    .join("\n")}\n`,
  "no newline at its end": "A=1\nB=2",
  "only newlines": "\n\n\n",
  nothing: "",
  "lines with CRLF": "A=1\r\nB=2\r\n",
  "control characters": "\u0001\u0007\u001b[31m\t\u007f",
  "100 kB in one line": "0123456789abcdef$'\"\\%é".repeat(4300),
};

describe("the file holds the content byte for byte, twice:", () => {
  test.each(Object.entries(contents))("%s", async (_, content) => {
    const path = `${directory}/a.env`;
    expect(await write(path, { content })).toEqual(QUIET);
    expect(await write(path, { content })).toEqual(QUIET);
    expect(await seen(path)).toBe(wanted("600 1001:1001", content));
  });
});

test.each(Object.entries(HOSTILE))("the file has exactly the requested name: %s", async (key, name) => {
  const path = `${directory}/${key}/ ${name} `;
  await asRoot('mkdir -p "${1%/*}"', path);
  expect(await write(path, { content: "x", owner: "1000:1000", mode: "0640" })).toEqual(QUIET);
  expect(await seen(path)).toBe(wanted("640 1000:1000", "x"));
  expect(await asRoot('ls -A -- "${1%/*}"', path)).toBe(` ${name} \n`);
});

describe("an existing file", () => {
  test("is replaced in one step, whatever its owner and mode were", async () => {
    const path = `${directory}/there`;
    await asRoot('echo old >"$1" && chown 33:44 "$1" && chmod 0666 "$1" && ln "$1" "$1.still-open"', path);
    expect(await write(path, { content: "new" })).toEqual(QUIET);
    expect(await seen(path)).toBe(wanted("600 1001:1001", "new"));
    expect(await asRoot('cat "$1.still-open"', path)).toBe("old\n");
  });

  test("can be a link, which is replaced, and its target stays", async () => {
    const path = `${directory}/link`;
    await asRoot('echo mine >"$1.target" && ln -s "$1.target" "$1"', path);
    expect(await write(path, { content: "secret" })).toEqual(QUIET);
    expect(await asRoot('[ ! -L "$1" ] && cat "$1" "$1.target"', path)).toBe("secretmine\n");
  });
});

describe("whatever is in the way is reported, nothing is written, and nothing temporary stays:", () => {
  test("a directory, or a link to one", async () => {
    const path = `${directory}/in-the-way`;
    await asRoot('mkdir "$1" && ln -s "$1" "$1.link"', path);
    for (const way of [path, `${path}.link`]) {
      const said = `${way} exists, but it is a directory: move it away and deploy again\n`;
      expect(await write(way, { content: "secret" })).toEqual({ code: 1, stdout: "", stderr: said });
    }
    expect(await asRoot('ls -A "$1"; ls -d "$1"*', path)).toBe(`${path}\n${path}.link\n`);
  });

  test("an owner that the host does not know", async () => {
    const path = `${directory}/owner`;
    const said = "user no_such_user does not exist on the host\n";
    expect(await write(path, { content: "s", owner: "no_such_user" })).toEqual({ code: 1, stdout: "", stderr: said });
    expect(await asRoot('ls -d "$1"* || true', path)).toBe("");
  });

  test("no directory for it", async () => {
    const path = `${directory}/missing/a.env`;
    const { code, stderr } = await write(path, { content: "secret" });
    expect([code, stderr]).toEqual([1, expect.stringContaining(path)]);
  });
});

test("nothing temporary stays, and the record holds only a salted fingerprint of the content", async () => {
  const path = `${directory}/record/a.env`;
  await asRoot('mkdir "${1%/*}"', path);
  const content = "PASSWORD=sesame\n";
  await write(path, { content });
  const first = await asRoot('cat "$1/a_file"', records);
  await write(path, { content });
  const second = await asRoot('cat "$1/a_file"', records);
  expect(await asRoot('ls -A "${1%/*}"; find "$2" -newer "$1" -type f -not -name .history', path, records)).toBe(
    `a.env\n${records}/a_file\n`,
  );
  const [salt] = /(?<=^salt=).*/m.exec(first)!;
  expect(first).toBe(
    `status=new\nkind=file\npath=${path}\nowner=1001:1001\nmode=0600\nsalt=${salt}\nfingerprint=${sha256(salt + content)}\n`,
  );
  expect(second).not.toBe(first);
});
