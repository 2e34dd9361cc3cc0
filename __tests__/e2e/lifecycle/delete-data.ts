import { beforeAll, describe, expect, it } from "vitest";
import type { Ended } from "../../../lab/deployment.js";
import { deployment, host, neighbours } from "../lifecycle.js";

const backups = `${host.instance.baseDirectory}/backups/nocodb`;

describe("a destroy that leaves only backups", () => {
  describe("with onDestroy: delete", () => {
    let ended: Ended;

    beforeAll(async () => {
      await deployment.set({ onDestroy: { database: "delete", data: "delete" } });
      ended = await neighbours.duringAll("destroy", deployment.destroy());
      expect(ended.code, ended.said).toBe(0);
    });

    it("makes a last backup, deletes database, role, data, nocodb.env and secrets, and prints that", async () => {
      expect(ended.line).toMatch(/last backup: \S+\/backups\/nocodb\/\S+/);
      expect(ended.line).toContain(
        `deleted: database nocodb and role nocodb, ${host.envFile}, ${host.secretsDirectory}`,
      );
      expect(ended.line).toContain(`deleted: ${host.dataDirectory}`);
      expect(ended.line).toMatch(/kept: [1-9]\d* backups in /);
      expect(await host.sql("SELECT count(*) FROM pg_database WHERE datname = 'nocodb'")).toBe("0");
      expect(await host.sql("SELECT count(*) FROM pg_roles WHERE rolname = 'nocodb'")).toBe("0");
      const paths = [host.dataDirectory, host.envFile, host.secretsDirectory];
      expect(await host.sh('ls -d "$@" 2>/dev/null || true', ...paths)).toBe("");
      expect(await host.sh('ls "$1"', backups)).not.toBe("");
    });
  });
});
