import * as z from "zod";
import { type Placed, signsIn } from "../diagnostics/problems.js";
import { mapping } from "./checks.js";

/** Terraform's backends, and its cloud block. */
const types = [
  ...["local", "cloud", "s3", "pg", "http", "azurerm", "gcs", "remote"],
  ...["consul", "cos", "kubernetes", "oci", "oss"],
] as const;

/** Where Terraform keeps the state: the type, and beside it Terraform's own arguments, which go into the stack as they are. */
export const backend = z
  .looseObject({
    type: z.enum(types).describe("Type of the backend, or cloud for HCP Terraform and servers that speak its API."),
  })
  .default({ type: "local" })
  .describe(
    "Where Terraform keeps its state: a type, and that backend's own arguments by Terraform's names. Credentials are refused.",
  );

export type Backend = z.output<typeof backend>;

/** Fills in the arguments that keep the states of two environments apart, encrypted at rest and locked. */
export function backendWithDefaults(name: string, written: Backend): Backend {
  if (written.type === "pg") return { schema_name: `nocodb_${name.replaceAll("-", "_")}`, ...written };
  if (written.type !== "s3") return written;
  const lock = written.dynamodb_table === undefined && { use_lockfile: true };
  return { key: `nocodb/${name}.tfstate`, encrypt: true, ...lock, ...written };
}

/**
 * The place of the state in words, which is the same for two environments only if they would share one state. Undefined for
 * a file beside the app, which has the environment's name.
 */
export function statePlace(backend: Backend): string | undefined {
  const { type, ...block } = backend;
  switch (type) {
    case "local":
      return block.path === undefined ? undefined : `file ${block.path}`;
    case "s3":
      return [mapping(block.endpoints).s3 ?? block.endpoint ?? "s3:/", block.bucket, block.key].join("/");
    case "pg":
      return `PostgreSQL schema ${block.schema_name}`;
    case "cloud": {
      const { name, tags } = mapping(block.workspaces);
      const tagged = Array.isArray(tags) ? tags : Object.entries(mapping(tags)).map((pair) => pair.join("="));
      return [block.hostname ?? "app.terraform.io", block.organization, name ?? [...tagged].sort().join("+")].join("/");
    }
    default:
      return [
        type,
        ...texts(block, [])
          .map(({ path, value }) => `${path.join(".")}=${value}`)
          .sort(),
      ].join(" ");
  }
}

/** Refuses secrets in the backend's arguments. */
export function backendRules(_name: string, { backend }: { backend: Partial<Backend> }): Placed[] {
  return texts(backend, ["backend"]).flatMap((each) => backendSecret(backend.type, each));
}

interface Text {
  path: string[];
  key: string;
  value: string;
}

/** Every text in a value, with its path and the nearest key above it. */
function texts(value: unknown, path: string[], key = ""): Text[] {
  if (typeof value === "number") return texts(String(value), path, key);
  if (typeof value === "string") return [{ path, key, value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    texts(inner, [...path, name], Array.isArray(value) ? key : name),
  );
}

const secretKey =
  /passw|passphrase|secret|token|credential|conn_?str|http_?auth|(?:private|access|client|customer|encryption)_?key|client_?certificate$/i;
const harmlessKey = /^(?:skip|use|kms)_|_(?:files?|paths?|suffix|endpoint|url|name)$/i;

const namesSecret = (key: string) => secretKey.test(key) && !harmlessKey.test(key);

const documented = "export the environment variable that Terraform documents for this argument";
const cloudToken = "run `terraform login`, or export TF_TOKEN_<host name> where Terraform runs";

/** The environment variable that brings a secret argument to Terraform. */
const variables: Partial<Record<string, Record<string, string>>> = {
  s3: {
    access_key: "AWS_ACCESS_KEY_ID",
    secret_key: "AWS_SECRET_ACCESS_KEY",
    token: "AWS_SESSION_TOKEN",
    sse_customer_key: "AWS_SSE_CUSTOMER_KEY",
  },
  pg: { conn_str: "PG_CONN_STR" },
  http: { password: "TF_HTTP_PASSWORD", client_private_key_pem: "TF_HTTP_CLIENT_PRIVATE_KEY_PEM" },
  azurerm: { access_key: "ARM_ACCESS_KEY", client_secret: "ARM_CLIENT_SECRET", sas_token: "ARM_SAS_TOKEN" },
  gcs: { credentials: "GOOGLE_CREDENTIALS", encryption_key: "GOOGLE_ENCRYPTION_KEY" },
  consul: { access_token: "CONSUL_HTTP_TOKEN", http_auth: "CONSUL_HTTP_AUTH" },
};

function backendSecret(type: string | undefined, { path, key, value }: Text): Placed[] {
  const isUrl = signsIn.test(value);
  if (!isUrl && !namesSecret(key)) return [];
  const variable = variables[type ?? ""]?.[key.replaceAll(/(?<=[a-z])[A-Z]/g, "_$&").toLowerCase()];
  const exported = variable === undefined ? documented : `export ${variable} where Terraform runs`;
  const remedy = (type === "cloud" || type === "remote") && key === "token" ? cloudToken : exported;
  const message = `${isUrl ? "contains a password" : "is a secret"}, which would appear in the synthesized JSON`;
  return [[path, { message, remedy, secret: true }]];
}
