import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { formatProblems, loadEnvironments } from "../../../../settings/environment.js";
import { environmentText } from "../../support/environment-text.js";

type Block = Record<string, unknown>;
const cloud = (over: Block = {}) => ({
  type: "cloud",
  organization: "acme",
  workspaces: { name: "noco" },
  ...over,
});
const s3 = (over: Block = {}) => ({ type: "s3", bucket: "acme-state", region: "eu-central-1", ...over });
const pg = (over: Block = {}) => ({ type: "pg", ...over });

describe("two environments", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "environments-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Loads environments of projects with their names. */
  function load(files: Record<string, Block>) {
    for (const [name, settings] of Object.entries(files)) {
      writeFileSync(path.join(directory, `${name}.yaml`), environmentText({ project: name, ...settings }));
    }
    const { environments, problems } = loadEnvironments(directory, {});
    const lines = formatProblems(problems)
      .split("\n")
      .map((line) => line.replace(/^.*\/(?=\w+\.yaml)/, ""));
    return { names: environments.map(({ name }) => name), lines };
  }

  test.each<[string, Block, Block]>([
    ["workspace", cloud(), cloud({ hostname: "app.terraform.io" })],
    ["tags", cloud({ workspaces: { tags: ["a", "b"] } }), cloud({ workspaces: { tags: ["b", "a"] } })],
    ["object", s3({ key: "state" }), s3({ key: "state", region: "us-east-1" })],
    ["schema", pg(), pg({ schema_name: "nocodb_one" })],
    ["file", { type: "local", path: "/srv/a" }, { type: "local", path: "/srv/a" }],
    ["block", { type: "gcs", bucket: "a", prefix: "b" }, { type: "gcs", prefix: "b", bucket: "a" }],
  ])("may not keep their state in the same %s", (_what, one, two) => {
    const both = "and each would destroy what the other made; change it in one of the two files";
    const { names, lines } = load({ one: { backend: one }, two: { backend: two }, three: {} });
    expect(names).toEqual(["three"]);
    expect(lines).toEqual([
      expect.stringMatching(`^one.yaml:\\d+: backend: a mapping: is also the place of two's state, ${both}$`),
      expect.stringMatching(`^two.yaml:\\d+: backend: a mapping: is also the place of one's state, ${both}$`),
    ]);
  });

  test.each<[string, Block, Block]>([
    ["files", { type: "local" }, { type: "local" }],
    ["workspaces", cloud(), cloud({ workspaces: { name: "other" } })],
    ["servers", cloud(), cloud({ hostname: "tfe.acme.org:8443" })],
    ["objects, by default", s3(), s3()],
    ["buckets", s3({ key: "state" }), s3({ key: "state", bucket: "other" })],
    ["services", s3({ key: "state" }), s3({ key: "state", endpoints: { s3: "https://s3.acme.org" } })],
    ["schemas, by default", pg(), pg()],
    ["prefixes", { type: "gcs", bucket: "a", prefix: "b" }, { type: "gcs", bucket: "a", prefix: "c" }],
  ])("may keep it in different %s", (_what, one, two) => {
    expect(load({ "a-one": { backend: one }, two: { backend: two } })).toEqual({
      names: ["a-one", "two"],
      lines: [""],
    });
  });

  const PostgreSQL = { container: "postgresql" };
  const caddy = { container: "caddy" };
  const sites = { one: { caddy, subdomain: "one" }, two: { caddy, subdomain: "two" } };

  test.each<[string, Record<string, Block>, string, string]>([
    [
      "project",
      { one: { project: "acme" }, two: { project: "acme", baseDirectory: "/opt/two" } },
      'project: "acme"',
      "on the same host, and both would be one container",
    ],
    [
      "base directory",
      { one: { baseDirectory: "/srv" }, two: { baseDirectory: "/srv", backups: { directory: "/backups" } } },
      'baseDirectory: "/srv"',
      "on the same host, and both would use the same files",
    ],
    [
      "directory of backups",
      { one: { backups: { directory: "/b" } }, two: { backups: { directory: "/b" } } },
      'backups.directory: "/b"',
      "on the same host, and each would delete the other's backups",
    ],
    [
      "figures of alerts",
      {
        one: { alerts: { webhook: "secret", textfile: "/f.prom" } },
        two: { alerts: { webhook: "secret", textfile: "/f.prom" } },
      },
      'alerts.textfile: "/f.prom"',
      "on the same host, and each would overwrite the other's figures",
    ],
    [
      "database",
      {
        one: { postgresql: { ...PostgreSQL, database: "noco", role: "one" } },
        two: { postgresql: { ...PostgreSQL, database: "noco", role: "two" } },
      },
      'postgresql.database: "noco"',
      "in the same PostgreSQL, and each would write into the other's data",
    ],
    [
      "role",
      {
        one: { postgresql: { ...PostgreSQL, database: "one", role: "noco" } },
        two: { postgresql: { ...PostgreSQL, database: "two", role: "noco" } },
      },
      'postgresql.role: "noco"',
      "in the same PostgreSQL, and each would change the other's password",
    ],
    [
      "site",
      { one: { caddy, alias: "one" }, two: { caddy, alias: "two", subdomain: "noco" } },
      'subdomain: "noco"',
      "at the same Caddy and domain, and one site would replace the other",
    ],
    [
      "name on the networks",
      { one: { ...sites.one, alias: "noco" }, two: { ...sites.two, alias: "noco" } },
      'alias: "noco"',
      "at the same Caddy, which would send each a share of both sites' requests",
    ],
  ])("may not share a %s", (_what, files, setting, consequence) => {
    const { names, lines } = load(files);
    expect(names).toEqual([]);
    const both = `${consequence}; change it in one of the two files`;
    expect(lines).toEqual([
      expect.stringMatching(`^one.yaml:.*is also two's ${both}$`),
      expect.stringMatching(`^two.yaml:\\d+: ${setting}: is also one's ${both}$`),
    ]);
  });

  test("may not copy their backups into one repository; a directory of that name on another host is another one", () => {
    const copyTo = (repository: string) => ({ backups: { copyTo: { repository } } });
    const away = "s3:https://s3.acme.org/noco";
    expect(load({ one: copyTo(away), two: copyTo(away) })).toEqual({
      names: [],
      lines: [
        expect.stringMatching(
          /^one\.yaml:\d+: backups\.copyTo\.repository: .*: is also two's, and each would remove, and bring back, the other's copies; change it in one of the two files$/,
        ),
        expect.stringMatching(/^two\.yaml:\d+: backups\.copyTo\.repository: .*: is also one's/),
      ],
    });
    const disk = copyTo("/mnt/nas");
    const other = { host: "docker.example.org", user: "deploy" };
    expect(load({ one: disk, two: { ...copyTo("/mnt/nas"), ssh: other } }).names).toEqual(["one", "two"]);
    expect(load({ one: disk, two: disk }).names).toEqual([]);
  });

  test("may not use one database of Redis, nor the next one of the other's", () => {
    const redis = (database: number, host = "redis") => ({ redis: { host, database } });
    expect(load({ one: redis(2), two: redis(2) })).toEqual({
      names: [],
      lines: [
        expect.stringMatching(/^one\.yaml:\d+: redis\.database: .*is also two's in the same Redis, .*; change it/),
        expect.stringMatching(/^two\.yaml:\d+: redis\.database: .*is also one's/),
      ],
    });
    expect(load({ one: redis(2), two: redis(3) }).names).toEqual([]);
    expect(load({ one: redis(2), two: redis(4) }).names).toEqual(["one", "two"]);
    const other = { ssh: { host: "docker.example.org", user: "deploy" } };
    expect(load({ one: redis(2), two: { ...redis(2), ...other } }).names).toEqual(["one", "two"]);
    const shared = "redis.example.com";
    expect(load({ one: redis(2, shared), two: { ...redis(2, shared), ...other } }).names).toEqual([]);
  });

  test("may not use one database of a PostgreSQL elsewhere, whichever host they are on", () => {
    const postgresql = { external: { host: "db.example.com", image: "postgres:17" }, database: "noco", role: "noco" };
    const other = { ssh: { host: "docker.example.org", user: "deploy" } };
    const { lines } = load({ one: { postgresql }, two: { postgresql, ...other } });
    expect(lines).toContainEqual(expect.stringMatching(/^one\.yaml:\d+: postgresql\.database: .*is also two's/));
    const own = { ...postgresql, database: "other", role: "other" };
    expect(load({ one: { postgresql }, two: { postgresql: own, ...other } }).names).toEqual(["one", "two"]);
  });

  test("may have the same names on different hosts, or in different containers", () => {
    const names = { project: "acme", alias: "noco" };
    const other = { host: "docker.example.org", user: "deploy" };
    expect(load({ one: names, two: { ...names, ssh: other } }).names).toEqual(["one", "two"]);
    expect(load({ one: {}, two: {} }).names).toEqual(["one", "two"]);
  });

  test("may share one Caddy, if each has its own site and name", () => {
    const { names } = load({ one: { ...sites.one, alias: "noco-one" }, two: { ...sites.two, alias: "noco-two" } });
    expect(names).toEqual(["one", "two"]);
  });

  test("a disabled one has no site", () => {
    const { names } = load({ one: { caddy }, two: { caddy, subdomain: "" } });
    expect(names).toEqual(["one", "two"]);
  });
});
