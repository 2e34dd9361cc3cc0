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

  function load(backends: Record<string, Block>) {
    for (const [name, backend] of Object.entries(backends)) {
      writeFileSync(path.join(directory, `${name}.yaml`), environmentText({ backend }));
    }
    const { environments, problems } = loadEnvironments(directory, {});
    const lines = formatProblems(problems)
      .split("\n")
      .map((line) => line.replace(/^.*\//, ""));
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
    const { names, lines } = load({ one, two, three: { type: "local" } });
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
    expect(load({ "a-one": one, two })).toEqual({ names: ["a-one", "two"], lines: [""] });
  });
});
