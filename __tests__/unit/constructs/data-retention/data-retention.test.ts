import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { describe, expect, test } from "vitest";
import type { BackupPolicy } from "../../../../constructs/backup/backup-policy.js";
import { DataRetention, type DestroyPolicy, LastBackup } from "../../../../constructs/data-retention/data-retention.js";
import { HostOwnership } from "../../../../constructs/host-ownership/host-ownership.js";
import { block, hostIn, localExec, programOf, synthesize, triggers } from "../../support/scope.js";

const backups: BackupPolicy = {
  service: "forms",
  serviceKind: "generic",
  directory: "/srv/backups",
  keep: 3,
  container: "acme_postgresql",
  superuser: "postgres",
  database: "forms",
  role: "forms",
  dataDirectory: "/opt/acme/data",
  secretsDirectory: "/opt/acme/secrets",
  pinnedSecrets: ["KEY"],
  restoreCommand: "restore",
};

const ending = (onDestroy: DestroyPolicy, services = ["acme_forms"]) =>
  synthesize((stack) => {
    const host = hostIn(stack);
    const props = { host, ownership: new HostOwnership(stack, "ownership", { host }), backups, services };
    new DataRetention(stack, "retention", { ...props, onDestroy, environmentFile: "/opt/acme/forms.env" });
    new LastBackup(stack, "last_backup", { ...props, dependsOn: [new Resource(stack, "service")] });
  });

const keep: DestroyPolicy = { database: "keep", data: "keep", backups: "keep" };
const json = ending(keep);

const policy = {
  INPUT_service: "forms",
  INPUT_service_kind: "generic",
  INPUT_backups: "/srv/backups",
  INPUT_keep: "3",
  INPUT_database_container: "acme_postgresql",
  INPUT_superuser: "postgres",
  INPUT_database: "forms",
  INPUT_role: "forms",
  INPUT_data_directory: "/opt/acme/data",
  INPUT_secrets: "/opt/acme/secrets",
  INPUT_pinned_secrets: "KEY",
};

describe.each([
  ["retention", "data-retention/after-destroy"],
  ["last_backup", "data-retention/before-destroy"],
])("%s", (step, program) => {
  test("runs on destroy only", () => {
    const { command, when } = localExec(json, step);
    expect([programOf(command), when]).toEqual([program, "destroy"]);
  });

  test("is for one container and one state: a change of the policy runs nothing", () => {
    expect(triggers(json, step)).toEqual({ state: "${null_resource.ownership_state.id}", name: "${each.key}" });
    expect(block(json, `null_resource.${step}`).for_each).toEqual({ acme_forms: "acme_forms" });
  });

  test("has no instance for a disabled service", () => {
    expect(block(ending(keep, []), `null_resource.${step}`).for_each).toEqual({});
  });

  test("knows where the service's data and backups are", () => {
    expect(localExec(json, step).environment).toMatchObject(policy);
  });
});

test("a last backup comes before everything that it depends on is destroyed", () => {
  expect(block(json, "null_resource.last_backup").depends_on).toEqual(["null_resource.service"]);
});

test.each<[keyof DestroyPolicy]>([["database"], ["data"], ["backups"]])("a destroy deletes %s if it should", (what) => {
  const { environment } = localExec(ending({ ...keep, [what]: "delete" }), "retention");
  for (const each of ["database", "data", "backups"]) {
    expect(environment[`INPUT_on_destroy_${each}`]).toBe(each === what ? "delete" : "keep");
  }
});
