import { describe, expect, test } from "vitest";
import { backendWithDefaults } from "../../../../settings/rules/backend.js";
import { complaints, environmentText } from "../../support/environment-text.js";
import { rejects } from "../../support/rejects.js";

type Block = Record<string, unknown>;
const cloud = (over: Block = {}) => ({
  type: "cloud",
  organization: "acme",
  workspaces: { name: "noco" },
  ...over,
});
const s3 = (over: Block = {}) => ({ type: "s3", bucket: "acme-state", region: "eu-central-1", ...over });
const pg = (over: Block = {}) => ({ type: "pg", ...over });

const types = "must be local, cloud, s3, pg, http, azurerm, gcs, remote, consul, cos, kubernetes, oci or oss";
rejects("backend.type", (type) => ({ backend: { type } }), [
  ["clod", `"clod": ${types}; did you mean cloud?`],
  ["etcd", `"etcd": ${types}; write one of them`],
]);
rejects("backend", (backend) => ({ backend }), [
  ["s3", '"s3": must be a mapping; write its settings below it, indented by two spaces'],
]);

test.each<Block>([
  { type: "local", path: "/srv/state/prod.tfstate" },
  cloud({ workspaces: { tags: ["nocodb", "prod"], project: "noco" } }),
  s3({ kms_key_id: "arn:aws:kms:eu-central-1:111122223333:key/1234abcd", skip_credentials_validation: "true" }),
  s3({ endpoints: { s3: "https://s3.acme.org" }, shared_credentials_files: ["/run/aws"] }),
  s3({ assume_role_with_web_identity: { role_arn: "arn:aws:iam::1:role/a", web_identity_token_file: "/run/token" } }),
  { type: "gcs", bucket: "acme", prefix: "noco", kms_encryption_key: "projects/p/locations/l/keyRings/r/cryptoKeys/k" },
  { type: "http", address: "https://state.acme.org/noco", username: "noco" },
  { type: "kubernetes", secret_suffix: "noco", in_cluster_config: true },
])("the arguments of Terraform's backends are accepted: %j", (backend) => {
  expect(complaints(environmentText({ backend }))).toEqual([]);
});

describe("defaults keep the states of two environments apart", () => {
  test.each<[Parameters<typeof backendWithDefaults>[1], Block]>([
    [{ type: "local" }, {}],
    [{ type: "pg" }, { schema_name: "nocodb_eu_1" }],
    [{ type: "pg", schema_name: "noco" }, { schema_name: "noco" }],
    [{ type: "s3" }, { key: "nocodb/eu-1.tfstate", encrypt: true, use_lockfile: true }],
    [
      { type: "s3", key: "k", encrypt: false, use_lockfile: false },
      { key: "k", encrypt: false, use_lockfile: false },
    ],
    [
      { type: "s3", dynamodb_table: "locks" },
      { key: "nocodb/eu-1.tfstate", encrypt: true, dynamodb_table: "locks" },
    ],
    [{ type: "gcs" }, {}],
  ])("%j", (written, expected) => {
    expect(backendWithDefaults("eu-1", written)).toEqual({ type: written.type, ...expected });
  });
});

describe("a secret of a backend is refused, and not shown", () => {
  const exported = (variable: string) => `export ${variable} where Terraform runs`;
  const documented = "export the environment variable that Terraform documents for this argument";
  const token = "run `terraform login`, or export TF_TOKEN_<host name> where Terraform runs";
  test.each<[Block, string, string]>([
    [pg({ conn_str: "x" }), "conn_str", exported("PG_CONN_STR")],
    [pg({ connStr: "x" }), "connStr", exported("PG_CONN_STR")],
    [s3({ access_key: "x" }), "access_key", exported("AWS_ACCESS_KEY_ID")],
    [s3({ secret_key: "x" }), "secret_key", exported("AWS_SECRET_ACCESS_KEY")],
    [s3({ sse_customer_key: "x" }), "sse_customer_key", exported("AWS_SSE_CUSTOMER_KEY")],
    [s3({ token: "x" }), "token", exported("AWS_SESSION_TOKEN")],
    [s3({ token: 123 }), "token", exported("AWS_SESSION_TOKEN")],
    [
      s3({ assume_role_with_web_identity: { web_identity_token: "x" } }),
      "assume_role_with_web_identity.web_identity_token",
      documented,
    ],
    [{ type: "kubernetes", exec: [{ token: ["x"] }] }, "exec.0.token.0", documented],
    [cloud({ token: "x" }), "token", token],
    [{ type: "remote", token: "x" }, "token", token],
    [{ type: "http", password: "x" }, "password", exported("TF_HTTP_PASSWORD")],
    [{ type: "azurerm", sas_token: "x" }, "sas_token", exported("ARM_SAS_TOKEN")],
    [{ type: "gcs", credentials: "{}" }, "credentials", exported("GOOGLE_CREDENTIALS")],
    [{ type: "consul", access_token: "x" }, "access_token", exported("CONSUL_HTTP_TOKEN")],
    [{ type: "azurerm", client_certificate: "x" }, "client_certificate", documented],
    [{ type: "oss", access_key: "x" }, "access_key", documented],
  ])("%j", (backend, key, remedy) => {
    const refused = `backend.${key}: (not shown): is a secret, which would appear in the synthesized JSON; ${remedy}`;
    expect(complaints(environmentText({ backend }))).toEqual([refused]);
  });

  test("so is a password in a URL, wherever it is", () => {
    const backend = s3({ endpoints: { s3: "https://me:s3cret@s3.acme.org" } });
    expect(complaints(environmentText({ backend }))).toEqual([
      `backend.endpoints.s3: (not shown): contains a password, which would appear in the synthesized JSON; ${documented}`,
    ]);
  });

  test("also from the process environment", () => {
    const found = complaints(environmentText({ backend: pg({ conn_str: "${env:PG}" }) }), { PG: "s3cret" });
    expect(found).toEqual([
      `backend.conn_str: \${env:PG}: is a secret, which would appear in the synthesized JSON; ${exported("PG_CONN_STR")}`,
    ]);
  });
});
