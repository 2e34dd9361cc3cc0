import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { formatProblems, loadEnvironments } from "../../settings/environment.js";
import { complaints, environmentText } from "./environment-text.js";
import { rejects } from "./rejects.js";

type Over = Record<string, unknown>;
const cloud = (over: Over) => ({ type: "cloud", organization: "acme", workspace: "noco", ...over });
const s3 = (over: Over = {}) => ({ type: "s3", bucket: "acme-state", region: "eu-central-1", ...over });
const pg = (over: Over = {}) => ({ type: "pg", ...over });

rejects("backend.type", (type) => ({ backend: { type } }), [
  ["clod", '"clod": must be local, cloud, s3 or pg; did you mean cloud?'],
  ["gcs", '"gcs": must be local, cloud, s3 or pg; write one of them'],
]);

const oneOrSeveral = "set backend.workspace for one, or backend.tags for several";
rejects("backend", (backend) => ({ backend }), [
  [cloud({ workspace: undefined }), `a mapping: needs a workspace or tags; ${oneOrSeveral}`],
  [cloud({ tags: ["a"] }), `a mapping: has both a workspace and tags; ${oneOrSeveral}`],
]);
const noCloudName = "is no name in HCP Terraform: 1 to 90 letters, digits, _ and -; use the name its UI shows";
rejects("backend.organization", (organization) => ({ backend: cloud({ organization }) }), [
  [undefined, "is missing; set it: Organization."],
  ["a b", `"a b": ${noCloudName}`],
]);
rejects("backend.workspace", (workspace) => ({ backend: cloud({ workspace }) }), [["a.b", `"a.b": ${noCloudName}`]]);
rejects("backend.tags", (tags) => ({ backend: cloud({ workspace: undefined, tags }) }), [
  [[], `a list: is empty; ${oneOrSeveral}`],
]);
rejects("backend.tags[1]", (tag) => ({ backend: cloud({ workspace: undefined, tags: ["a", tag] }) }), [
  [
    "a b",
    '"a b": is no tag in HCP Terraform: 1 to 255 letters, digits, _, - and :, with a letter or digit at either end; use the tag its UI shows',
  ],
]);
const noCloudHost = "is no host name: labels of a-z, 0-9 and - with dots between them, and a port if need be";
const bareHost = "set the name alone, without scheme or path, such as app.terraform.io";
rejects("backend.hostname", (hostname) => ({ backend: cloud({ hostname }) }), [
  ["https://tfe.acme.org", `"https://tfe.acme.org": ${noCloudHost}; ${bareHost}`],
  ["tfe.acme.org/x", `"tfe.acme.org/x": ${noCloudHost}; ${bareHost}`],
  ["tfe.acme.org:0", `"tfe.acme.org:0": ${noCloudHost}; ${bareHost}`],
  ["", `"": ${noCloudHost}; ${bareHost}`],
]);
rejects("backend.organisation", (organisation) => ({ backend: { ...cloud({}), organisation } }), [
  ["acme", '"acme": is no setting; did you mean organization?'],
]);

const noBucket = "is no bucket: 3 to 63 of a-z, 0-9, . and -, with a letter or digit at either end";
const bareBucket = "set the bare name of the bucket, without s3:// and without a path";
rejects("backend.bucket", (bucket) => ({ backend: s3({ bucket }) }), [
  [undefined, "is missing; set it: Bucket, which has to be there; versioning keeps former states."],
  ["Acme", `"Acme": ${noBucket}; ${bareBucket}`],
  ["s3://acme", `"s3://acme": ${noBucket}; ${bareBucket}`],
  ["ab", `"ab": ${noBucket}; ${bareBucket}`],
]);
const noKey = "is no name of an object: letters, digits, _, ., - and !*'(), with single slashes between them";
rejects("backend.key", (key) => ({ backend: s3({ key }) }), [
  ["/prod", `"/prod": ${noKey}; set a name such as nocodb/prod.tfstate`],
  ["a//b", `"a//b": ${noKey}; set a name such as nocodb/prod.tfstate`],
  ["a/../b", `"a/../b": ${noKey}; set a name such as nocodb/prod.tfstate`],
  ["a${b}", `"a\${b}": holds \${b}, which is no reference; write \${env:b}`],
]);
rejects("backend.region", (region) => ({ backend: s3({ region }) }), [
  [undefined, "is missing; set it: Region of the bucket; a server of one's own takes us-east-1."],
  ["EU Central", '"EU Central": is no region: a-z, 0-9 and -; set one such as eu-central-1'],
]);
const noServer = "is no address of a server: scheme, host and port alone, in lower case";
const asUrl = "write it as https://host or https://host:port";
rejects("backend.endpoint", (endpoint) => ({ backend: s3({ endpoint }) }), [
  ["s3.acme.org", `"s3.acme.org": ${noServer}; ${asUrl}`],
  ["https://s3.acme.org/", `"https://s3.acme.org/": ${noServer}; ${asUrl}`],
  ["http://s3.acme.org", `"http://s3.acme.org": is not https, and the state holds secrets; ${asUrl}`],
  [
    "https://key:secret@s3.acme.org",
    "(not shown): holds a user or password; export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  ],
]);
rejects("backend.kmsKeyId", (kmsKeyId) => ({ backend: s3({ kmsKeyId }) }), [
  [
    "1234abcd",
    '"1234abcd": is no ARN of a KMS key; write one such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  ],
]);
const arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd";
rejects("backend.kmsKeyId", (encrypt) => ({ backend: s3({ kmsKeyId: arn, encrypt }) }), [
  [false, `"${arn}": has no meaning with encrypt: false; remove one of the two lines`],
]);
rejects("backend.encrypt", (encrypt) => ({ backend: s3({ encrypt }) }), [
  ["yes", '"yes": must be true or false; write true or false, without quotes'],
]);
rejects("backend.dynamodbTable", (dynamodbTable) => ({ backend: s3({ dynamodbTable }) }), [
  ["a b", '"a b": is no table: 3 to 255 letters, digits, _, . and -; set the table whose key is LockID'],
]);
rejects("backend.dynamodbTable", (endpoint) => ({ backend: s3({ dynamodbTable: "locks", endpoint }) }), [
  [
    "https://s3.acme.org",
    '"locks": is a service of Amazon, which backend.endpoint is not; remove the line: the state is locked by an object beside it',
  ],
]);

rejects("backend.schemaName", (schemaName) => ({ backend: pg({ schemaName }) }), [
  [
    "a b",
    '"a b": is no PostgreSQL name: 1 to 63 of a-z, A-Z, 0-9, _ and -, beginning with a letter or _; choose a name such as nocodb',
  ],
]);

rejects("stateEncryption", (stateEncryption) => ({ stateEncryption }), [
  [true, "true: must be none, passphrase, passphrase-beginning or passphrase-ending; write one of them"],
]);
rejects("stateEncryption", (stateEncryption) => ({ stateEncryption, backend: cloud({}) }), [
  [
    "passphrase",
    '"passphrase": has no meaning with backend.type: cloud, whose server reads the state itself; remove the line, or keep the state in s3 or pg',
  ],
]);

describe("what would put a secret into the synthesized JSON is refused, and not shown", () => {
  const refused = (place: string, remedy: string) =>
    `backend.${place}: (not shown): may not be set: it is a secret, and would stand in the synthesized JSON; ${remedy}`;
  const token = "run `terraform login`, or export TF_TOKEN_<host name> (S3: AWS_SESSION_TOKEN) where Terraform runs";
  test.each([
    [pg, "connStr", "export PG_CONN_STR where Terraform runs"],
    [pg, "conn_str", "export PG_CONN_STR where Terraform runs"],
    [s3, "accessKey", "export AWS_ACCESS_KEY_ID where Terraform runs"],
    [s3, "secret_key", "export AWS_SECRET_ACCESS_KEY where Terraform runs"],
    [s3, "sseCustomerKey", "export AWS_SSE_CUSTOMER_KEY where Terraform runs"],
    [s3, "token", token],
    [cloud, "token", token],
  ])("%o.%s", (backend, key, remedy) => {
    expect(complaints(environmentText({ backend: backend({ [key]: "s3cret" }) }))).toEqual([refused(key, remedy)]);
  });

  test("nor is a password shown that stands in a place of its own making", () => {
    const said = complaints(environmentText({ backend: pg({ schemaName: "postgres://me:s3cret@db/state" }) }));
    expect(said).toEqual([expect.stringContaining("backend.schemaName: (not shown): is no PostgreSQL name")]);
  });
});

describe("two environments", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "environments-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function load(backends: Record<string, Over>) {
    for (const [name, backend] of Object.entries(backends)) {
      writeFileSync(path.join(directory, `${name}.yaml`), environmentText({ backend }));
    }
    const { environments, problems } = loadEnvironments(directory, {});
    const said = formatProblems(problems)
      .split("\n")
      .map((line) => line.replace(/^.*\//, ""));
    return { names: environments.map(({ name }) => name), said };
  }

  test.each([
    ["workspace", cloud({}), cloud({ hostname: "app.terraform.io" })],
    ["tags", cloud({ workspace: undefined, tags: ["a", "b"] }), cloud({ workspace: undefined, tags: ["b", "a"] })],
    ["key", s3({ key: "state" }), s3({ key: "state", region: "us-east-1" })],
    ["schemaName", pg(), pg({ schemaName: "nocodb_one" })],
  ])("may not keep their state in the same place: %s", (setting, one, two) => {
    const both =
      "and each of the two would take away what the other has made; write another one in one of the two files";
    const { names, said } = load({ one, two, three: { type: "local" } });
    expect(names).toEqual(["three"]);
    expect(said).toEqual([
      expect.stringMatching(`^one.yaml:\\d+: backend.${setting}: .*leads to the state of two, ${both}$`),
      expect.stringMatching(`^two.yaml:\\d+: backend.${setting}: .*leads to the state of one, ${both}$`),
    ]);
  });

  test.each([
    ["files", { type: "local" }, { type: "local" }],
    ["workspaces", cloud({}), cloud({ workspace: "other" })],
    ["servers", cloud({}), cloud({ hostname: "tfe.acme.org:8443" })],
    ["objects, by default", s3(), s3()],
    ["buckets", s3({ key: "state" }), s3({ key: "state", bucket: "other" })],
    ["services", s3({ key: "state" }), s3({ key: "state", endpoint: "https://s3.acme.org" })],
    ["schemas, by default", pg(), pg()],
  ])("may keep it in different %s", (_what, one, two) => {
    expect(load({ "a-one": one, two })).toEqual({ names: ["a-one", "two"], said: [""] });
  });
});
