import { describe, expect, test } from "vitest";
import { block, localExec, requirements, triggers } from "../support/scope.js";
import { environment, stackOf } from "../support/stack-of.js";
import { evaluate } from "../support/terraform.js";

const prod = stackOf(environment("prod"));

describe("an environment is deployed", () => {
  test("under its project's names, in its base directory", () => {
    const acme = stackOf(environment("prod", { project: "acme2", baseDirectory: "/srv/acme2" }));
    expect(block(acme, "docker_container.nocodb_container")).toMatchObject({
      name: "acme2_nocodb",
      volumes: [{ host_path: "/srv/acme2/data/nocodb", container_path: "/data" }],
    });
    expect(triggers(acme, "nocodb_env_file").path).toBe("/srv/acme2/configs/nocodb/nocodb.env");
    expect(localExec(acme, "nocodb_site").environment.INPUT_records).toBe("/srv/acme2/configs/nocodb/records");
  });

  test("on both networks, under an alias that does not depend on the project", () => {
    expect(block(prod, "docker_container.nocodb_container").networks_advanced).toEqual([
      { name: "${data.docker_network.backend_network.name}", aliases: ["nocodb"] },
      { name: "${data.docker_network.frontend_network.name}", aliases: ["nocodb"] },
    ]);
    expect(requirements(prod)).toEqual(expect.arrayContaining(["network acme_backend", "network acme_frontend"]));
  });

  test("on a further network that the environment names, under the same alias", () => {
    const networks = { ...environment("prod").networks, monitoring: { name: "metrics" } };
    const json = stackOf(environment("prod", { networks }));
    expect(block(json, "docker_container.nocodb_container").networks_advanced).toContainEqual({
      name: "${data.docker_network.monitoring_network.name}",
      aliases: ["nocodb"],
    });
    expect(requirements(json)).toContain("network metrics");
  });

  test("at its subdomain, for the VPN only", () => {
    const site = triggers(prod, "nocodb_site");
    expect(site.site).toBe("noco.example.com");
    expect(site.text).toMatch(/^noco\.example\.com \{\n\timport vpn_only\n\timport vpn_error_page\n/);
    expect(prod.output.url!.value).toBe("https://noco.example.com");
  });

  test("with its limits, and a heap that fits into them", async () => {
    const { memory, memoryReservation } = { memory: 512, memoryReservation: 200 };
    const json = stackOf(environment("prod", { memory, memoryReservation, cpus: 1 }));
    expect(block(json, "docker_container.nocodb_container")).toMatchObject({
      memory: 512,
      memory_swap: 512,
      memory_reservation: 200,
      cpus: "1.0",
    });
    const { env } = await evaluate(json, { env: "${local.nocodb_variables}" });
    expect(env).toContain("NODE_OPTIONS=--max-old-space-size=430");
  });

  test("with the operator's NODE_OPTIONS if they are set", async () => {
    const json = stackOf(environment("prod", { variables: { NODE_OPTIONS: "--max-old-space-size=200" } }));
    const { env } = await evaluate(json, { env: "${local.nocodb_variables}" });
    expect((env as string[]).filter((line) => line.startsWith("NODE_OPTIONS"))).toEqual([
      "NODE_OPTIONS=--max-old-space-size=200",
    ]);
  });

  test("without secrets in its outputs", () => {
    expect(JSON.stringify(prod.output)).not.toMatch(/password|secret|key|var\.|local\./);
  });
});

describe("with an empty subdomain NocoDB is disabled", () => {
  const absent = stackOf(environment("prod", { subdomain: "" }));

  test.each(["site", "consumers"])(
    "the removal of %s stays without instances, so a deploy removes what there was",
    (what) => {
      const { for_each, provisioner, ...rest } = block(absent, `null_resource.nocodb_${what}_removal`);
      const enabled = block(prod, `null_resource.nocodb_${what}_removal`);
      expect(for_each).toEqual({});
      expect(provisioner).toEqual(enabled.provisioner);
      expect(rest.triggers).toEqual(enabled.triggers);
    },
  );

  test("the secrets stay as they are, for its return", () => {
    expect(absent.resource.random_password).toEqual(prod.resource.random_password);
    expect(absent.variable).toEqual(prod.variable);
    const pinned = "null_resource.nocodb_pinned_connection_encrypt_key";
    expect(block(absent, pinned)).toEqual(block(prod, pinned));
  });

  test("container, site and every step for them are gone", () => {
    expect(absent.resource).not.toHaveProperty("docker_container");
    const active = Object.entries(absent.resource.null_resource!).filter(([, each]) => "provisioner" in each);
    expect(active.map(([name]) => name)).toEqual([
      "nocodb_backup_schedule_removal",
      ...["nocodb_consumers_removal", "nocodb_last_backup", "nocodb_retention", "nocodb_site_removal"],
      "ownership_removal",
    ]);
  });

  test("nothing is required of the host, and it is not probed", () => {
    expect(absent.data).toBeUndefined();
  });

  test("the outputs exist, and are empty but for the database that is kept", () => {
    const values = Object.entries(absent.output).map(([name, { value }]) => [name, value]);
    expect(Object.fromEntries(values)).toEqual({ url: "", container_id: "", database: "nocodb" });
  });
});

test("on destroy, data is kept unless the environment says otherwise; if NocoDB is disabled, it is always kept", () => {
  const onDestroy = Object.keys(prod.resource.null_resource!).filter((name) =>
    JSON.stringify(block(prod, `null_resource.${name}`)).includes('"when":"destroy"'),
  );
  expect(onDestroy).toEqual([
    "nocodb_backup_schedule_removal",
    ...["nocodb_consumers_removal", "nocodb_guard", "nocodb_last_backup", "nocodb_retention", "nocodb_site_removal"],
    "ownership_removal",
  ]);
  const policies = (over: object) => {
    const { environment: given } = localExec(stackOf(environment("prod", over)), "nocodb_retention");
    return ["database", "data", "backups"].map((each) => given[`INPUT_on_destroy_${each}`]);
  };
  const deleted = { database: "delete", data: "delete", backups: "keep" };
  expect(policies({})).toEqual(["keep", "keep", "keep"]);
  expect(policies({ onDestroy: deleted })).toEqual(["delete", "delete", "keep"]);
  expect(policies({ onDestroy: deleted, subdomain: "" })).toEqual(["keep", "keep", "keep"]);
});
