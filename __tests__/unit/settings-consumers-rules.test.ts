import { describe, expect, test } from "vitest";
import { describe as describeSetting } from "../../settings/schema-paths.js";
import { complaints, environmentText } from "./environment-text.js";

type Mapping = Record<string, unknown>;

const wrong = (consumers: unknown, over: Mapping = {}) => complaints(environmentText({ consumers, ...over }));

const acknowledged = { acknowledgements: { "consumer-with-super-admin": "It migrates every base until May." } };

const roles = "must be creator, viewer or super-admin";
const baseRoles = "must be creator, editor, commenter or viewer";
const hostPath = "write the full path on the host, such as /opt/acme";
const title = "is no title of a base: 1 to 50 characters, with no blank at either end";
const asShown = "write the title as NocoDB shows it";
const onlyThis = "name a file in baseDirectory that only this consumer's container reads";
const nocodbs = "which is NocoDB's own";

describe("a consumer's setting", () => {
  test.each<[Mapping, string]>([
    [{ role: "veiwer" }, `role: "veiwer": ${roles}; did you mean viewer?`],
    [{ role: "superadmin" }, `role: "superadmin": ${roles}; did you mean super-admin?`],
    [{ role: "owner" }, `role: "owner": ${roles}; write one of them`],
    [{ role: 5 }, `role: 5: ${roles}; write one of them`],
    [{ role: null }, "role: null: has no value; give it one, or remove the line"],
    [{ bases: { X: "edtor" } }, `bases.X: "edtor": ${baseRoles}; did you mean editor?`],
    [{ bases: { X: null } }, "bases.X: null: has no value; give it one, or remove the line"],
    [{ bases: ["X"] }, "bases: a list: must be a mapping; write its settings below it, indented by two blanks"],
    [{ bases: { " X": "editor" } }, `bases." X": "editor": ${title}; did you mean X?`],
    [{ bases: { "": "editor" } }, `bases."": "editor": ${title}; ${asShown}`],
    [{ bases: { ["x".repeat(51)]: "editor" } }, `bases.${"x".repeat(51)}: "editor": ${title}; ${asShown}`],
    [
      { bases: { "a\nb": "editor" } },
      'bases."a\\nb": "editor": holds a line break or another control character; write it on one line',
    ],
    [{ baseUrl: "lan" }, 'baseUrl: "lan": must be internal or site; write internal'],
    [{ baseUrl: "Site" }, 'baseUrl: "Site": must be internal or site; did you mean site?'],
    [{ missingFile: "ignore" }, 'missingFile: "ignore": must be error or create; write error'],
    [{ ownFile: "yes" }, 'ownFile: "yes": must be true or false; write true or false, without quotes'],
    [
      { ownFile: true, missingFile: "error" },
      'missingFile: "error": has no meaning with ownFile: true, where the file is always created; remove the line',
    ],
    [{ recreate: " " }, 'recreate: " ": holds no command; write what creates the container again, or remove the line'],
    [
      { recreate: "cd /opt\nls" },
      'recreate: "cd /opt\\nls": holds a line break or another control character; write it on one line',
    ],
    [{ env_file: "/x" }, 'env_file: "/x": is no setting; did you mean envFile?'],
    [
      { tokn: 1 },
      `tokn: 1: is no setting; known here: role, bases, envFile, ownFile, missingFile, baseUrl, container, recreate`,
    ],
    [{ envFile: "n8n.env" }, `envFile: "n8n.env": must be absolute; ${hostPath}`],
    [
      { envFile: "/opt/acme/../x.env" },
      `envFile: "/opt/acme/../x.env": must be normalised: no . or .., no double or final slash; ${hostPath}`,
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
      `envFile: "/opt/acme/configs": is a directory, which holds <baseDirectory>/configs/nocodb, ${nocodbs}; ${onlyThis}`,
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
      'container: "acme_nocodb": is the container of NocoDB itself; name the container of this consumer',
    ],
    [{ container: "pg" }, 'container: "pg": is the container of PostgreSQL; name the container of this consumer'],
    [
      { container: "acme_caddy" },
      'container: "acme_caddy": is the container of Caddy; name the container of this consumer',
    ],
    [
      { container: "/n8n" },
      'container: "/n8n": can be no container or network: 2 to 128 of a-z, A-Z, 0-9, _, . and -, beginning with a letter or digit; use the name that `docker ps` or `docker network ls` shows',
    ],
    [
      { role: "super-admin" },
      'role: "super-admin": hands every user, setting and base of NocoDB to this consumer; write creator or viewer, or set acknowledgements.consumer-with-super-admin to the reason',
    ],
  ])("%j", (settings, complaint) => {
    const host = { postgresql: { container: "pg" }, caddy: { sitesDirectory: "/opt/acme/sites" } };
    expect(wrong({ n8n: settings }, host)).toEqual([`consumers.n8n.${complaint}`]);
  });

  test("bases have no meaning for who has them all", () => {
    expect(wrong({ n8n: { role: "super-admin", bases: { X: "editor" } } }, acknowledged)).toEqual([
      "consumers.n8n.bases: a mapping: has no meaning with role: super-admin, which has every base; remove it, or write another role",
    ]);
  });

  test("that is missing or unknown is described from the schema, also below a name", () => {
    expect(describeSetting(["consumers", "n8n", "container"])).toContain("Default: <project>_<name>");
    expect(wrong({}, { baseUrl: "site" })).toEqual([
      'baseUrl: "site": is no setting; did you mean consumers.<name>.baseUrl?',
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
      `consumers.b.envFile: "${file}": is that of consumers.a too; ${onlyThis}`,
    ],
    [
      "of which one takes the other's default file",
      { a: { envFile: "/opt/acme/configs/b/b.env" }, b: {} },
      `consumers.a.envFile: "/opt/acme/configs/b/b.env": is that of consumers.b too; ${onlyThis}`,
    ],
    [
      "of which one has its file where the other needs a directory",
      { a: { envFile: "/opt/acme/configs/b" }, b: {} },
      `consumers.a.envFile: "/opt/acme/configs/b": is that of consumers.b too; ${onlyThis}`,
    ],
    [
      "with the same container",
      { a: { container: "claw" }, b: { container: "claw" } },
      'consumers.b.container: "claw": is that of consumers.a too; name the container of this consumer',
    ],
    [
      "of which one takes the other's default container",
      { a: { container: "acme_b" }, b: {} },
      'consumers.a.container: "acme_b": is that of consumers.b too; name the container of this consumer',
    ],
  ])("%s", (_title, consumers, complaint) => {
    expect(wrong(consumers)).toEqual([complaint]);
  });
});

test("a consumer named like a part of the host says why its defaults cannot be", () => {
  const own = "name the container of this consumer";
  expect(wrong({ caddy: {}, nocodb: {} })).toEqual([
    `consumers.caddy.container: defaults to <project>_<name>, and that is the container of Caddy; ${own}`,
    `consumers.nocodb.envFile: defaults to a file in <baseDirectory>/configs/<name>, and that is in <baseDirectory>/configs/nocodb, ${nocodbs}; ${onlyThis}`,
    `consumers.nocodb.container: defaults to <project>_<name>, and that is the container of NocoDB itself; ${own}`,
  ]);
});

test("a reason is asked for, as for every other acknowledgement", () => {
  const acknowledgements = { "consumer-with-super-admin": "yes", "super-admin-renamed": "" };
  expect(complaints(environmentText({ acknowledgements }))).toEqual([
    'acknowledgements.consumer-with-super-admin: "yes": is no reason; write in a sentence why this is accepted and until when',
    'acknowledgements.super-admin-renamed: "": is no reason; write in a sentence why this is accepted and until when',
  ]);
});

test("the super admin is none of the consumers' users", () => {
  expect(complaints(environmentText({ admin: { email: "n8n@consumers.invalid" } }))).toEqual([
    'admin.email: "n8n@consumers.invalid": is in the domain of the consumers\' own users; set an address that somebody reads, such as admin@example.com',
  ]);
});
