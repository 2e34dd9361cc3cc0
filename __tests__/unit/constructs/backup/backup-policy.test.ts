import { expect, test } from "vitest";
import { program } from "../../../../constructs/remote-host/program.js";
import { nocodb } from "../../support/nocodb.js";
import { localExec, programOf, requirements, triggers } from "../../support/scope.js";

const restoreCommand = "npx nocodb-host backup restore staging";
const json = nocodb({}, { backups: { directory: "/srv/backups", keep: 3, restoreCommand } });

test.each([
  ["nocodb_container_ready", "before another container is created, while the old one serves"],
  ["nocodb_last_backup", "before a destroy"],
])("%s makes a backup %s, and knows what it holds and where it goes", (step) => {
  const { command, environment } = localExec(json, step);
  expect(program(programOf(command)).files).toContain("backup/lib.sh");
  expect(environment).toMatchObject({
    INPUT_service_kind: "nocodb",
    INPUT_backups: "/srv/backups",
    INPUT_keep: "3",
    INPUT_database_container: "acme_postgresql",
    INPUT_superuser: "postgres",
    INPUT_database: "nocodb",
    INPUT_role: "nocodb",
    INPUT_data_directory: "/opt/acme/data/nocodb",
    INPUT_secrets: "/opt/acme/configs/nocodb/secrets",
    INPUT_pinned_secrets: "NC_CONNECTION_ENCRYPT_KEY",
  });
});

test("every backup carries the name of its service", () => {
  for (const step of ["nocodb_container_ready", "nocodb_last_backup", "nocodb_retention"]) {
    expect(localExec(json, step).environment.INPUT_service).toBe("nocodb");
  }
  expect(triggers(json, "nocodb_container_ready").service).toBe("nocodb");
});

test("the place of backups and their number replace nothing", () => {
  for (const step of ["nocodb_container_ready", "nocodb_container_healthy"]) {
    expect(JSON.stringify(triggers(json, step))).not.toMatch(/backups|keep/);
  }
});

test("if a version does not start, the message has the command that restores the former one", () => {
  expect(localExec(json, "nocodb_container_healthy").environment).toMatchObject({
    INPUT_image: "nocodb/nocodb:2026.09.0",
    INPUT_backups: "/srv/backups",
    INPUT_restore_command: restoreCommand,
  });
});

test("an image older than the last one that served is refused in the plan, by its sort key", () => {
  expect(requirements(json)).toContain(
    `no_downgrade nocodb 000002026.000000009. nocodb/nocodb:2026.09.0 ${restoreCommand}`,
  );
  const digest = `nocodb/nocodb@sha256:${"0".repeat(64)}`;
  expect(requirements(nocodb({ image: digest }))).toContain(`no_downgrade nocodb - ${digest} ${restoreCommand}`);
});

test("a restore that was interrupted is reported in the plan, and so is a lost database", () => {
  expect(requirements(json)).toContain(`whole_restore /srv/backups ${restoreCommand}`);
  expect(requirements(json)).toContain(`kept_database nocodb nocodb acme_postgresql postgres nocodb ${restoreCommand}`);
});
