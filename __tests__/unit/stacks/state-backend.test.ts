import { describe, expect, test } from "vitest";
import type { Backend } from "../../../settings/rules/backend.js";
import { keepState, markedPlace } from "../../../stacks/state-backend.js";
import { synthesize } from "../support/scope.js";

const terraform = (backend: Backend) => synthesize((stack) => keepState(stack, { name: "prod", backend })).terraform;

describe("the state", () => {
  test("is local beside cdktf.out, by a path that is valid in every working copy", () => {
    expect(terraform({ type: "local" }).backend).toEqual({ local: { path: "../../../state/prod.tfstate" } });
  });

  test("is local in another file if the environment names it", () => {
    expect(terraform({ type: "local", path: "/srv/prod" }).backend).toEqual({ local: { path: "/srv/prod" } });
  });

  test("is in the cloud by a block of its own", () => {
    const block = { hostname: "tfe.acme.org", organization: "acme", workspaces: { tags: ["nocodb", "prod"] } };
    const made = terraform({ type: "cloud", ...block });
    expect(made).toMatchObject({ cloud: block });
    expect(made).not.toHaveProperty("backend");
  });

  test.each<Backend>([
    { type: "s3", bucket: "acme-state", key: "prod", use_lockfile: true, endpoints: { s3: "https://s3.acme.org" } },
    { type: "pg", schema_name: "nocodb_prod" },
    { type: "gcs", bucket: "acme-state", prefix: "prod", kms_encryption_key: "${not-an-expression}" },
  ])("is in another backend by the arguments of the file, as they are: %j", (backend) => {
    const { type, ...block } = backend;
    expect(terraform(backend).backend).toEqual({ [type]: block });
  });
});

describe("the owner marker on the host names the place of the state", () => {
  const workspaces = { name: "nocodb" };
  const s3 = { type: "s3", bucket: "acme-state", key: "prod" } as const;
  test.each<[string, string | undefined, Backend]>([
    ["a file: by the machine that Terraform runs on", undefined, { type: "local", path: "/srv/prod" }],
    ["a workspace", "app.terraform.io/acme/nocodb", { type: "cloud", organization: "acme", workspaces }],
    [
      "one of several workspaces: Terraform knows which",
      "tfe.acme.org/acme/${terraform.workspace}",
      { type: "cloud", hostname: "tfe.acme.org", organization: "acme", workspaces: { tags: ["a"] } },
    ],
    ["an object", "s3://acme-state/prod", s3],
    ["an object elsewhere", "https://s3.acme.org/acme-state/prod", { ...s3, endpoints: { s3: "https://s3.acme.org" } }],
    ["a schema", "PostgreSQL schema nocodb_prod", { type: "pg", schema_name: "nocodb_prod" }],
    ["another backend", "gcs bucket=acme prefix=prod", { type: "gcs", prefix: "prod", bucket: "acme" }],
  ])("%s", (_title, expected, backend) => {
    expect(markedPlace({ backend })).toBe(expected);
  });
});
