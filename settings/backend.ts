import { z } from "zod";
import { text } from "./checked.js";
import * as names from "./names.js";
import type { Finding, Placed } from "./problems.js";
import * as state from "./state-names.js";

const cloud = z.strictObject({
  type: z.literal("cloud").describe("State, and runs if wanted, in HCP Terraform or a server that speaks its API."),
  hostname: text(state.cloudHost).optional().describe("Host name, with a port if need be. Default: app.terraform.io."),
  organization: text(state.cloudName).describe("Organization."),
  workspace: text(state.cloudName).optional().describe("Workspace by name; either this or tags."),
  tags: z.array(text(state.cloudTag)).optional().describe("Workspaces by tags; either this or workspace."),
});

const s3 = z.strictObject({
  type: z.literal("s3").describe("State in Amazon S3, or in a server that speaks its API."),
  bucket: text(state.bucketName).describe("Bucket, which has to be there; versioning keeps former states."),
  key: text(state.objectKey).optional().describe("Object that holds the state. Default: nocodb/<environment>.tfstate."),
  region: text(state.regionName).describe("Region of the bucket; a server of one's own takes us-east-1."),
  endpoint: text(state.endpoint).optional().describe("URL of a server that is not Amazon's. Default: Amazon's own."),
  encrypt: z.boolean().default(true).describe("Whether the server encrypts the object at rest."),
  kmsKeyId: text(state.kmsKey).optional().describe("ARN of the KMS key to encrypt with. Default: the bucket's own."),
  dynamodbTable: text(state.tableName)
    .optional()
    .describe(
      "DynamoDB table that locks the state, for Terraform before 1.10. Default: none, the lock is an object beside the state.",
    ),
});

const pg = z.strictObject({
  type: z.literal("pg").describe("State in a PostgreSQL database, which PG_CONN_STR names where Terraform runs."),
  schemaName: text(names.postgresqlName)
    .optional()
    .describe("Schema that holds the state, made where it is missing. Default: nocodb_<environment>."),
});

/** Where Terraform keeps the state. What signs in there is never a setting: it would stand in the synthesized JSON. */
export const backend = z
  .discriminatedUnion("type", [
    z.strictObject({ type: z.literal("local").describe("State in a file beside the app.") }),
    cloud,
    s3,
    pg,
  ])
  .default({ type: "local" })
  .describe("Where Terraform keeps its state.");

/** Whether OpenTofu encrypts the state; the two in between are for the deploy that begins or ends it. */
export const stateEncryption = z
  .enum(["none", "passphrase", "passphrase-beginning", "passphrase-ending"])
  .default("none")
  .describe(
    "passphrase: OpenTofu encrypts state and plans with TF_VAR_state_passphrase, 16 characters or more. passphrase-beginning also reads a state that is not encrypted yet; passphrase-ending reads an encrypted one and writes it plain.",
  );

type Written = z.output<typeof backend>;

/** The same with its defaults. */
export type Backend =
  | Exclude<Written, { type: "s3" | "pg" }>
  | (Extract<Written, { type: "s3" }> & { key: string })
  | (Extract<Written, { type: "pg" }> & { schemaName: string });

/** Fills in what depends on the environment's name. */
export function backendWithDefaults(name: string, written: Written): Backend {
  if (written.type === "s3") return { ...written, key: written.key ?? `nocodb/${name}.tfstate` };
  if (written.type === "pg") {
    return { ...written, schemaName: written.schemaName ?? `nocodb_${name.replaceAll("-", "_")}` };
  }
  return written;
}

/**
 * Where the state is, in words; the same for two environments only if one would take the other's state for its own.
 * Undefined for a file beside the app, whose name is the environment's.
 */
export function statePlace(backend: Backend): string | undefined {
  switch (backend.type) {
    case "local":
      return undefined;
    case "s3":
      return `${backend.endpoint ?? "s3:/"}/${backend.bucket}/${backend.key}`;
    case "pg":
      return `PostgreSQL schema ${backend.schemaName}`;
    case "cloud": {
      const { hostname = "app.terraform.io", organization, workspace, tags = [] } = backend;
      return [hostname, organization, workspace ?? [...tags].sort().join("+")].join("/");
    }
  }
}

/** The setting that would have to be another one. */
export function settingOfPlace({ type, ...backend }: Backend): string[] {
  const ofCloud = "tags" in backend && backend.tags !== undefined ? "tags" : "workspace";
  return ["backend", { local: "type", s3: "key", pg: "schemaName", cloud: ofCloud }[type]];
}

interface StateSettings {
  backend: Written;
  stateEncryption: z.output<typeof stateEncryption>;
}

/** What is wrong between the settings of a backend; it may be wrong in every other way too. */
export function backendRules(_name: string, { backend, stateEncryption }: StateSettings): Placed[] {
  if (backend.type === "cloud") return [...workspaceRules(backend), ...encryptionRules(stateEncryption)];
  return backend.type === "s3" ? s3Rules(backend) : [];
}

function workspaceRules({ workspace, tags }: Extract<Written, { type: "cloud" }>): Placed[] {
  const remedy = "set backend.workspace for one, or backend.tags for several";
  if (Array.isArray(tags) && tags.length === 0) return [[["backend", "tags"], { message: "is empty", remedy }]];
  if ((workspace === undefined) !== (tags === undefined)) return [];
  const message = tags === undefined ? "needs a workspace or tags" : "has both a workspace and tags";
  return [[["backend"], { message, remedy }]];
}

function encryptionRules(encryption: StateSettings["stateEncryption"]): Placed[] {
  if (encryption === "none") return [];
  const message = "has no meaning with backend.type: cloud, whose server reads the state itself";
  return [[["stateEncryption"], { message, remedy: "remove the line, or keep the state in s3 or pg" }]];
}

function s3Rules({ encrypt, kmsKeyId, endpoint, dynamodbTable }: Extract<Written, { type: "s3" }>): Placed[] {
  const found: Placed[] = [];
  const add = (key: string, finding: Finding) => found.push([["backend", key], finding]);
  if (encrypt === false && kmsKeyId !== undefined) {
    add("kmsKeyId", { message: "has no meaning with encrypt: false", remedy: "remove one of the two lines" });
  }
  if (endpoint !== undefined && dynamodbTable !== undefined) {
    const message = "is a service of Amazon, which backend.endpoint is not";
    add("dynamodbTable", { message, remedy: "remove the line: the state is locked by an object beside it" });
  }
  return found;
}

/** Settings of Terraform's backends that hold a secret, and the variable that brings it to Terraform instead. */
const secrets = new Map(
  Object.entries({
    connstr: "export PG_CONN_STR where Terraform runs",
    accesskey: "export AWS_ACCESS_KEY_ID where Terraform runs",
    secretkey: "export AWS_SECRET_ACCESS_KEY where Terraform runs",
    ssecustomerkey: "export AWS_SSE_CUSTOMER_KEY where Terraform runs",
    token: "run `terraform login`, or export TF_TOKEN_<host name> (S3: AWS_SESSION_TOKEN) where Terraform runs",
    password: "export PGPASSWORD or PG_CONN_STR where Terraform runs",
  }),
);

/** A setting that operators know from Terraform, and that would put a secret into the synthesized JSON. */
export function secretOfBackend(path: readonly PropertyKey[]): Finding | undefined {
  const [section, key, ...below] = path.map(String);
  if (section !== "backend" || key === undefined || below.length > 0) return undefined;
  const remedy = secrets.get(key.toLowerCase().replace(/[^a-z]/g, ""));
  if (remedy === undefined) return undefined;
  return { message: "may not be set: it is a secret, and would stand in the synthesized JSON", remedy, secret: true };
}
