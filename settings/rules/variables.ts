import type { Finding } from "../diagnostics/problems.js";

const database = "the app sets it from postgresql.*";
const secret = "it is a secret, which belongs in a Terraform variable, not in this file";
const address = "the app sets it from subdomain and domain";
const webhooks = "the app sets it from privateNetwork.webhooks";
const data = "the app mounts baseDirectory/data/nocodb there";

/** Variables of the container that the app sets itself, and the setting to use instead. */
const own = new Map(
  Object.entries({
    NC_DB: database,
    NC_DB_JSON: database,
    NC_DB_JSON_FILE: database,
    DATABASE_URL: database,
    DATABASE_URL_FILE: database,
    NC_PUBLIC_URL: address,
    NC_SITE_URL: address,
    NC_TOOL_DIR: data,
    NC_APP_DATA_DIR: data,
    NC_ADMIN_EMAIL: "the app sets it from admin.email",
    NC_ADMIN_PASSWORD: secret,
    NC_AUTH_JWT_SECRET: secret,
    NC_CONNECTION_ENCRYPT_KEY: secret,
    NC_SECURE_ATTACHMENTS: "the app sets it from secureAttachments",
    NC_TRUST_PROXY: "the app sets it from trustedProxies",
    NC_ALLOW_LOCAL_HOOKS: webhooks,
    NC_WEBHOOK_ALLOW_PRIVATE_NETWORK: webhooks,
    NC_ALLOW_LOCAL_EXTERNAL_DBS: "the app sets it from privateNetwork.dataSources",
    PORT: "the health check and the site expect port 8080",
  }),
);

/** The name of a container variable that an operator may set. */
export function variableName(name: string): Finding | undefined {
  const reason = own.get(name);
  if (reason !== undefined) return { message: `may not be set here: ${reason}`, remedy: "remove the line" };
  if (/^[A-Z_][A-Z0-9_]*$/.test(name)) return undefined;
  const upper = name.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
  return {
    message: "is not a valid variable name: A-Z, 0-9 and _, starting with a letter or _",
    remedy: "use a name from NocoDB's documentation, such as NC_SMTP_HOST",
    suggestion: /^[A-Z_]/.test(upper) && !own.has(upper) ? `did you mean ${upper}?` : undefined,
  };
}
