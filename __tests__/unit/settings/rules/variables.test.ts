import { describe, expect, test } from "vitest";
import { complaints, environmentText } from "../../support/environment-text.js";

const variable = (name: string, value: unknown = "x") => environmentText({ variables: { [name]: value } });

describe("a variable that the app sets itself is refused, with the setting to use", () => {
  const database = "the app sets it from postgresql.*";
  const secret = "it is a secret, which belongs in a Terraform variable, not in this file";
  const address = "the app sets it from subdomain and domain";
  const data = "the app mounts baseDirectory/data/nocodb there";
  test.each([
    ["NC_DB", database],
    ["NC_DB_JSON", database],
    ["NC_DB_JSON_FILE", database],
    ["DATABASE_URL", database],
    ["DATABASE_URL_FILE", database],
    ["NC_PUBLIC_URL", address],
    ["NC_SITE_URL", address],
    ["NC_TOOL_DIR", data],
    ["NC_APP_DATA_DIR", data],
    ["NC_ADMIN_EMAIL", "the app sets it from admin.email"],
    ["NC_ADMIN_PASSWORD", secret],
    ["NC_AUTH_JWT_SECRET", secret],
    ["NC_CONNECTION_ENCRYPT_KEY", secret],
    ["NC_SECURE_ATTACHMENTS", "the app sets it from secureAttachments"],
    ["NC_TRUST_PROXY", "the app sets it from trustedProxies"],
    ["NC_ALLOW_LOCAL_HOOKS", "the app sets it from privateNetwork.webhooks"],
    ["NC_WEBHOOK_ALLOW_PRIVATE_NETWORK", "the app sets it from privateNetwork.webhooks"],
    ["NC_ALLOW_LOCAL_EXTERNAL_DBS", "the app sets it from privateNetwork.dataSources"],
    ["PORT", "the health check and the site expect port 8080"],
  ])("%s", (name, reason) => {
    const expected = `variables.${name}: (not shown): may not be set here: ${reason}; remove the line`;
    expect(complaints(variable(name))).toEqual([expected]);
  });
});

const noVariable = "is not a valid variable name: A-Z, 0-9 and _, starting with a letter or _";
test.each([
  ["nc_smtp_host", `${noVariable}; did you mean NC_SMTP_HOST?`],
  ["NC SMTP", `${noVariable}; did you mean NC_SMTP?`],
  ["nc_db", `${noVariable}; use a name from NocoDB's documentation, such as NC_SMTP_HOST`],
  ["1X", `${noVariable}; use a name from NocoDB's documentation, such as NC_SMTP_HOST`],
])("the variable name %s is refused", (name, expected) => {
  expect(complaints(variable(name))).toEqual([`variables.${name}: (not shown): ${expected}`]);
});
