import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { describe, expect, test } from "vitest";
import {
  type NocodbConsumer,
  NocodbConsumers,
  NocodbConsumersRemoval,
  renderConsumers,
} from "../../../../../constructs/nocodb/consumers/nocodb-consumers.js";
import { nocodb } from "../../../support/nocodb.js";
import { block, hostIn, localExec, requirements, scriptsOf, synthesize, triggers } from "../../../support/scope.js";
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

describe("consumers as a plan shows them", () => {
  test("with what they must say: a fact a line, and nothing of a token", () => {
    expect(renderConsumers([openclaw])).toBe(`openclaw role creator
openclaw env_file /opt/acme/configs/openclaw/openclaw.env
openclaw keeps block
openclaw missing error
openclaw line NOCODB_BASE_URL=http://nocodb:8080
openclaw container acme_openclaw`);
  });

  test("with all that they may say: roles before titles, which may have blanks", () => {
    expect(renderConsumers([n8n])).toBe(`n8n role viewer
n8n base editor Production
n8n base viewer Old "base" of 2024
n8n env_file /opt/acme/configs/n8n/nocodb.env
n8n keeps file
n8n missing create
n8n line NOCODB_BASE_URL=https://noco.example.com
n8n line NOCODB_INTERNAL_URL=http://nocodb:8080
n8n container n8n_main
n8n recreate docker compose -f /opt/n8n/compose.yml up -d --force-recreate n8n`);
  });

  test("in the order they are given, one behind the other", () => {
    const both = renderConsumers([n8n, openclaw]);
    expect(both).toBe(`${renderConsumers([n8n])}\n${renderConsumers([openclaw])}`);
  });

  test("are no text at all where there is none", () => {
    expect(renderConsumers([])).toBe("");
  });
});

const kept = (...consumers: NocodbConsumer[]) =>
  synthesize((stack) => {
    new NocodbConsumers(stack, "consumers", {
      host: hostIn(stack),
      service: "acme_nocodb",
      port: 8080,
      environmentFile: "/opt/acme/configs/nocodb/nocodb.env",
      deployUser: "deploy",
      consumers,
      serving: "${null_resource.serving.id}",
      dependsOn: [new Resource(stack, "before")],
    });
  });

describe("the consumers' step", () => {
  const json = kept(openclaw, n8n);

  test("runs again when a fact about a consumer changes, NocoDB was started anew, or the probe finds a difference", () => {
    expect(triggers(json, "consumers")).toEqual({
      service: "acme_nocodb",
      port: "8080",
      env_file: "/opt/acme/configs/nocodb/nocodb.env",
      deploy_user: "deploy",
      consumers: renderConsumers([openclaw, n8n]),
      serving: "${null_resource.serving.id}",
      observed: expect.stringContaining('"consumers"'),
    });
  });

  test("gives its script what stands in the plan, and no secret", () => {
    const { command, environment, when } = localExec(json, "consumers");
    expect(scriptsOf(command)).toEqual([
      ...["common.sh", "json.sh", "nocodb-api.sh", "block.sh", "consumers.sh", "ensure-consumers.sh"],
    ]);
    expect(environment).toEqual({
      INPUT_manifest: "/opt/acme/manifest",
      INPUT_key: "consumers",
      INPUT_observed: "${self.triggers.observed}",
      INPUT_service: "${self.triggers.service}",
      INPUT_port: "${self.triggers.port}",
      INPUT_env_file: "${self.triggers.env_file}",
      INPUT_deploy_user: "${self.triggers.deploy_user}",
      INPUT_consumers: "${self.triggers.consumers}",
    });
    expect(when).toBeUndefined();
  });

  test("comes after what it depends on", () => {
    expect(block(json, "null_resource.consumers").depends_on).toEqual([
      "data.external.host_observed",
      "null_resource.before",
    ]);
  });

  test("has each env file looked at before anything is changed, with what it is and what a missing one is", () => {
    expect(requirements(json)).toEqual([
      "docker",
      "command curl curl",
      "command flock util-linux",
      "env_file openclaw block error /opt/acme/configs/openclaw/openclaw.env",
      "env_file n8n file create /opt/acme/configs/n8n/nocodb.env",
    ]);
  });

  test("is there without a consumer, for the sign-up is closed all the same", () => {
    const none = kept();
    expect(triggers(none, "consumers").consumers).toBe("");
    expect(localExec(none, "consumers").environment.INPUT_consumers).toBe("${self.triggers.consumers}");
    expect(requirements(none).filter((each) => each.startsWith("env_file"))).toEqual([]);
  });
});

test("a command or a title stands in the plan as it was written, whatever Terraform or a shell would make of it", async () => {
  const recreate = `docker run -e A='\${HOME}' -e B="%{x}" -e C=$\${y} \\"z\\" \`id\` $(id) %%{w} %s`;
  const bases = { "Q1 \"${plan}\" \\ %{if} ü '25'": "editor" };
  const text = renderConsumers([{ ...n8n, recreate, bases }]);
  expect(text).toContain(`n8n recreate ${recreate}\n`.trimEnd());
  const { shown } = await evaluate({}, { shown: triggers(kept({ ...n8n, recreate, bases }), "consumers").consumers });
  expect(shown).toBe(text);
});

describe("the removal of consumers", () => {
  const removal = (services: string[]) =>
    synthesize((stack) => {
      const dependsOn = [new Resource(stack, "container")];
      new NocodbConsumersRemoval(stack, "removal", { host: hostIn(stack), of: "consumers", services, dependsOn });
    });

  test("knows NocoDB's container and the record, so a consumer that changes is not removed first", () => {
    expect(triggers(removal(["acme_nocodb"]), "removal")).toEqual({ key: "consumers", service: "${each.key}" });
    expect(scriptsOf(localExec(removal(["acme_nocodb"]), "removal").command).slice(1)).toEqual([
      ...["json.sh", "nocodb-api.sh", "block.sh", "consumers.sh", "remove-consumers.sh"],
    ]);
  });

  test("goes before the container, while NocoDB can still be asked to delete tokens", () => {
    expect(block(removal(["acme_nocodb"]), "null_resource.removal").depends_on).toEqual(["null_resource.container"]);
  });

  test("has an instance for the container that there is, and none where there is none", () => {
    expect(block(removal(["a_nocodb"]), "null_resource.removal").for_each).toEqual({ a_nocodb: "a_nocodb" });
    expect(block(removal([]), "null_resource.removal").for_each).toEqual({});
  });
});

describe("NocoDB with consumers", () => {
  const { variables: _, ...said } = openclaw;
  const internal = { ...said, baseUrl: "internal" as const };
  const site = { ...said, name: "n8n", baseUrl: "site" as const };
  const linesOf = (json: ReturnType<typeof nocodb>) =>
    triggers(json, "nocodb_consumers")
      .consumers!.split("\n")
      .filter((line) => line.includes(" line "));

  test("is found by its name on the networks, unless the site is asked for; and then in both ways, for a VPN gate", () => {
    expect(linesOf(nocodb({ consumers: [internal, site], alias: "tables" }))).toEqual([
      "openclaw line NOCODB_BASE_URL=http://tables:8080",
      "n8n line NOCODB_BASE_URL=https://noco.example.com",
      "n8n line NOCODB_INTERNAL_URL=http://tables:8080",
    ]);
  });

  test("signs in with the env file that it runs with, once it serves, and again at each start", () => {
    expect(triggers(nocodb(), "nocodb_consumers")).toMatchObject({
      service: "acme_nocodb",
      env_file: triggers(nocodb(), "nocodb_env_file").path,
      serving: "${null_resource.nocodb_container_serving.id}",
      consumers: "",
    });
  });

  test("has its removal before the step and behind the container", () => {
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

  test("has the step kept by the guard when a replacement is stopped", () => {
    expect(block(nocodb(), "null_resource.nocodb_guard").depends_on).toContain("null_resource.nocodb_consumers");
  });

  test("renames no super admin of the database that is there, unless that was acknowledged", () => {
    const asked = "super_admin acme_postgresql postgres nocodb admin@example.com";
    const of = (json: ReturnType<typeof nocodb>) => requirements(json).filter((each) => each.startsWith("super_admin"));
    expect(of(nocodb())).toEqual([asked]);
    expect(of(nocodb({ renamesAdmin: false }))).toEqual([asked]);
    expect(of(nocodb({ renamesAdmin: true }))).toEqual([`${asked} accepted`]);
  });
});
