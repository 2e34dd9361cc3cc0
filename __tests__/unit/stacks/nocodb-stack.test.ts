import { describe, expect, test } from "vitest";
import { block, localExec, requirements, triggers } from "../support/scope.js";
import { environment, stackOf } from "../support/stack-of.js";

const prod = stackOf(environment("prod"));

describe("an environment is deployed", () => {
  test("under its project's names, in its base directory", () => {
    const acme = stackOf(environment("prod", { project: "acme2", baseDirectory: "/srv/acme2" }));
    expect(block(acme, "docker_container.nocodb_container")).toMatchObject({
      name: "acme2_nocodb",
      volumes: [
        { host_path: "/srv/acme2/data/nocodb", container_path: "/data" },
        { host_path: "/srv/acme2/configs/nocodb/secrets", container_path: "/run/nocodb", read_only: true },
      ],
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

  test("with its limits, and a heap that fits into them", () => {
    const { memory, memoryReservation } = { memory: 512, memoryReservation: 200 };
    const json = stackOf(environment("prod", { memory, memoryReservation, cpus: 1 }));
    expect(block(json, "docker_container.nocodb_container")).toMatchObject({
      memory: 512,
      memory_swap: 512,
      memory_reservation: 200,
      cpus: "1.0",
      env: expect.arrayContaining(["NODE_OPTIONS=--max-old-space-size=430 --require=/run/nocodb/secrets.cjs"]),
    });
  });

  test("with the operator's NODE_OPTIONS if they are set", () => {
    const json = stackOf(environment("prod", { variables: { NODE_OPTIONS: "--max-old-space-size=200" } }));
    const { env } = block(json, "docker_container.nocodb_container");
    expect((env as string[]).filter((line) => line.startsWith("NODE_OPTIONS"))).toEqual([
      "NODE_OPTIONS=--max-old-space-size=200 --require=/run/nocodb/secrets.cjs",
    ]);
  });

  test("with the secrets that it names, and with new values for those that may be missing", () => {
    const json = stackOf(environment("prod", { secrets: ["NC_SMTP_PASSWORD"] }));
    expect(triggers(json, "nocodb_secrets").expected).toContain("\nNC_SMTP_PASSWORD given NC_SMTP_PASSWORD");
    const { INPUT_generated } = localExec(json, "nocodb_secrets").environment;
    expect(INPUT_generated).toMatch(
      /^NC_ADMIN_PASSWORD=\$\{substr\(ephemeral\.random_password\.nocodb_new_secrets\.result, \d+, 40\)\}$/m,
    );
    expect(INPUT_generated).not.toContain("NC_SMTP_PASSWORD");
  });

  test("without anything that Terraform would store a secret in", () => {
    expect(Object.keys(prod.resource).sort()).toEqual(["docker_container", "docker_image", "null_resource"]);
    const { ephemeral, ...rest } = prod;
    expect(Object.keys(ephemeral)).toEqual(["random_password"]);
    const [, ...others] = JSON.stringify(rest).split("INPUT_generated");
    expect(others).toHaveLength(1);
    expect(JSON.stringify(rest).match(/ephemeral\./g)).toHaveLength(4);
    expect(rest).not.toHaveProperty("variable");
    expect(rest).not.toHaveProperty("locals");
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

  test("container, site and every step for them are gone", () => {
    expect(absent.resource).not.toHaveProperty("docker_container");
    const active = Object.entries(absent.resource.null_resource!).filter(([, each]) => "provisioner" in each);
    expect(active.map(([name]) => name)).toEqual([
      ...["nocodb_alerts_removal", "nocodb_backup_schedule_removal"],
      ...["nocodb_consumers_removal", "nocodb_last_backup", "nocodb_restore_test_schedule_removal"],
      ...["nocodb_retention", "nocodb_site_removal"],
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
    ...["nocodb_alerts_removal", "nocodb_backup_schedule_removal"],
    ...["nocodb_consumers_removal", "nocodb_last_backup", "nocodb_restore_test_schedule_removal"],
    ...["nocodb_retention", "nocodb_site_removal"],
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
