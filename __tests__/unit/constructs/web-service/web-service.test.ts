import { describe, expect, test } from "vitest";
import { NetworkAttachment } from "../../../../constructs/network-attachment/network-attachment.js";
import type { ServicePlace, WebServiceProps } from "../../../../constructs/web-service/web-service-props.js";
import { forms, formsProps } from "../../support/forms.js";
import { block, localExec, requirements, type Synthesized, synthesize, triggers } from "../../support/scope.js";

const enabled = (over: Partial<WebServiceProps> = {}, place: Partial<ServicePlace> = {}): Synthesized =>
  synthesize((stack) => {
    const { host, service } = forms(stack, place);
    service.enable({ ...formsProps(stack, host), ...over });
  });

const json = enabled();

/** Every step that a step comes after, directly or through others. */
function before(step: string): Set<string> {
  const found = new Set<string>();
  const visit = (name: string) => {
    for (const each of (block(json, name).depends_on ?? []) as string[]) {
      if (found.has(each)) continue;
      found.add(each);
      visit(each);
    }
  };
  visit(step);
  return found;
}

describe("the steps of a service are in the order that keeps it up:", () => {
  test.each([
    [
      "container",
      "docker_container.forms_container",
      ["forms_config_directory", "forms_env_file", "forms_secrets", "forms_database"],
    ],
    ["container", "docker_container.forms_container", ["forms_data_directory", "forms_retention", "ownership"]],
    ["site", "null_resource.forms_site", ["forms_site_removal", "forms_container_ready"]],
    ["last backup", "null_resource.forms_last_backup", ["forms_container_healthy", "forms_site", "forms_smoke_test"]],
  ])("the %s, %s, comes after %j", (_, step, earlier) => {
    expect([...before(step)]).toEqual(expect.arrayContaining(earlier.map((each) => `null_resource.${each}`)));
  });

  test("the smoke test runs after each change of container and site", () => {
    expect(triggers(json, "forms_smoke_test")).toMatchObject({
      healthy: "${null_resource.forms_container_healthy.id}",
      site_id: "${null_resource.forms_site.id}",
    });
  });

  test("the deploy waits for the service again after its database or its secrets were corrected", () => {
    expect(triggers(json, "forms_container_healthy")).toMatchObject({
      database_id: "${null_resource.forms_database.id}",
      secrets_id: "${null_resource.forms_secrets.id}",
    });
  });
});

describe("everything that a service keeps on the host carries its name:", () => {
  test("the records of its image, in each program that reads or writes them", () => {
    const input = (step: string) => {
      const given = localExec(json, step).environment.INPUT_service!;
      return given.startsWith("${self") ? triggers(json, step).service : given;
    };
    const steps = ["container_ready", "container_healthy", "smoke_test", "last_backup", "retention"];
    expect(steps.map((step) => input(`forms_${step}`))).toEqual(steps.map(() => "forms"));
    expect(requirements(json)).toContain(
      "no_downgrade forms 000000001.000000002.000000003. acme/forms:1.2.3 restore forms",
    );
  });

  test("its records, by their addresses", () => {
    const steps = Object.entries(json.resource.null_resource!).filter(([, each]) => "provisioner" in each);
    const keys = steps.map(([name]) => localExec(json, name).environment.INPUT_key).filter((key) => key !== undefined);
    const written = keys.filter((key) => !key.startsWith("$")).sort();
    expect(written).toEqual([
      ...["forms_config_directory", "forms_container_healthy", "forms_data_directory", "forms_database"],
      ...["forms_env_file", "forms_secrets", "forms_site", "ownership"],
    ]);
  });

  test("its env file and the timer of its backups", () => {
    expect(triggers(json, "forms_env_file").path).toBe("/opt/acme/configs/forms/forms.env");
    const backups = { directory: "/b", keep: 3, restoreCommand: "restore", schedule: "daily" };
    expect(triggers(enabled({}, { backups }), "forms_backup_schedule_timer").unit).toBe("acme-forms-backup");
  });
});

describe("a service with the fewest settings", () => {
  test("is recognized by any table in its database", () => {
    expect(requirements(json)).toEqual(
      expect.arrayContaining([
        "kept_database forms generic acme_postgresql postgres forms restore forms",
        "free_name acme_forms cdktf.environment=staging generic",
        "free_alias acme_backend forms acme_forms cdktf.environment=staging generic",
      ]),
    );
    expect(localExec(json, "forms_container_ready").environment.INPUT_service_kind).toBe("generic");
    expect(triggers(json, "forms_database").owned_tables).toBe("");
  });

  test("has an open site, which holds requests for a minute", () => {
    expect(triggers(json, "forms_site").text).toMatch(/^forms\.example\.com \{\n\tencode zstd gzip \{/);
    expect(triggers(json, "forms_site").text).toContain("\n\treverse_proxy forms:3000 {");
    expect(triggers(json, "forms_site").text).toContain("lb_try_duration 60s");
  });

  test("is not asked for its database, and runs the image's own command", () => {
    expect(triggers(json, "forms_container_healthy")).not.toHaveProperty("database_url");
    expect(block(json, "docker_container.forms_container")).not.toHaveProperty("command");
    expect(block(json, "docker_container.forms_container").capabilities).toEqual({ add: [], drop: ["ALL"] });
  });

  test("has no scheduled backups, and a step that would remove them", () => {
    expect(json.resource.null_resource).not.toHaveProperty("forms_backup_schedule_timer");
    expect(block(json, "null_resource.forms_backup_schedule_removal").for_each).toEqual({});
  });

  test("shares a network with Caddy, which the probe checks", () => {
    expect(requirements(json)).toContain("shared_network acme_caddy acme_backend");
  });
});

test("a service with everything", () => {
  const custom = enabled(
    {
      command: ["node", "server.mjs"],
      capabilities: ["CHOWN"],
      databasePath: "/database",
      siteImports: ["vpn_only"],
      hold: 90,
      gracePeriod: 30,
      secrets: [{ name: "KEY", policy: "pinned", title: "key" }],
      secretsOwner: "1000:1000",
    },
    { kind: "nocodb", pinnedSecrets: ["KEY"] },
  );
  expect(block(custom, "docker_container.forms_container")).toMatchObject({
    command: ["node", "server.mjs"],
    capabilities: { add: ["CAP_CHOWN"], drop: ["ALL"] },
    destroy_grace_seconds: 30,
    volumes: [
      { host_path: "/opt/acme/data/forms", container_path: "/srv/data" },
      { host_path: "/opt/acme/configs/forms/secrets", container_path: "/run/forms", read_only: true },
    ],
  });
  expect(triggers(custom, "forms_container_healthy").database_url).toBe("http://forms:3000/database");
  expect(triggers(custom, "forms_site").text).toContain("\timport vpn_only\n");
  expect(triggers(custom, "forms_site").text).toContain("lb_try_duration 90s");
  expect(triggers(custom, "forms_secrets")).toMatchObject({
    expected: "DATABASE_PASSWORD generated database password\nKEY pinned key",
    owner: "1000:1000",
  });
  expect(localExec(custom, "forms_container_ready").environment).toMatchObject({
    INPUT_pinned_secrets: "KEY",
    INPUT_service_kind: "nocodb",
  });
  expect(localExec(custom, "forms_container_healthy").environment.INPUT_grace_period).toBe("30");
});

test("the grace period is one value for the container and every program that stops it", () => {
  const slow = enabled({ gracePeriod: 25 });
  const given = Object.entries(slow.resource.null_resource!).flatMap(([name, each]) => {
    const text = "provisioner" in each ? localExec(slow, name).environment.INPUT_grace_period : undefined;
    if (text === undefined) return [];
    return [text.startsWith("${self") ? triggers(slow, name).grace_period : text];
  });
  expect(given).toEqual(["25", "25", "25"]);
});

test("a network that the stack creates is not required to be shared with Caddy before it exists", () => {
  const created = synthesize((stack) => {
    const { host, service } = forms(stack);
    const create = { internal: false };
    const networks = [new NetworkAttachment(stack, "network", { host, name: "acme_backend", create })];
    const onDestroy = { database: "keep", data: "keep", backups: "keep" } as const;
    service.enable({
      ...{ image: "acme/forms:1", memory: 128, memoryReservation: 64, cpus: 0.5, networks, alias: "forms", port: 3000 },
      ...{ healthPath: "/", siteHost: "forms.example.com", variables: {} },
      ...{ dataOwner: "0:0", dataMount: "/data", deployUser: "deploy", onDestroy },
    });
  });
  expect(requirements(created).join("\n")).not.toContain("shared_network");
});

test("a disabled service keeps its data: every removal stays, without instances", () => {
  const disabled = synthesize((stack) => forms(stack).service.disable());
  expect(disabled.resource).not.toHaveProperty("docker_container");
  const steps = Object.entries(disabled.resource.null_resource!).filter(([name]) => name.startsWith("forms_"));
  expect(steps.map(([name, { for_each }]) => [name, for_each])).toEqual([
    ["forms_alerts_removal", {}],
    ["forms_backup_schedule_removal", {}],
    ["forms_last_backup", {}],
    ["forms_restore_test_schedule_removal", {}],
    ["forms_retention", {}],
    ["forms_site_removal", {}],
  ]);
  const { environment } = localExec(disabled, "forms_retention");
  for (const each of ["database", "data", "backups"]) expect(environment[`INPUT_on_destroy_${each}`]).toBe("keep");
});
