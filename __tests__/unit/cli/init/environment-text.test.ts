import { expect, test } from "vitest";
import { environmentText } from "../../../../cli/init/environment-text.js";
import { withDefaults } from "../../../../settings/defaults.js";
import { settingPaths } from "../../../../settings/diagnostics/schema-paths.js";
import { environmentFile, environmentJsonSchema } from "../../../../settings/schema.js";
import { complaints, least } from "../../support/environment-text.js";

const written = {
  ...least,
  bases: ["Season plan", "Production"],
  consumers: { n8n: { bases: { Production: "creator" } }, bot: { bases: {}, missingFile: "create" } },
};
const text = environmentText(written, withDefaults("prod", environmentFile.parse(written)));

/** Names of settings, and of those with settings below them. A description may begin with another word and a colon. */
const paths = settingPaths().map((each) => each.split("."));
const names = new Set(["backend", "frontend", ...paths.map((each) => each.at(-1))]);
const sections = new Set(["backend", "frontend", ...paths.flatMap((each) => each.slice(0, -1))]);
/** These show only settings without a default. */
const without = [
  "contentSecurityPolicy",
  "acknowledgements",
  "alerts",
  "copyTo",
  "redis",
  "attachments",
  "s3",
  "external",
  "tls",
];
for (const each of without) sections.delete(each);

/** The text without the marks before settings that have a default. */
const uncommented = text
  .split("\n")
  .map((line) => {
    const [, indent, setting, name, value] = /^( *)# ( *([\w-]+):((?: [^#].*)?)(?: #.*)?)$/.exec(line) ?? [];
    return names.has(name) && (value !== "" || sections.has(name!)) ? `${indent}${setting}` : line;
  })
  .join("\n");

test("an environment file has what is written, and is valid", () => {
  expect(complaints(text, {}, "prod")).toEqual([]);
  expect(text).toContain("\nproject: acme # Project on the host");
  expect(text).toContain("\nbases: [Season plan, Production] # Titles of bases");
  expect(text).toContain("\n  bot:\n");
});

test("every other setting is commented out, and shows its default for this environment", () => {
  for (const line of ["# subdomain: noco", "#   container: acme_postgresql # Container", "# memory: 512M"]) {
    expect(text).toContain(`\n${line}`);
  }
  const { properties = {} } = environmentJsonSchema();
  expect(Object.keys(properties).filter((key) => !new RegExp(`^(# )?${key}:`, "m").test(text))).toEqual([]);
});

test("what is commented out is valid, too, once the marks are removed", () => {
  expect(uncommented).toContain("\npostgresql:\n  container: acme_postgresql");
  expect(complaints(uncommented, {}, "prod")).toEqual([]);
});

test("the lines have at most 120 characters", () => {
  expect(text.split("\n").filter((line) => line.length > 120)).toEqual([]);
});
