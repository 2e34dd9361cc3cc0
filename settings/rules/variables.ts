import type { Finding, Placed } from "../diagnostics/problems.js";
import { didYouMean } from "../diagnostics/spelling.js";
import type { EnvironmentFile } from "../schema.js";

const database = "the app sets it from postgresql.*";
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
    NC_SECURE_ATTACHMENTS: "the app sets it from secureAttachments",
    NC_TRUST_PROXY: "the app sets it from trustedProxies",
    NC_ALLOW_LOCAL_HOOKS: webhooks,
    NC_WEBHOOK_ALLOW_PRIVATE_NETWORK: webhooks,
    NC_ALLOW_LOCAL_EXTERNAL_DBS: "the app sets it from privateNetwork.dataSources",
    PORT: "the health check and the site expect port 8080",
  }),
);

const removeLine = "remove the line";
const change = `${removeLine}, and change the secret with \`npx nocodb-host secret set\` or \`secret rotate\``;

/** Secrets that every container gets, and what to do instead of naming one. */
const ownSecrets = new Map([
  ["DATABASE_PASSWORD", change],
  ["NC_ADMIN_PASSWORD", change],
  ["NC_AUTH_JWT_SECRET", change],
  // It never changes, so no command is named.
  ["NC_CONNECTION_ENCRYPT_KEY", removeLine],
  ["POSTGRESQL_ADMIN_PASSWORD", `${removeLine}, and set postgresql.external`],
  ["ALERTS_WEBHOOK", `${removeLine}, and set alerts.webhook to secret`],
]);

/** The name of a container variable that an operator may set. */
export function variableName(name: string): Finding | undefined {
  const remedy = ownSecrets.get(name);
  if (remedy !== undefined) return { message: "may not be set here: it is a secret that the app already has", remedy };
  const reason = own.get(name);
  if (reason !== undefined) return { message: `may not be set here: ${reason}`, remedy: removeLine };
  if (/^[A-Z_][A-Z0-9_]*$/.test(name)) return undefined;
  const upper = name.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
  const isOwn = own.has(upper) || ownSecrets.has(upper);
  return {
    message: "is not a valid variable name: A-Z, 0-9 and _, starting with a letter or _",
    remedy: "use a name from NocoDB's documentation, such as NC_SMTP_HOST",
    suggestion: /^[A-Z_]/.test(upper) && !isOwn ? `did you mean ${upper}?` : undefined,
  };
}

/** The name of a container variable whose value is a secret on the host. */
export function secretName(name: string): Finding | undefined {
  if (/[=:]/.test(name)) {
    const remedy = "write only the name, and give the value with `npx nocodb-host secret set`";
    return { message: "contains more than the name of a variable", remedy, secret: true };
  }
  if (name !== "NODE_OPTIONS") return variableName(name);
  const message = "may not be a secret: Node.js reads it before the secrets are there";
  return { message, remedy: "set it in variables" };
}

/** Checks `secrets` and `variables` against each other. */
export function secretRules(_name: string, { secrets, variables }: EnvironmentFile): Placed[] {
  return [...listRules(secrets, variables), ...referenceRules(secrets.filter(isText), variables)];
}

// The cross-field rules run even if an entry is not text.
const isText = (value: unknown) => typeof value === "string";

function listRules(secrets: string[], variables: Record<string, unknown>): Placed[] {
  return secrets.flatMap((name, index): Placed[] => {
    if (!isText(name)) return [];
    const path = ["secrets", index];
    if (secrets.indexOf(name) < index) return [[path, { message: "appears twice", remedy: "keep only one" }]];
    if (!Object.hasOwn(variables, name)) return [];
    return [[path, { message: "is also in variables, which the plan shows", remedy: `remove variables.${name}` }]];
  });
}

function referenceRules(secrets: string[], variables: Record<string, unknown>): Placed[] {
  return Object.entries(variables).flatMap(([variable, value]): Placed[] => {
    const names = [...String(value).matchAll(/\$\{secret:([A-Z_][A-Z0-9_]*)\}/g)].map(([, name]) => name!);
    const place = ["variables", variable];
    if (variable === "NODE_OPTIONS" && names.length > 0) {
      const message = "refers to a secret, but Node.js reads it before the secrets are there";
      return [[place, { message, remedy: "write the option without a secret" }]];
    }
    return names.filter((name) => !secrets.includes(name)).map((name) => [place, unknownSecret(name, secrets)]);
  });
}

function unknownSecret(name: string, secrets: string[]): Finding {
  const message = `refers to the secret ${name}, which is not in secrets`;
  if (ownSecrets.has(name)) return { message, remedy: "refer to a secret of your own: this one is the app's" };
  const meant = didYouMean(name, secrets);
  return { message, remedy: meant === undefined ? `add ${name} to secrets` : `did you mean ${meant}?` };
}
