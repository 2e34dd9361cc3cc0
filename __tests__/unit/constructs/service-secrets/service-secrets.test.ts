import { expect, test } from "vitest";
import { ServiceSecrets, type ServiceSecretsProps } from "../../../../constructs/service-secrets/service-secrets.js";
import { hostIn, localExec, programOf, requirements, statusOf, synthesize, triggers } from "../../support/scope.js";
import { formsSecrets } from "../../support/service.js";

const secrets = (over: Partial<ServiceSecretsProps> = {}) =>
  synthesize((stack) => void new ServiceSecrets(stack, "secrets", { host: hostIn(stack), ...formsSecrets, ...over }));

const every = secrets({
  secrets: [
    { name: "TOKEN", policy: "generated", title: "token" },
    { name: "KEY", policy: "pinned", title: "key of notes" },
    { name: "SMTP_PASSWORD", policy: "given", title: "SMTP_PASSWORD" },
    { name: "S3_SECRET", policy: "given", title: "S3_SECRET" },
  ],
});

test("a plan shows which secrets there are, and no value", () => {
  expect(triggers(every, "secrets")).toEqual({
    secrets: "/opt/acme/secrets",
    owner: "0:0",
    expected: `TOKEN generated token
KEY pinned key of notes
SMTP_PASSWORD given SMTP_PASSWORD
S3_SECRET given S3_SECRET`,
    service_kind: "generic",
    database_container: "acme_postgresql",
    superuser: "postgres",
    database: "forms",
    status: statusOf("secrets"),
  });
});

test("the program gets a new value for each secret that a deploy can make, which Terraform does not store", () => {
  const { command, environment } = localExec(every, "secrets");
  expect(programOf(command)).toBe("service-secrets/apply");
  expect(environment.INPUT_generated).toBe(
    "TOKEN=${substr(ephemeral.random_password.new_secrets.result, 0, 40)}\nKEY=${substr(ephemeral.random_password.new_secrets.result, 40, 40)}",
  );
  expect(every.ephemeral).toEqual({ random_password: { new_secrets: { length: 80, special: false } } });
});

test("a plan is refused if a pinned secret is another one, or if a given one is missing", () => {
  expect(requirements(every)).toContain("secrets secrets /opt/acme/secrets KEY SMTP_PASSWORD,S3_SECRET set");
  expect(requirements(secrets())).toContain("secrets secrets /opt/acme/secrets - - set");
});

test("their owner is root, or who reads them in the container", () => {
  expect(triggers(secrets({ owner: "1000:1000" }), "secrets").owner).toBe("1000:1000");
});
