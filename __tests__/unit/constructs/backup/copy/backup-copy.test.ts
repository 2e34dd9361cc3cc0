import { describe, expect, test } from "vitest";
import { nocodb } from "../../../support/nocodb.js";
import { block, localExec, requirements, triggers } from "../../../support/scope.js";

const backups = (repository: string) => ({
  ...{ directory: "/srv/backups", keep: 3, schedule: "daily", restoreCommand: "restore" },
  copy: { repository, keepDays: 30, secretsDirectory: "/opt/acme/configs/nocodb/copy-secrets" },
});
const json = nocodb({}, { backups: backups("/mnt/backup") });
const secrets = "nocodb_backup_copy_secrets";

describe("copies of backups", () => {
  test("have secrets in a directory of their own, which the service does not get", () => {
    const { secrets: directory, expected, effect } = triggers(json, secrets);
    expect([directory, effect]).toEqual(["/opt/acme/configs/nocodb/copy-secrets", "for the next copy"]);
    expect(expected).toBe("BACKUP_PASSWORD generated password of the copies of backups");
    expect(JSON.stringify(json.resource.docker_container)).not.toContain("copy-secrets");
  });

  test("on S3 need its keys, which a command sets", () => {
    const s3 = nocodb({}, { backups: backups("s3:https://s3.example.com/acme") });
    const given = "BACKUP_S3_ACCESS_KEY_ID,BACKUP_S3_SECRET_ACCESS_KEY";
    expect(requirements(s3).join("\n")).toContain(`${secrets} /opt/acme/configs/nocodb/copy-secrets - ${given} `);
  });

  test("need restic on the host", () => {
    expect(requirements(json)).toContain("command restic restic");
    expect(requirements(nocodb())).not.toContain("command restic restic");
  });

  test("are made of what the timer, and the step before the container, back up", () => {
    const given = { copy_to: "/mnt/backup", copy_days: "30", copy_secrets: "/opt/acme/configs/nocodb/copy-secrets" };
    expect(triggers(json, "nocodb_backup_schedule_timer")).toMatchObject(given);
    expect(block(json, "null_resource.nocodb_backup_schedule_timer").depends_on).toContain(`null_resource.${secrets}`);
    const inputs = Object.entries(given).map(([name, value]) => [`INPUT_${name}`, value]);
    expect(localExec(json, "nocodb_container_ready").environment).toMatchObject(Object.fromEntries(inputs));
  });
});
