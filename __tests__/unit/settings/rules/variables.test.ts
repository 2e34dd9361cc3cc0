import { describe, expect, test } from "vitest";
import { complaints, environmentText } from "../../support/environment-text.js";
import { rejects } from "../../support/rejects.js";

const variable = (name: string, value: unknown = "x") => environmentText({ variables: { [name]: value } });

describe("a variable that the app sets itself is refused, with the setting to use", () => {
  const database = "the app sets it from postgresql.*";
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

const change = "remove the line, and change the secret with `npx nocodb-host secret set` or `secret rotate`";
const ownSecrets = [
  ["DATABASE_PASSWORD", change],
  ["NC_ADMIN_PASSWORD", change],
  ["NC_AUTH_JWT_SECRET", change],
  ["NC_CONNECTION_ENCRYPT_KEY", "remove the line"],
] as const;
test.each(ownSecrets)("the app's own secret %s is neither a variable nor a further secret", (name, remedy) => {
  const message = `may not be set here: it is a secret that the app already has; ${remedy}`;
  expect(complaints(variable(name))).toEqual([`variables.${name}: (not shown): ${message}`]);
  expect(complaints(environmentText({ secrets: [name] }))).toEqual([`secrets[0]: "${name}": ${message}`]);
});

rejects("secrets[0]", (name) => ({ secrets: [name] }), [
  ["nc_smtp_password", `"nc_smtp_password": ${noVariable}; did you mean NC_SMTP_PASSWORD?`],
  [
    "nc_auth_jwt_secret",
    `"nc_auth_jwt_secret": ${noVariable}; use a name from NocoDB's documentation, such as NC_SMTP_HOST`,
  ],
  ["NC_DB", '"NC_DB": may not be set here: the app sets it from postgresql.*; remove the line'],
  [
    "NODE_OPTIONS",
    '"NODE_OPTIONS": may not be a secret: Node.js reads it before the secrets are there; set it in variables',
  ],
  [
    "NC_SMTP_PASSWORD=Hush.Hush",
    "(not shown): contains more than the name of a variable; write only the name, and give the value with `npx nocodb-host secret set`",
  ],
  [["a"], "a list: must be text; put it in quotes"],
  [{ NC_SMTP_PASSWORD: "Hush.Hush" }, "a mapping: must be text; put it in quotes"],
]);

test("a secret is listed once, and is not a variable, too", () => {
  const secrets = ["NC_SMTP_PASSWORD", "NC_S3_ACCESS_SECRET", "NC_SMTP_PASSWORD"];
  expect(complaints(environmentText({ secrets, variables: { NC_S3_ACCESS_SECRET: "Hush.Hush" } }))).toEqual([
    'secrets[1]: "NC_S3_ACCESS_SECRET": is also in variables, which the plan shows; remove variables.NC_S3_ACCESS_SECRET',
    'secrets[2]: "NC_SMTP_PASSWORD": appears twice; keep only one',
  ]);
});

test("a list that is not one is the only problem", () => {
  const secrets = { NC_SMTP_PASSWORD: "Hush.Hush" };
  const variables = { NC_SMTP_HOST: "mail" };
  expect(complaints(environmentText({ secrets, variables }))).toEqual([
    "secrets: a mapping: must be a list; write [a, b], or a line `- a` for each",
  ]);
});

describe("${secret:NAME} in a variable", () => {
  const url = "redis://:${secret:REDIS_PASSWORD}@redis:6379";
  const place = `variables.NC_REDIS_URL: ${url}: refers to the secret REDIS_PASSWORD, which is not in secrets`;
  const withUrl = (secrets: string[], NC_REDIS_URL = url) => environmentText({ secrets, variables: { NC_REDIS_URL } });

  test("is accepted if the secret is listed, beside a value from the process environment", () => {
    const host = url.replace("redis:6379", "${env:HOST}");
    expect(complaints(withUrl(["REDIS_PASSWORD"], host), { HOST: "redis" })).toEqual([]);
  });

  test.each<[string[], string]>([
    [[], "add REDIS_PASSWORD to secrets"],
    [["NC_SMTP_PASSWORD", "REDIS_PASSWRD"], "did you mean REDIS_PASSWRD?"],
  ])("is refused with the secrets %j", (secrets, remedy) => {
    expect(complaints(withUrl(secrets))).toEqual([`${place}; ${remedy}`]);
  });

  test("does not reach a secret of the app", () => {
    expect(complaints(withUrl([], "${secret:DATABASE_PASSWORD}"))).toEqual([
      "variables.NC_REDIS_URL: ${secret:DATABASE_PASSWORD}: refers to the secret DATABASE_PASSWORD, which is not in secrets; refer to a secret of your own: this one is the app's",
    ]);
  });

  test("is refused in NODE_OPTIONS, which Node.js reads first", () => {
    const variables = { NODE_OPTIONS: "--title=${secret:TITLE}" };
    expect(complaints(environmentText({ secrets: ["TITLE"], variables }))).toEqual([
      "variables.NODE_OPTIONS: --title=${secret:TITLE}: refers to a secret, but Node.js reads it before the secrets are there; write the option without a secret",
    ]);
  });

  test("is refused in another setting", () => {
    const secrets = ["DIRECTORY"];
    expect(complaints(environmentText({ secrets, baseDirectory: "/${secret:DIRECTORY}" }))).toEqual([
      'baseDirectory: "/${secret:DIRECTORY}": contains ${secret:DIRECTORY}, but only a value in variables may refer to a secret; write the value without it',
    ]);
  });

  test("is refused in another spelling", () => {
    expect(complaints(withUrl([], "${secret:redis-password}"))).toEqual([
      'variables.NC_REDIS_URL: "${secret:redis-password}": contains ${secret:redis-password}, which is not a reference; write ${secret:password}',
    ]);
  });
});
