import { describe, expect, test } from "vitest";
import { asRoot, HOSTILE, run, scratch } from "./host.js";

const directory = scratch("directory");
const manifest = `${directory}/manifest`;

const ensure = (path: string, owner = "deploy", mode = "0755", key = "a_directory") =>
  run(["common.sh", "ensure-directory.sh"], { manifest, key, observed: "new", path, owner, mode });

/** `mode owner:group` of each path, one a line. */
const rights = (...paths: string[]) => asRoot('stat -c "%a %u:%g" -- "$@"', ...paths);

const QUIET = { code: 0, stdout: "", stderr: "" };

describe("a directory that is missing", () => {
  const path = `${directory}/new/parents/it`;

  test("is made with its owner and mode, its parents root's and open to pass; twice", async () => {
    expect(await ensure(path, "deploy", "0750")).toEqual(QUIET);
    const once = await rights(path, `${directory}/new/parents`, `${directory}/new`);
    expect(once).toBe("750 1001:1001\n755 0:0\n755 0:0\n");
    expect(await ensure(path, "deploy", "0750")).toEqual(QUIET);
    expect(await rights(path, `${directory}/new/parents`, `${directory}/new`)).toBe(once);
  });

  test.each(Object.entries(HOSTILE))("has the very name that was asked for: %s", async (key, name) => {
    const hostile = `${directory}/names/${key}/ ${name} `;
    expect(await ensure(hostile, "1000:1000", "0700", `name_${key}`)).toEqual(QUIET);
    expect(await ensure(hostile, "1000:1000", "0700", `name_${key}`)).toEqual(QUIET);
    expect(await asRoot('ls -A -- "$1"', `${directory}/names/${key}`)).toBe(` ${name} \n`);
    expect(await rights(hostile)).toBe("700 1000:1000\n");
    expect(await asRoot('sed -n "s/^path=//p" "$1"', `${manifest}/name_${key}`)).toBe(`${hostile}\n`);
  });
});

describe("a directory that is there", () => {
  test("gets owner and mode as wanted, and what is in it keeps everything", async () => {
    const path = `${directory}/there`;
    await asRoot('mkdir -m 0777 "$1" && mkdir -m 0711 "$1/in" && echo rows >"$1/in/file" && chown -R 33:44 "$1"', path);
    expect(await ensure(path, "1000:1000")).toEqual(QUIET);
    expect(await rights(path, `${path}/in`, `${path}/in/file`)).toBe("755 1000:1000\n711 33:44\n644 33:44\n");
    expect(await asRoot('cat "$1/in/file"', path)).toBe("rows\n");
  });

  test("has the mode that was asked for and no bit more, also below a directory that hands its group down", async () => {
    const parent = `${directory}/handed-down`;
    await asRoot('mkdir "$1" && chown 0:44 "$1" && chmod 2775 "$1"', parent);
    for (const _ of ["once", "twice"]) {
      expect(await ensure(`${parent}/it`)).toEqual(QUIET);
      expect(await rights(`${parent}/it`, parent)).toBe("755 1001:1001\n2775 0:44\n");
    }
  });

  test("may be a link to one elsewhere: the link stays", async () => {
    const path = `${directory}/link`;
    await asRoot('mkdir "$1.elsewhere" && ln -s "$1.elsewhere" "$1"', path);
    expect(await ensure(path)).toEqual(QUIET);
    expect(await asRoot('readlink "$1" && stat -c %u "$1.elsewhere"', path)).toBe(`${path}.elsewhere\n1001\n`);
  });
});

describe("what is in the way is told and left as it was:", () => {
  test("a file", async () => {
    const path = `${directory}/file`;
    await asRoot('echo mine >"$1"', path);
    const { code, stderr } = await ensure(path);
    expect([code, stderr]).toEqual([1, `${path} is there, but it is no directory: move it away and deploy again\n`]);
    expect(await asRoot('cat "$1"', path)).toBe("mine\n");
    expect(await rights(path)).toBe("644 0:0\n");
  });

  test("a link that leads nowhere, and a parent that is a file", async () => {
    const path = `${directory}/nowhere`;
    await asRoot('ln -s "$1.gone" "$1" && echo mine >"$1.parent"', path);
    for (const [way, inTheWay] of [
      [path, path],
      [`${path}.parent/it`, `${path}.parent`],
    ] as const) {
      const { code, stderr } = await ensure(way);
      expect([code, stderr]).toEqual([1, expect.stringContaining(`'${inTheWay}'`)]);
    }
    expect(await asRoot('cat "$1.parent"; [ -e "$1.gone" ] || echo gone', path)).toBe("mine\ngone\n");
  });

  test("a user that the host does not know: nothing is made, nothing is noted", async () => {
    const path = `${directory}/unknown`;
    const { code, stderr } = await ensure(path, "no_such_user", "0755", "unknown");
    expect([code, stderr]).toEqual([1, "user no_such_user does not exist on the host\n"]);
    expect(await asRoot('ls -d "$1" "$2" 2>/dev/null || true', path, `${manifest}/unknown`)).toBe("");
  });
});

describe("the record", () => {
  test("can be read by root alone and holds the word of the plan as it is", async () => {
    const word = `mode 0777, not 0755 "$(id)' \\ %s ü`;
    const input = { manifest, key: "word", observed: word, path: `${directory}/word`, owner: "0:0", mode: "0700" };
    await run(["common.sh", "ensure-directory.sh"], input);
    expect(await rights(manifest, `${manifest}/word`)).toBe("700 0:0\n600 0:0\n");
    expect(await asRoot('cat "$1/word"', manifest)).toBe(
      `word=${word}\nkind=directory\npath=${directory}/word\nowner=0:0\nmode=0700\n`,
    );
    expect(await asRoot('ls -A "$1" | grep "^[.]" || true', manifest)).toBe("");
  });

  test("is written over what a killed run has left of it; all else stays", async () => {
    await asRoot('mkdir -p "$1" && touch "$1/.scratch.abcdef" "$1/.swept_not.abcdef"', manifest);
    expect(await ensure(`${directory}/swept`, "deploy", "0755", "swept")).toEqual(QUIET);
    expect(await asRoot('ls -A "$1" | grep "^[.]" || true', manifest)).toBe(".swept_not.abcdef\n");
    await asRoot('rm "$1/.swept_not.abcdef"', manifest);
  });

  test("does not close the directories above it to others", async () => {
    const deep = `${directory}/deep/configs/manifest`;
    const input = {
      manifest: deep,
      key: "a",
      observed: "",
      path: `${directory}/deep_data`,
      owner: "0:0",
      mode: "0755",
    };
    expect(await run(["common.sh", "ensure-directory.sh"], input)).toEqual(QUIET);
    expect(await rights(deep, `${directory}/deep/configs`, `${directory}/deep`)).toBe("700 0:0\n755 0:0\n755 0:0\n");
  });
});
