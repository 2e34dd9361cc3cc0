import { describe, expect, test } from "vitest";
import type { Backend } from "../../settings/backend.js";
import { triggers } from "./scope.js";
import { environment, stackOf } from "./stack-of.js";

const kept = (backend: Backend) => stackOf(environment("prod", { backend })).terraform;
const place = (backend: Backend) => triggers(stackOf(environment("prod", { backend })), "claim").state_place;
const s3 = { type: "s3", bucket: "acme-state", key: "prod", region: "eu-central-1", encrypt: true } as const;

describe("the state", () => {
  test("is local beside cdktf.out, by a path that holds in every working copy", () => {
    expect(kept({ type: "local" }).backend).toEqual({ local: { path: "../../../state/prod.tfstate" } });
  });

  test("is in the cloud, in a workspace by name or by tags", () => {
    const named = kept({ type: "cloud", hostname: "tfe.acme.org", organization: "acme", workspace: "w" });
    expect(named).toMatchObject({
      cloud: { hostname: "tfe.acme.org", organization: "acme", workspaces: { name: "w" } },
    });
    expect(named).not.toHaveProperty("backend");
    expect(kept({ type: "cloud", organization: "acme", tags: ["nocodb", "prod"] })).toMatchObject({
      cloud: { organization: "acme", workspaces: { tags: ["nocodb", "prod"] } },
    });
  });

  test("is in S3, encrypted and locked by an object beside it", () => {
    const { bucket, key, region, encrypt } = s3;
    expect(kept(s3).backend).toEqual({ s3: { bucket, key, region, encrypt, use_lockfile: true } });
  });

  test("is in S3, locked by a table where that is asked for: Terraform before 1.10 knows no other way", () => {
    const { s3: made } = kept({ ...s3, dynamodbTable: "locks" }).backend as Record<string, object>;
    expect(made).toMatchObject({ dynamodb_table: "locks" });
    expect(made).not.toHaveProperty("use_lockfile");
  });

  test("is in another maker's server, which is asked for nothing that only Amazon has", () => {
    expect(kept({ ...s3, endpoint: "https://s3.acme.org" }).backend).toMatchObject({
      s3: { endpoints: { s3: "https://s3.acme.org" }, use_path_style: true, skip_credentials_validation: true },
    });
  });

  test("is in PostgreSQL, and how to sign in there is none of the stack's", () => {
    expect(kept({ type: "pg", schemaName: "nocodb_prod" }).backend).toEqual({ pg: { schema_name: "nocodb_prod" } });
  });
});

describe("the mark on the host names the place of the state", () => {
  test.each<[string, string, Backend]>([
    ["a file: by where Terraform runs, which is known there", "", { type: "local" }],
    ["a workspace", "app.terraform.io/acme/nocodb", { type: "cloud", organization: "acme", workspace: "nocodb" }],
    [
      "one of several workspaces: Terraform knows which",
      "tfe.acme.org/acme/${terraform.workspace}",
      { type: "cloud", hostname: "tfe.acme.org", organization: "acme", tags: ["a"] },
    ],
    ["an object", "s3://acme-state/prod", s3],
    ["an object elsewhere", "https://s3.acme.org/acme-state/prod", { ...s3, endpoint: "https://s3.acme.org" }],
    ["a schema", "PostgreSQL schema nocodb_prod", { type: "pg", schemaName: "nocodb_prod" }],
  ])("%s", (_what, expected, backend) => {
    expect(place(backend)).toBe(expected);
  });
});
