import { afterEach, expect, test } from "vitest";
import { inputIn, NocodbHost } from "../../support/nocodb-host.js";

const host = new NocodbHost();
afterEach(() => host.remove());

test("the host gets everything that describes a backup of this environment", async () => {
  host.standIn("ssh", "exit 0");
  expect(await host.run(["backup", "create", "prod"])).toEqual({ code: 0, stdout: "", stderr: "" });
  const { sent } = host.calls("ssh")[0]!;
  const names = [
    "records",
    "service",
    "service_kind",
    "backups",
    "database_container",
    "data_directory",
    "secrets",
    "pinned_secrets",
    "reason",
  ];
  expect(names.map((name) => inputIn(sent, name))).toEqual([
    "/opt/acme/configs/nocodb/records",
    "nocodb",
    "nocodb",
    "/opt/acme/backups/nocodb",
    "acme_postgresql",
    "/opt/acme/data/nocodb",
    "/opt/acme/configs/nocodb/secrets",
    "NC_CONNECTION_ENCRYPT_KEY",
    "requested",
  ]);
});
