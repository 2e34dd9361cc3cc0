import { describe, expect, test } from "vitest";
import { program } from "../../../../constructs/remote-host/program.js";
import { nocodb } from "../../support/nocodb.js";
import { block, localExec, programOf, requirements, statusOf, triggers } from "../../support/scope.js";

const backups = { directory: "/srv/backups", keep: 3, restoreCommand: "restore" };
const alerts = {
  ...{ webhook: "secret", diskPercent: 80, certificateDays: 7, textfile: "/srv/figures/nocodb.prom" },
  ...{ deployCommand: "npx cdktf deploy prod", setSecretCommand: "npx nocodb-host secret set prod" },
};
const json = nocodb({}, { backups: { ...backups, schedule: "daily" }, alerts });
const step = "nocodb_alerts_timer";
const removal = "nocodb_alerts_removal";

describe("alerts", () => {
  test("are a step whose triggers say what is checked, and from which limits on", () => {
    expect(triggers(json, step)).toMatchObject({
      ...{ unit: "acme-nocodb-alerts", alerts: "/opt/acme/configs/nocodb/alerts", service: "nocodb" },
      ...{ environment: "staging", webhook: "secret", command: "", disk_percent: "80", certificate_days: "7" },
      ...{ backup_hours: "", schedule: "daily", backups: "/srv/backups", backup_units: "acme-nocodb-backup" },
      ...{ container: "acme_nocodb", url: "http://nocodb:8080/api/v1/health", site: "noco.example.com" },
      ...{ data_directory: "/opt/acme/data/nocodb", textfile: "/srv/figures/nocodb.prom", caddy: "acme_caddy" },
      ...{ deploy: "deploy again (npx cdktf deploy prod)", status: statusOf(step) },
    });
  });

  test("install a program that is read at deploy time; a changed one is a change", () => {
    const file = 'file("assets/host_programs/sh/alerts/check.sh")';
    expect(localExec(json, step).environment.INPUT_packed_program).toBe(`\${base64gzip(${file})}`);
    expect(triggers(json, step).program_fingerprint).toBe(`\${substr(sha256(${file}), 0, 12)}`);
  });

  test("give that program every input that it expects", () => {
    const given = localExec(json, step).environment.INPUT_program_inputs!.split(" ");
    // The host computes the last one.
    const expected = program("alerts/check").inputs.filter((name) => name !== "backup_limit");
    expect(expected.filter((name) => !given.includes(name))).toEqual([]);
    for (const name of given) expect(triggers(json, step)).toHaveProperty(name);
  });

  test("require the address, the directory of the figures, and systemd", () => {
    const words =
      "/opt/acme/configs/nocodb/alerts /srv/figures/nocodb.prom ALERTS_WEBHOOK npx nocodb-host secret set prod";
    expect(requirements(json)).toContain(`alerts ${words}`);
    const { webhook: _, textfile: __, ...policy } = alerts;
    const other = nocodb({}, { alerts: { ...policy, command: "notify" } });
    expect(requirements(other)).toContain("alerts /opt/acme/configs/nocodb/alerts - -");
  });

  test("are told at once if a scheduled backup fails", () => {
    expect(triggers(json, "nocodb_backup_schedule_timer").failure_unit).toBe("acme-nocodb-alerts");
    const without = nocodb({}, { backups: { ...backups, schedule: "daily" } });
    expect(triggers(without, "nocodb_backup_schedule_timer")).not.toHaveProperty("failure_unit");
    expect(triggers(nocodb({}, { alerts }), step).backup_units).toBe("");
  });

  test("begin when the service is healthy, and end before it is removed", () => {
    const healthy = "null_resource.nocodb_container_healthy";
    expect(block(json, `null_resource.${step}`).depends_on).toEqual(
      expect.arrayContaining([healthy, `null_resource.${removal}`]),
    );
    expect(block(json, `null_resource.${removal}`).depends_on).toEqual([healthy]);
    const { command, when } = localExec(json, removal);
    expect([programOf(command), when]).toEqual(["alerts/remove", "destroy"]);
  });

  test("are removed from the host when they leave the settings, with the address; a destroy keeps it", () => {
    const without = nocodb();
    expect(without.resource.null_resource).not.toHaveProperty(step);
    expect(block(without, `null_resource.${removal}`).for_each).toEqual({});
    expect(requirements(without).join("\n")).not.toMatch(/^alerts/m);
    const kept = (of: typeof json) => localExec(of, removal).environment.INPUT_keep_address;
    expect([kept(without), kept(json)]).toEqual(["no", "yes"]);
    expect(kept(nocodb({ onDestroy: { database: "delete", data: "keep", backups: "keep" } }, { alerts }))).toBe("no");
  });
});
