import { describe, expect, test } from "vitest";
import { asRoot, HOSTILE, run, scratch } from "./host.js";

const directory = scratch("directory");
const records = `${directory}/records`;

const apply = (path: string, owner = "deploy", mode = "0755", key = "a_directory") =>
  run("host-directory/apply", { records, key, status: "new", path, owner, mode });

/** `mode owner:group` of each path, one a line. */
const rights = (...paths: string[]) => asRoot('stat -c "%a %u:%g" -- "$@"', ...paths);

const QUIET = { code: 0, stdout: "", stderr: "" };

describe("a directory that is missing", () => {
  const path = `${directory}/new/parents/it`;

  test("is created with its owner and mode, and its parents for root and open to pass; twice", async () => {
    expect(await apply(path, "deploy", "0750")).toEqual(QUIET);
    const once = await rights(path, `${directory}/new/parents`, `${directory}/new`);
    expect(once).toBe("750 1001:1001\n755 0:0\n755 0:0\n");
    expect(await apply(path, "deploy", "0750")).toEqual(QUIET);
    expect(await rights(path, `${directory}/new/parents`, `${directory}/new`)).toBe(once);
  });

  test.each(Object.entries(HOSTILE))("has exactly the requested name: %s", async (key, name) => {
    const hostile = `${directory}/names/${key}/ ${name} `;
    expect(await apply(hostile, "1000:1000", "0700", `name_${key}`)).toEqual(QUIET);
    expect(await apply(hostile, "1000:1000", "0700", `name_${key}`)).toEqual(QUIET);
    expect(await asRoot('ls -A -- "$1"', `${directory}/names/${key}`)).toBe(` ${name} \n`);
    expect(await rights(hostile)).toBe("700 1000:1000\n");
    expect(await asRoot('sed -n "s/^path=//p" "$1"', `${records}/name_${key}`)).toBe(`${hostile}\n`);
  });
});

describe("an existing directory", () => {
  test("gets the requested owner and mode, and its content keeps everything", async () => {
    const path = `${directory}/there`;
    await asRoot('mkdir -m 0777 "$1" && mkdir -m 0711 "$1/in" && echo rows >"$1/in/file" && chown -R 33:44 "$1"', path);
    expect(await apply(path, "1000:1000")).toEqual(QUIET);
    expect(await rights(path, `${path}/in`, `${path}/in/file`)).toBe("755 1000:1000\n711 33:44\n644 33:44\n");
    expect(await asRoot('cat "$1/in/file"', path)).toBe("rows\n");
  });

  test("has exactly the requested mode, also below a directory with the setgid bit", async () => {
    const parent = `${directory}/handed-down`;
    await asRoot('mkdir "$1" && chown 0:44 "$1" && chmod 2775 "$1"', parent);
    for (const _ of ["once", "twice"]) {
      expect(await apply(`${parent}/it`)).toEqual(QUIET);
      expect(await rights(`${parent}/it`, parent)).toBe("755 1001:1001\n2775 0:44\n");
    }
  });

  test("can be a link to another directory, which stays", async () => {
    const path = `${directory}/link`;
    await asRoot('mkdir "$1.elsewhere" && ln -s "$1.elsewhere" "$1"', path);
    expect(await apply(path)).toEqual(QUIET);
    expect(await asRoot('readlink "$1" && stat -c %u "$1.elsewhere"', path)).toBe(`${path}.elsewhere\n1001\n`);
  });
});

describe("whatever is in the way is reported and stays unchanged:", () => {
  test("a file", async () => {
    const path = `${directory}/file`;
    await asRoot('echo mine >"$1"', path);
    const { code, stderr } = await apply(path);
    expect([code, stderr]).toEqual([1, `${path} exists, but it is not a directory: move it away and deploy again\n`]);
    expect(await asRoot('cat "$1"', path)).toBe("mine\n");
    expect(await rights(path)).toBe("644 0:0\n");
  });

  test("a broken link, and a parent that is a file", async () => {
    const path = `${directory}/nowhere`;
    await asRoot('ln -s "$1.gone" "$1" && echo mine >"$1.parent"', path);
    for (const [way, inTheWay] of [
      [path, path],
      [`${path}.parent/it`, `${path}.parent`],
    ] as const) {
      const { code, stderr } = await apply(way);
      expect([code, stderr]).toEqual([1, expect.stringContaining(`'${inTheWay}'`)]);
    }
    expect(await asRoot('cat "$1.parent"; [ -e "$1.gone" ] || echo gone', path)).toBe("mine\ngone\n");
  });

  test("a user that the host does not know: nothing is created and nothing recorded", async () => {
    const path = `${directory}/unknown`;
    const { code, stderr } = await apply(path, "no_such_user", "0755", "unknown");
    expect([code, stderr]).toEqual([1, "user no_such_user does not exist on the host\n"]);
    expect(await asRoot('ls -d "$1" "$2" 2>/dev/null || true', path, `${records}/unknown`)).toBe("");
  });
});

describe("the record", () => {
  test("can be read only by root and holds the status of the plan unchanged", async () => {
    const status = `mode 0777, not 0755 "$(id)' \\ %s ü`;
    const input = { records, key: "status", status, path: `${directory}/status`, owner: "0:0", mode: "0700" };
    await run("host-directory/apply", input);
    expect(await rights(records, `${records}/status`)).toBe("700 0:0\n600 0:0\n");
    expect(await asRoot('cat "$1/status"', records)).toBe(
      `status=${status}\nkind=directory\npath=${directory}/status\nowner=0:0\nmode=0700\n`,
    );
    expect(await asRoot('ls -A -I .history "$1" | grep "^[.]" || true', records)).toBe("");
  });

  test("is written beside no leftovers of a killed run; everything else stays", async () => {
    await asRoot('mkdir -p "$1" && touch "$1/.scratch.abcdef" "$1/.swept_not.abcdef"', records);
    expect(await apply(`${directory}/swept`, "deploy", "0755", "swept")).toEqual(QUIET);
    expect(await asRoot('ls -A -I .history "$1" | grep "^[.]" || true', records)).toBe(".swept_not.abcdef\n");
    await asRoot('rm "$1/.swept_not.abcdef"', records);
  });

  test("leaves the directories above it open to others", async () => {
    const deep = `${directory}/deep/configs/records`;
    const input = {
      records: deep,
      key: "a",
      status: "",
      path: `${directory}/deep_data`,
      owner: "0:0",
      mode: "0755",
    };
    expect(await run("host-directory/apply", input)).toEqual(QUIET);
    expect(await rights(deep, `${directory}/deep/configs`, `${directory}/deep`)).toBe("700 0:0\n755 0:0\n755 0:0\n");
  });
});
