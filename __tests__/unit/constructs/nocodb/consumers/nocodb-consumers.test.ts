import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { describe, expect, test } from "vitest";
import {
  type NocodbConsumer,
  NocodbConsumers,
  NocodbConsumersRemoval,
  renderConsumers,
} from "../../../../../constructs/nocodb/consumers/nocodb-consumers.js";
import { nocodb } from "../../../support/nocodb.js";
import {
  block,
  hostIn,
  localExec,
  programOf,
  requirements,
  statusOf,
  synthesize,
  triggers,
} from "../../../support/scope.js";
import { evaluate } from "../../../support/terraform.js";

const openclaw: NocodbConsumer = {
  name: "openclaw",
  role: "creator",
  bases: {},
  envFile: "/opt/acme/configs/openclaw/openclaw.env",
  ownFile: false,
  missingFile: "error",
  variables: { NOCODB_BASE_URL: "http://nocodb:8080" },
  container: "acme_openclaw",
};

const n8n: NocodbConsumer = {
  name: "n8n",
  role: "viewer",
  bases: { Production: "editor", 'Old "base" of 2024': "viewer" },
  envFile: "/opt/acme/configs/n8n/nocodb.env",
  ownFile: true,
  missingFile: "create",
  variables: { NOCODB_BASE_URL: "https://noco.example.com", NOCODB_INTERNAL_URL: "http://nocodb:8080" },
  container: "n8n_main",
  recreate: "docker compose -f /opt/n8n/compose.yml up -d --force-recreate n8n",
};

describe("consumers in a plan", () => {
  test("with the fewest settings: a fact per line, by the names of the environment file, and no token", () => {
    expect(renderConsumers([openclaw])).toBe(`openclaw role creator
openclaw envFile /opt/acme/configs/openclaw/openclaw.env
openclaw ownFile false
openclaw missingFile error
openclaw variables NOCODB_BASE_URL=http://nocodb:8080
openclaw container acme_openclaw`);
  });

  test("with all settings: roles before titles, which may have blanks", () => {
    expect(renderConsumers([n8n])).toBe(`n8n role viewer
n8n bases editor Production
n8n bases viewer Old "base" of 2024
n8n envFile /opt/acme/configs/n8n/nocodb.env
n8n ownFile true
n8n missingFile create
n8n variables NOCODB_BASE_URL=https://noco.example.com
n8n variables NOCODB_INTERNAL_URL=http://nocodb:8080
n8n container n8n_main
n8n recreate docker compose -f /opt/n8n/compose.yml up -d --force-recreate n8n`);
  });

  test("in the given order, one after the other", () => {
    const both = renderConsumers([n8n, openclaw]);
    expect(both).toBe(`${renderConsumers([n8n])}\n${renderConsumers([openclaw])}`);
  });

  test("are an empty text if there are none", () => {
    expect(renderConsumers([])).toBe("");
  });
});

const step = (...consumers: NocodbConsumer[]) =>
  synthesize((stack) => {
    new NocodbConsumers(stack, "consumers", {
      host: hostIn(stack),
      container: "acme_nocodb",
      port: 8080,
      environmentFile: "/opt/acme/configs/nocodb/nocodb.env",
      secretsDirectory: "/opt/acme/configs/nocodb/secrets",
      postgresql: { container: "acme_postgresql", superuser: "postgres" },
      deployUser: "deploy",
      bases: ["Production", "CRM"],
      consumers,
      healthy: "${null_resource.healthy.id}",
      dependsOn: [new Resource(stack, "before")],
    });
  });

describe("the consumers' step", () => {
  const json = step(openclaw, n8n);

  test("runs again when a consumer changes, NocoDB was restarted, or the probe finds drift", () => {
    expect(triggers(json, "consumers")).toEqual({
      api_container: "acme_nocodb",
      port: "8080",
      env_file: "/opt/acme/configs/nocodb/nocodb.env",
      secrets: "/opt/acme/configs/nocodb/secrets",
      deploy_user: "deploy",
      database_container: "acme_postgresql",
      superuser: "postgres",
      bases: "Production\nCRM",
      consumers: renderConsumers([openclaw, n8n]),
      healthy: "${null_resource.healthy.id}",
      status: statusOf("consumers"),
    });
  });

  test("gives its program the input that is in the plan, and no secret", () => {
    const { command, environment, when } = localExec(json, "consumers");
    expect(programOf(command)).toBe("nocodb/consumers/apply");
    expect(environment).toEqual({
      INPUT_records: "/opt/acme/records",
      INPUT_key: "consumers",
      INPUT_status: "${self.triggers.status}",
      INPUT_api_container: "${self.triggers.api_container}",
      INPUT_port: "${self.triggers.port}",
      INPUT_env_file: "${self.triggers.env_file}",
      INPUT_secrets: "${self.triggers.secrets}",
      INPUT_deploy_user: "${self.triggers.deploy_user}",
      INPUT_database_container: "${self.triggers.database_container}",
      INPUT_superuser: "${self.triggers.superuser}",
      INPUT_bases: "${self.triggers.bases}",
      INPUT_consumers: "${self.triggers.consumers}",
    });
    expect(when).toBeUndefined();
  });

  test("comes after its dependencies", () => {
    expect(block(json, "null_resource.consumers").depends_on).toEqual([
      "data.external.host_probe",
      "null_resource.before",
    ]);
  });

  test("requires each env file before anything is changed, with whose it is and what to do if it is missing", () => {
    expect(requirements(json)).toEqual([
      "docker",
      "command curl curl",
      "command flock util-linux",
      "env_file openclaw false error /opt/acme/configs/openclaw/openclaw.env",
      "env_file n8n true create /opt/acme/configs/n8n/nocodb.env",
    ]);
  });

  test("exists without consumers, because it closes the sign-up", () => {
    const none = step();
    expect(triggers(none, "consumers").consumers).toBe("");
    expect(localExec(none, "consumers").environment.INPUT_consumers).toBe("${self.triggers.consumers}");
    expect(requirements(none).filter((each) => each.startsWith("env_file"))).toEqual([]);
  });
});

test("a command or a title is in the plan literally, with any meaning for Terraform or a shell", async () => {
  const recreate = `docker run -e A='\${HOME}' -e B="%{x}" -e C=$\${y} \\"z\\" \`id\` $(id) %%{w} %s`;
  const bases = { "Q1 \"${plan}\" \\ %{if} ü '25'": "editor" };
  const text = renderConsumers([{ ...n8n, recreate, bases }]);
  expect(text).toContain(`n8n recreate ${recreate}\n`.trimEnd());
  const { shown } = await evaluate({ shown: triggers(step({ ...n8n, recreate, bases }), "consumers").consumers });
  expect(shown).toBe(text);
});

describe("the removal of consumers", () => {
  const removal = (containers: string[]) =>
    synthesize((stack) => {
      const dependsOn = [new Resource(stack, "container")];
      new NocodbConsumersRemoval(stack, "removal", { host: hostIn(stack), of: "consumers", containers, dependsOn });
    });

  test("has NocoDB's container and the record as triggers, so a consumer that changes is not removed first", () => {
    expect(triggers(removal(["acme_nocodb"]), "removal")).toEqual({ key: "consumers", api_container: "${each.key}" });
    expect(programOf(localExec(removal(["acme_nocodb"]), "removal").command)).toBe("nocodb/consumers/remove");
  });

  test("runs before the container is destroyed, while NocoDB can still delete tokens", () => {
    expect(block(removal(["acme_nocodb"]), "null_resource.removal").depends_on).toEqual(["null_resource.container"]);
  });

  test("has an instance if there is a container, and none otherwise", () => {
    expect(block(removal(["a_nocodb"]), "null_resource.removal").for_each).toEqual({ a_nocodb: "a_nocodb" });
    expect(block(removal([]), "null_resource.removal").for_each).toEqual({});
  });
});

describe("NocoDB with consumers", () => {
  const { variables: _, ...settings } = openclaw;
  const internal = { ...settings, baseUrl: "internal" as const };
  const site = { ...settings, name: "n8n", baseUrl: "site" as const };
  const linesOf = (json: ReturnType<typeof nocodb>) =>
    triggers(json, "nocodb_consumers")
      .consumers!.split("\n")
      .filter((line) => line.includes(" variables "));

  test("is found by its name on the networks; if the site is asked for, by both, because of a VPN gate", () => {
    expect(linesOf(nocodb({ consumers: [internal, site], alias: "tables" }))).toEqual([
      "openclaw variables NOCODB_BASE_URL=http://tables:8080",
      "n8n variables NOCODB_BASE_URL=https://noco.example.com",
      "n8n variables NOCODB_INTERNAL_URL=http://tables:8080",
    ]);
  });

  test("signs in with its own env file and secrets, once it is healthy, and again after each start", () => {
    expect(triggers(nocodb(), "nocodb_consumers")).toMatchObject({
      api_container: "acme_nocodb",
      env_file: triggers(nocodb(), "nocodb_env_file").path,
      secrets: triggers(nocodb(), "nocodb_secrets").secrets,
      healthy: "${null_resource.nocodb_container_healthy.id}",
      consumers: "",
    });
  });

  test("creates the removal before the step and after the container", () => {
    const json = nocodb();
    expect(block(json, "null_resource.nocodb_consumers").depends_on).toContain(
      "null_resource.nocodb_consumers_removal",
    );
    expect(block(json, "null_resource.nocodb_consumers_removal")).toMatchObject({
      depends_on: ["docker_container.nocodb_container"],
      for_each: { acme_nocodb: "acme_nocodb" },
      triggers: { key: localExec(json, "nocodb_consumers").environment.INPUT_key },
    });
  });

  test("makes the last backup before a destroy removes them", () => {
    expect(block(nocodb(), "null_resource.nocodb_last_backup").depends_on).toContain("null_resource.nocodb_consumers");
  });

  test("does not rename the super admin of an existing database, unless that is acknowledged", () => {
    const required = "super_admin acme_postgresql postgres nocodb admin@example.com";
    const of = (json: ReturnType<typeof nocodb>) => requirements(json).filter((each) => each.startsWith("super_admin"));
    expect(of(nocodb())).toEqual([required]);
    expect(of(nocodb({ renamesAdmin: false }))).toEqual([required]);
    expect(of(nocodb({ renamesAdmin: true }))).toEqual([`${required} accepted`]);
  });
});
