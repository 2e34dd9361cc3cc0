import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { CommanderError } from "commander";
import { expect, test } from "vitest";
import { EXIT_CODES } from "../../../cli/exit-codes.js";
import { nocodbHost } from "../../../cli/main.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const read = (file: string) => readFileSync(path.join(root, file), "utf8");

const inDocs = readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" }).filter((name) =>
  statSync(path.join(root, "docs", name)).isFile(),
);
const pages = ["README.md", ...inDocs.filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];
/** docs/faults.md quotes messages, shortened: `npm test` compares it with what the tests recorded. */
const written = ["help", ...pages.filter((page) => page !== "docs/faults.md")];

/** Every match of the pattern's first group, each once, with the page that contains it. */
function found(pattern: RegExp, files = written, textOf = read): [page: string, match: string][] {
  return files.flatMap((file) => {
    const matches = [...textOf(file).matchAll(pattern)].map(([, match]) => match!);
    return [...new Set(matches)].map((match) => [file, match] as [string, string]);
  });
}

/** What stands between backticks, and code blocks. */
const codeOf = (page: string) => (read(page).match(/^ *```[\s\S]*?^ *```|`[^`\n]+`/gm) ?? []).join("\n");

/** Parses the words as the program does, and runs nothing. Returns why they are refused. */
async function refusal(words: string[]): Promise<string | undefined> {
  const program = nocodbHost();
  const silence = (command: typeof program): void => {
    command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
    if (command.commands.length === 0) command.action(() => undefined);
    command.commands.forEach(silence);
  };
  silence(program);
  try {
    await program.parseAsync(words, { from: "user" });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return undefined;
    return (error as Error).message;
  }
}

test.each([["destroy prod"], ["drift"], ["rotate token prod"], ["backup restore prod --force"], ["backup"]])(
  "nocodb-host %s would be found",
  async (words) => {
    expect(await refusal(words.split(" "))).toBeDefined();
  },
);

/** The columns of a table's row; a bar in a cell is escaped. */
const columns = (row: string) =>
  row
    .replaceAll("\\|", "")
    .replaceAll(/`[^`]*`/g, "")
    .split("|").length;

test.each(written)("every row of a table in %s belongs to one with a head", (page) => {
  const tables = read(page).match(/(?:^\|.*\n)+/gm) ?? [];
  for (const table of tables) {
    const [head = "", rule = "", ...rows] = table.trimEnd().split("\n");
    expect(rule, `under ${head}`).toMatch(/^\|(?: ?:?-+:? ?\|)+$/);
    for (const row of [rule, ...rows]) expect(columns(row), row).toBe(columns(head));
  }
});

const commands = found(/npx nocodb-host((?: [\w./-]+)+)/g);

test("the pages show commands, scripts and paths", () => {
  expect(commands.length).toBeGreaterThan(40);
  expect(scripts.length).toBeGreaterThan(10);
  expect(paths.length).toBeGreaterThan(30);
  expect(links.length).toBeGreaterThan(20);
});

test.each(commands)("%s: npx nocodb-host%s is a command", async (_, words) => {
  expect(await refusal(words.trim().split(" "))).toBeUndefined();
});

const scripts = found(/npm (?:run )?((?<=run )[\w:-]+|start|test)\b/g);

test.each(scripts)("%s: npm script %s exists", (_, script) => {
  expect(Object.keys(JSON.parse(read("package.json")).scripts)).toContain(script);
});

const FOLDERS = "bin|ci|cli|constructs|docs|environments|lab|settings|stacks|tools|__tests__";
const paths = found(
  new RegExp(`(?<![\\w./-])((?:${FOLDERS})/[\\w./-]*)(?![\\w<*…])`, "g"),
  written.filter((page) => page !== "help"),
  codeOf,
);

test.each(paths)("%s: the path %s exists", (_, file) => {
  expect(existsSync(path.join(root, file))).toBe(true);
});

/** GitHub's anchors of a page. */
function anchors(page: string): string[] {
  const headings = [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

const links = found(/\]\((?!https?:)([^)\s]+)\)/g, pages);

test.each(links)("%s: the link to %s leads somewhere", (page, link) => {
  const [file, anchor] = link.split("#");
  const target = file === "" ? page : path.join(path.dirname(page), file!);
  expect(existsSync(path.join(root, target))).toBe(true);
  if (anchor !== undefined) expect(anchors(target)).toContain(anchor);
});

const SOURCES = ["help", ...FOLDERS.split("|").filter((folder) => !["docs", "__tests__"].includes(folder))];

test("every page that a source names exists", () => {
  const files = SOURCES.flatMap((source) => {
    const place = path.join(root, source);
    if (statSync(place).isFile()) return [source];
    const names = readdirSync(place, { recursive: true, encoding: "utf8" }).map((name) => path.join(source, name));
    return names.filter((name) => statSync(path.join(root, name)).isFile());
  });
  const named = found(/\b(docs\/[\w-]+\.md)\b/g, files);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(([, page]) => !pages.includes(page))).toEqual([]);
});

test("every page is linked from the README", () => {
  const linked = links.filter(([page]) => page === "README.md").map(([, link]) => link.replace(/#.*/, ""));
  expect(pages.filter((page) => page !== "README.md" && !linked.includes(page))).toEqual([]);
});

test("docs/ holds only Markdown and the pictures in it", () => {
  const shown = inDocs.filter((name) => name.endsWith(".md")).map((name) => read(`docs/${name}`));
  const others = inDocs.filter((name) => !name.endsWith(".md"));
  expect(others.filter((name) => !shown.some((text) => text.includes(`](${name})`)))).toEqual([]);
});

test("README.md has at most 150 lines of at most 120 characters", () => {
  const lines = read("README.md").trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(150);
  expect(lines.filter((line) => [...line].length > 120)).toEqual([]);
});

test("docs/operations.md has the exit codes of the program", () => {
  const [, section = ""] = read("docs/operations.md").split("## Exit codes of nocodb-host\n");
  const rows = [...section.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, meaning]) => [Number(code), meaning]);
  expect(rows).toEqual(EXIT_CODES);
});
