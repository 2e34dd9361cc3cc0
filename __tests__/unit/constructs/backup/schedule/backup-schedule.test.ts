import { describe, expect, test } from "vitest";
import { nocodb } from "../../../support/nocodb.js";
import { block, localExec, requirements, scriptsOf, triggers } from "../../../support/scope.js";

const backups = { directory: "/srv/backups", keep: 3, schedule: "Mon..Fri 03:00" };
const json = nocodb({ backups });
const step = "nocodb_backup_schedule_timer";
const removal = "nocodb_backup_schedule_removal";

describe("backups by schedule", () => {
  test("are a step whose triggers say when, and what they are of", () => {
    expect(triggers(json, step)).toMatchObject({
      ...{ unit: "acme-nocodb-backup", schedule: "Mon..Fri 03:00", backups: "/srv/backups", keep: "3" },
      ...{ database: "nocodb", data_directory: "/opt/acme/data/nocodb" },
    });
  });

  test("run the program that npm run backup runs, read when it is deployed; a changed one is a change", () => {
    const program = ["common.sh", "backup.sh", "make-backup.sh"].map(
      (file) => `file("assets/host_scripts/sh/${file}")`,
    );
    const text = localExec(json, step).environment.INPUT_program_text;
    for (const file of program) expect(text).toContain(file);
    expect(triggers(json, step).program_print).toMatch(/^\$\{substr\(sha256\(join\("\\n", \[file\(/);
  });

  test("need a systemd that knows the time", () => {
    expect(requirements(json)).toContain("schedule Mon..Fri 03:00");
  });

  test("begin when the service is there, and end before it goes", () => {
    const serving = "null_resource.nocodb_container_serving";
    expect(block(json, `null_resource.${step}`).depends_on).toEqual(
      expect.arrayContaining([serving, `null_resource.${removal}`]),
    );
    expect(block(json, `null_resource.${removal}`).depends_on).toEqual([serving]);
    const { command, when } = localExec(json, removal);
    expect([scriptsOf(command).at(-1), when]).toEqual(["remove-schedule.sh", "destroy"]);
  });

  test("that leave the settings are taken off the host: what does so stays, with nothing to keep", () => {
    const without = nocodb();
    expect(without.resource.null_resource).not.toHaveProperty(step);
    expect(block(without, `null_resource.${removal}`).for_each).toEqual({});
    expect(requirements(without).join("\n")).not.toContain("schedule");
  });
});
