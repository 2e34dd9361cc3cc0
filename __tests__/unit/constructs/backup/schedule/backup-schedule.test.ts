import { describe, expect, test } from "vitest";
import { program } from "../../../../../constructs/remote-host/program.js";
import { nocodb } from "../../../support/nocodb.js";
import { block, localExec, programOf, requirements, statusOf, triggers } from "../../../support/scope.js";

const backups = { directory: "/srv/backups", keep: 3, schedule: "Mon..Fri 03:00", restoreCommand: "restore" };
const copy = { repository: "/mnt/backup", keepDays: 30, secretsDirectory: "/opt/acme/configs/nocodb/copy-secrets" };
const json = nocodb({}, { backups: { ...backups, copy, verify: "weekly" } });
const step = "nocodb_backup_schedule_timer";
const removal = "nocodb_backup_schedule_removal";

describe("scheduled backups", () => {
  test("are a step whose triggers say when they are made, and of what", () => {
    expect(triggers(json, step)).toMatchObject({
      ...{ unit: "acme-nocodb-backup", schedule: "Mon..Fri 03:00", backups: "/srv/backups", keep: "3" },
      ...{ service: "nocodb", service_kind: "nocodb", database: "nocodb", data_directory: "/opt/acme/data/nocodb" },
      status: statusOf(step),
    });
  });

  test("run the same program as `nocodb-host backup create`, read at deploy time; a changed one is a change", () => {
    const file = 'file("assets/host_programs/sh/backup/create.sh")';
    expect(localExec(json, step).environment.INPUT_program_text).toBe(`\${${file}}`);
    expect(triggers(json, step).program_fingerprint).toBe(`\${substr(sha256(${file}), 0, 12)}`);
  });

  test("give that program every input that it expects", () => {
    const given = localExec(json, step).environment.INPUT_program_inputs!.split(" ");
    const { inputs, optional } = program("backup/create");
    expect([...given].sort()).toEqual([...new Set([...inputs, ...optional])].sort());
    for (const name of given) expect(triggers(json, step)).toHaveProperty(name);
  });

  test("require a systemd that understands the schedule", () => {
    expect(requirements(json)).toContain("schedule backups.schedule create Mon..Fri 03:00");
    expect(requirements(json)).toContain("schedule backups.verify verify weekly");
  });

  test("begin when the service is healthy, and end before it is removed", () => {
    const healthy = "null_resource.nocodb_container_healthy";
    expect(block(json, `null_resource.${step}`).depends_on).toEqual(
      expect.arrayContaining([healthy, `null_resource.${removal}`]),
    );
    expect(block(json, `null_resource.${removal}`).depends_on).toContain(healthy);
    const { command, when } = localExec(json, removal);
    expect([programOf(command), when]).toEqual(["backup/schedule/remove", "destroy"]);
  });

  test("are removed from the host when the schedule leaves the settings: the removal stays, without instances", () => {
    const without = nocodb();
    expect(without.resource.null_resource).not.toHaveProperty(step);
    expect(block(without, `null_resource.${removal}`).for_each).toEqual({});
    expect(requirements(without).join("\n")).not.toContain("schedule");
  });
});

describe("scheduled restore tests", () => {
  const test_ = "nocodb_restore_test_schedule_timer";

  test("are a timer of their own, which runs the same program as `nocodb-host backup verify` on the newest backup", () => {
    expect(triggers(json, test_)).toMatchObject({
      ...{ unit: "acme-nocodb-restore-test", schedule: "weekly", task: "restore test" },
      ...{ backup: "latest", reason: "on schedule", service: "nocodb" },
    });
    const { INPUT_program_inputs, INPUT_program_text } = localExec(json, test_).environment;
    expect(INPUT_program_text).toBe('${file("assets/host_programs/sh/backup/verify.sh")}');
    expect(INPUT_program_inputs!.split(" ")).toEqual(expect.arrayContaining([...program("backup/verify").inputs]));
  });

  test("do not need scheduled backups", () => {
    const { schedule: _, ...unscheduled } = backups;
    const only = nocodb({}, { backups: { ...unscheduled, verify: "weekly" } });
    expect(only.resource.null_resource).toHaveProperty(test_);
    expect(only.resource.null_resource).not.toHaveProperty(step);
  });
});
