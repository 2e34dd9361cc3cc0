import { chmodSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { awks, call, library, scratch } from "../../support/host-shell.js";

const functions = library("service-container/usage.sh");
const folder = scratch("usage");
const records = path.join(folder, "records");
const bin = path.join(folder, "bin");
mkdirSync(records);
mkdirSync(bin);

/** Docker's answers for the container: memory in use, and its limit in bytes. */
function docker(used: string, limit = 536870912): void {
  writeFileSync(
    path.join(bin, "docker"),
    `#!/bin/sh\ncase $1 in stats) echo '${used} / 512MiB' ;; *) echo ${limit} ;; esac\n`,
  );
  chmodSync(path.join(bin, "docker"), 0o755);
}

const samples = () => readFileSync(path.join(records, ".usage"), "utf8").trimEnd().split("\n");
const note = (pause = 0) =>
  call(`records=${records} usage_pause=${pause}\n${functions}`, ["note_usage", "acme_nocodb", folder], { first: bin });

beforeEach(() => writeFileSync(path.join(records, ".usage"), ""));

test("a sample has the time, the memory and the disk", () => {
  docker("123.4MiB");
  expect(note()).toMatchObject({ status: 0 });
  expect(samples()).toEqual([expect.stringMatching(/^\d{10} 123 512 \d+ \d+$/)]);
});

test("a container that does not run uses no memory", () => {
  docker("0B");
  note();
  expect(samples()).toEqual([expect.stringMatching(/^\d{10} - 512 \d+ \d+$/)]);
});

test("a sample does not change the time of the directory, by which a deploy is noticed", () => {
  docker("1GiB");
  utimesSync(records, 1, 1);
  note();
  expect(statSync(records).mtimeMs).toBe(1000);
});

test("there is at most one sample in each pause", () => {
  docker("1GiB");
  note();
  note(600);
  expect(samples()).toHaveLength(1);
});

test("a torn line stops no sample", () => {
  docker("1GiB");
  writeFileSync(path.join(records, ".usage"), "17960x\n");
  expect(note(600)).toMatchObject({ status: 0 });
  expect(samples()).toHaveLength(2);
});

test("the oldest samples are dropped", () => {
  docker("1GiB");
  writeFileSync(
    path.join(records, ".usage"),
    `${Array.from({ length: 5000 }, (_, index) => `${index} 1 2 3 4`).join("\n")}\n`,
  );
  note();
  expect(samples()).toHaveLength(4320);
  expect(samples()[0]).toBe("681 1 2 3 4");
  note();
  expect(samples()).toHaveLength(4321);
});

test("without records, or without Docker, it does nothing and does not fail", () => {
  writeFileSync(path.join(bin, "docker"), "#!/bin/sh\nexit 1\n");
  expect(note()).toMatchObject({ status: 0 });
  expect(samples()).toEqual([""]);
  const nowhere = `records=${folder}/none\n${functions}`;
  expect(call(nowhere, ["note_usage", "acme_nocodb", folder], { first: bin })).toMatchObject({ status: 0 });
});

describe.each(awks())("with %s", (_, first) => {
  test.each([
    ["512B", "0"],
    ["900KiB", "0"],
    ["123.9MiB", "123"],
    ["1.5GiB", "1536"],
    ["0B", ""],
  ])("%s are %s MiB", (text, expected) => {
    expect(call(functions, ["mebibytes"], { input: `${text} / 512MiB\n`, first }).stdout).toBe(expected);
  });
});
