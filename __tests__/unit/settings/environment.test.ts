import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { formatProblems, loadEnvironments } from "../../../settings/environment.js";
import { environmentText } from "../support/environment-text.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "environments-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (file: string, text: string) => writeFileSync(path.join(directory, file), text);

/** Names of the loaded environments, and the problems without the directory's path. */
function load(env: NodeJS.ProcessEnv = {}): { names: string[]; problems: string } {
  const { environments, problems } = loadEnvironments(directory, env);
  const place = `${path.relative(process.cwd(), directory)}/`;
  return { names: environments.map(({ name }) => name), problems: formatProblems(problems).replaceAll(place, "") };
}

describe("loading a directory", () => {
  test("an invalid environment never hides a valid one", () => {
    write("a.yaml", environmentText());
    write("b.yaml", environmentText({ cpus: 0 }));
    write("c.yaml", environmentText({ project: "other" }));
    expect(load()).toEqual({
      names: ["a", "c"],
      problems:
        "b.yaml:6: cpus: 0: must be between 0.01 and 256; set how many processors the container may use, such as 0.5",
    });
  });

  test("files that are not environments are ignored", () => {
    for (const file of ["schema.json", "README.md", ".hidden.yaml", "prod.yaml~"]) write(file, "x");
    expect(load()).toEqual({ names: [], problems: "" });
  });

  test("a name that cannot be a stack id is refused", () => {
    write("Prod EU.yaml", environmentText());
    expect(load().problems).toBe(
      "Prod EU.yaml: an environment's name must be 1 to 40 of a-z, 0-9 and -, without - at either end; rename the file, such as prod.yaml",
    );
  });

  test("a file ending in .yml is not silently ignored", () => {
    write("prod.yml", environmentText());
    expect(load().problems).toBe("prod.yml: ends in .yml; rename it to prod.yaml");
  });

  test("an entry that cannot be read is a problem of its own", () => {
    mkdirSync(path.join(directory, "prod.yaml"));
    expect(load().problems).toBe("prod.yaml: cannot be read (EISDIR); make it a readable file");
  });

  test("a file in another encoding than UTF-8 is named as such; a mark of UTF-8 at its beginning is accepted", () => {
    writeFileSync(path.join(directory, "a.yaml"), Buffer.from(`\ufeff${environmentText()}`, "utf16le"));
    writeFileSync(path.join(directory, "b.yaml"), Buffer.from("# f\u00fcr Zo\u00eb", "latin1"));
    write("c.yaml", `\ufeff${environmentText()}`.replaceAll("\n", "\r\n"));
    const advice = "is not UTF-8 text; save it in the encoding UTF-8";
    expect(load()).toEqual({ names: ["c"], problems: `a.yaml: ${advice}\nb.yaml: ${advice}` });
  });

  test("a missing directory is a problem, not a crash", () => {
    const { problems } = loadEnvironments("/nowhere/environments", {});
    expect(formatProblems(problems)).toMatch(
      /nowhere\/environments: cannot be read \(ENOENT\); create it, with one file per environment$/,
    );
  });
});
