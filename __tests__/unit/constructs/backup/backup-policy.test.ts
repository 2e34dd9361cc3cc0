import { expect, test } from "vitest";
import { nocodb } from "../../support/nocodb.js";
import { localExec, requirements, scriptsOf, triggers } from "../../support/scope.js";

const json = nocodb({ backups: { directory: "/srv/backups", keep: 3 } });

test.each([
  ["nocodb_guard", "while the old container serves"],
  ["nocodb_container_ready", "before the container is created, for where there is no guard"],
])("%s knows where a backup goes: %s", (step) => {
  const { command, environment } = localExec(json, step);
  expect(scriptsOf(command)).toContain("backup.sh");
  expect(environment).toMatchObject({
    INPUT_backups: "/srv/backups",
    INPUT_keep: "3",
    INPUT_database_container: "acme_postgresql",
    INPUT_superuser: "postgres",
    INPUT_database: "nocodb",
    INPUT_role: "nocodb",
    INPUT_data_directory: "/opt/acme/data/nocodb",
  });
});

test("where backups go and how many stay replaces nothing", () => {
  for (const step of ["nocodb_guard", "nocodb_container_ready", "nocodb_container_serving"]) {
    expect(JSON.stringify(triggers(json, step))).not.toMatch(/backups|keep/);
  }
});

test("a version that does not start is told with the command that takes it back", () => {
  expect(localExec(json, "nocodb_container_serving").environment).toMatchObject({
    INPUT_image: "nocodb/nocodb:2026.09.0",
    INPUT_backups: "/srv/backups",
    INPUT_way_back: "npm run restore -- staging",
  });
});

test("an image older than the one that served is refused in the plan", () => {
  expect(requirements(json)).toContain("no_downgrade nocodb/nocodb:2026.09.0");
});
