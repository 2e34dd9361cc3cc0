import { describe, expect, test } from "vitest";
import { describe as describeSetting } from "../../../../settings/diagnostics/schema-paths.js";
import { complaints, environmentText } from "../../support/environment-text.js";

type Mapping = Record<string, unknown>;

const wrong = (consumers: unknown, over: Mapping = {}) => complaints(environmentText({ consumers, ...over }));

const acknowledged = { acknowledgements: { "consumer-with-super-admin": "It migrates every base until May." } };

const roles = "must be creator, viewer or super-admin";
const baseRoles = "must be creator, editor, commenter or viewer";
const hostPath = "write the full path on the host, such as /opt/acme";
const title = "is not a valid base title: 1 to 50 characters, without a space at either end";
const asShown = "write the title as NocoDB shows it";
const onlyThis = "set a file in baseDirectory that only this consumer's container reads";
const nocodbs = "which belongs to NocoDB";

describe("a consumer's setting", () => {
  test.each<[Mapping, string]>([
    [{ role: "veiwer" }, `role: "veiwer": ${roles}; did you mean viewer?`],
    [{ role: "superadmin" }, `role: "superadmin": ${roles}; did you mean super-admin?`],
    [{ role: "owner" }, `role: "owner": ${roles}; write one of them`],
    [{ role: 5 }, `role: 5: ${roles}; write one of them`],
    [{ role: null }, "role: null: has no value; give it one, or remove the line"],
    [{ bases: { X: "edtor" } }, `bases.X: "edtor": ${baseRoles}; did you mean editor?`],
    [{ bases: { X: null } }, "bases.X: null: has no value; give it one, or remove the line"],
    [{ bases: ["X"] }, "bases: a list: must be a mapping; write its settings below it, indented by two spaces"],
    [{ bases: { " X": "editor" } }, `bases." X": "editor": ${title}; did you mean X?`],
    [{ bases: { "": "editor" } }, `bases."": "editor": ${title}; ${asShown}`],
    [{ bases: { ["x".repeat(51)]: "editor" } }, `bases.${"x".repeat(51)}: "editor": ${title}; ${asShown}`],
    [
      { bases: { "a\nb": "editor" } },
      'bases."a\\nb": "editor": contains a line break or another control character; write it on one line',
    ],
    [{ baseUrl: "lan" }, 'baseUrl: "lan": must be internal or site; write internal'],
    [{ baseUrl: "Site" }, 'baseUrl: "Site": must be internal or site; did you mean site?'],
    [{ missingFile: "ignore" }, 'missingFile: "ignore": must be error or create; write error'],
    [{ ownFile: "yes" }, 'ownFile: "yes": must be true or false; write true or false, without quotes'],
    [
      { ownFile: true, missingFile: "error" },
      'missingFile: "error": has no effect with ownFile: true, which always creates the file; remove the line',
    ],
    [{ recreate: " " }, 'recreate: " ": is empty; write the command that recreates the container, or remove the line'],
    [
      { recreate: "cd /opt\nls" },
      'recreate: "cd /opt\\nls": contains a line break or another control character; write it on one line',
    ],
    [{ env_file: "/x" }, 'env_file: "/x": is not a setting; did you mean envFile?'],
    [
      { tokn: 1 },
      `tokn: 1: is not a setting; known here: role, bases, envFile, ownFile, missingFile, baseUrl, container, recreate`,
    ],
    [{ envFile: "n8n.env" }, `envFile: "n8n.env": must be absolute; ${hostPath}`],
    [
      { envFile: "/opt/acme/../x.env" },
      `envFile: "/opt/acme/../x.env": must be normalized: without ., .., a double slash or a slash at the end; ${hostPath}`,
    ],
    [{ envFile: "/etc/n8n.env" }, `envFile: "/etc/n8n.env": is not in baseDirectory; ${onlyThis}`],
    [{ envFile: "/opt/acme" }, `envFile: "/opt/acme": is not in baseDirectory; ${onlyThis}`],
    [{ envFile: "/opt/acme-2/n8n.env" }, `envFile: "/opt/acme-2/n8n.env": is not in baseDirectory; ${onlyThis}`],
    [
      { envFile: "/opt/acme/configs/nocodb/nocodb.env" },
      `envFile: "/opt/acme/configs/nocodb/nocodb.env": is in <baseDirectory>/configs/nocodb, ${nocodbs}; ${onlyThis}`,
    ],
    [
      { envFile: "/opt/acme/configs/nocodb" },
      `envFile: "/opt/acme/configs/nocodb": is <baseDirectory>/configs/nocodb, ${nocodbs}; ${onlyThis}`,
    ],
    [
      { envFile: "/opt/acme/data/nocodb/a.env" },
      `envFile: "/opt/acme/data/nocodb/a.env": is in <baseDirectory>/data/nocodb, ${nocodbs}; ${onlyThis}`,
    ],
    [
      { envFile: "/opt/acme/configs" },
      `envFile: "/opt/acme/configs": is a directory that contains <baseDirectory>/configs/nocodb, ${nocodbs}; ${onlyThis}`,
    ],
    [
      { envFile: "/opt/acme/configs/caddy/Caddyfile" },
      `envFile: "/opt/acme/configs/caddy/Caddyfile": is the Caddyfile; ${onlyThis}`,
    ],
    [
      { envFile: "/opt/acme/sites/n8n.env" },
      `envFile: "/opt/acme/sites/n8n.env": is in caddy.sitesDirectory, which Caddy imports; ${onlyThis}`,
    ],
    [
      { container: "acme_nocodb" },
      'container: "acme_nocodb": is the container of NocoDB itself; set the container of this consumer',
    ],
    [{ container: "pg" }, 'container: "pg": is the container of PostgreSQL; set the container of this consumer'],
    [
      { container: "acme_caddy" },
      'container: "acme_caddy": is the container of Caddy; set the container of this consumer',
    ],
    [
      { container: "/n8n" },
      'container: "/n8n": is not a valid container or network name: 2 to 128 of a-z, A-Z, 0-9, _, . and -, starting with a letter or digit; use the name that `docker ps` or `docker network ls` shows',
    ],
    [
      { role: "super-admin" },
      'role: "super-admin": gives this consumer every user, setting and base of NocoDB; write creator or viewer, or set acknowledgements.consumer-with-super-admin to the reason',
    ],
  ])("%j", (settings, complaint) => {
    const host = { postgresql: { container: "pg" }, caddy: { sitesDirectory: "/opt/acme/sites" } };
    expect(wrong({ n8n: settings }, host)).toEqual([`consumers.n8n.${complaint}`]);
  });

  test("bases have no effect for a super admin, who has them all", () => {
    expect(wrong({ n8n: { role: "super-admin", bases: { X: "editor" } } }, acknowledged)).toEqual([
      "consumers.n8n.bases: a mapping: has no effect with role: super-admin, which has every base; remove it, or write another role",
    ]);
  });

  test("that is missing or unknown is described from the schema, even below a name that the operator chose", () => {
    expect(describeSetting(["consumers", "n8n", "container"])).toContain("Default: <project>_<name>");
    expect(wrong({}, { baseUrl: "site" })).toEqual([
      'baseUrl: "site": is not a setting; did you mean consumers.<name>.baseUrl?',
    ]);
  });

  test("from the process environment is not repeated", () => {
    const over = { consumers: { n8n: { role: "${env:S}", envFile: "${env:P}" } } };
    const found = complaints(environmentText(over), { S: "veiwer", P: "/etc/hush" });
    expect(found).toEqual([
      `consumers.n8n.role: \${env:S}: ${roles}; write one of them`,
      `consumers.n8n.envFile: \${env:P}: is not in baseDirectory; ${onlyThis}`,
    ]);
  });
});

describe("two consumers", () => {
  const file = "/opt/acme/shared.env";
  test.each<[string, Mapping, string]>([
    [
      "with the same env file",
      { a: { envFile: file }, b: { envFile: file, ownFile: true } },
      `consumers.b.envFile: "${file}": is also that of consumers.a; ${onlyThis}`,
    ],
    [
      "of which one has the other's default file",
      { a: { envFile: "/opt/acme/configs/b/b.env" }, b: {} },
      `consumers.a.envFile: "/opt/acme/configs/b/b.env": is also that of consumers.b; ${onlyThis}`,
    ],
    [
      "of which one has its file at the other's directory",
      { a: { envFile: "/opt/acme/configs/b" }, b: {} },
      `consumers.a.envFile: "/opt/acme/configs/b": is also that of consumers.b; ${onlyThis}`,
    ],
    [
      "with the same container",
      { a: { container: "claw" }, b: { container: "claw" } },
      'consumers.b.container: "claw": is also that of consumers.a; set the container of this consumer',
    ],
    [
      "of which one has the other's default container",
      { a: { container: "acme_b" }, b: {} },
      'consumers.a.container: "acme_b": is also that of consumers.b; set the container of this consumer',
    ],
  ])("%s", (_title, consumers, complaint) => {
    expect(wrong(consumers)).toEqual([complaint]);
  });
});

test("the default of a consumer that is named like a part of the host is explained", () => {
  const own = "set the container of this consumer";
  expect(wrong({ caddy: {}, nocodb: {} })).toEqual([
    `consumers.caddy.container: defaults to <project>_<name>, which is the container of Caddy; ${own}`,
    `consumers.nocodb.envFile: defaults to a file in <baseDirectory>/configs/<name>, which is in <baseDirectory>/configs/nocodb, ${nocodbs}; ${onlyThis}`,
    `consumers.nocodb.container: defaults to <project>_<name>, which is the container of NocoDB itself; ${own}`,
  ]);
});

test("an acknowledgement needs a reason", () => {
  const acknowledgements = { "consumer-with-super-admin": "yes", "super-admin-renamed": "" };
  expect(complaints(environmentText({ acknowledgements }))).toEqual([
    'acknowledgements.consumer-with-super-admin: "yes": is not a reason; write a sentence: why this is accepted, and until when',
    'acknowledgements.super-admin-renamed: "": is not a reason; write a sentence: why this is accepted, and until when',
  ]);
});

test("the super admin cannot be a consumer's user", () => {
  expect(complaints(environmentText({ admin: { email: "n8n@consumers.invalid" } }))).toEqual([
    'admin.email: "n8n@consumers.invalid": is in the domain reserved for the consumers\' users; set an address that someone reads, such as admin@example.com',
  ]);
});
