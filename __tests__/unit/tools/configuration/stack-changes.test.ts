import { describe, expect, test } from "vitest";
import { stackJson } from "../../../../cli/synthesized.js";
import type { Environment } from "../../../../settings/environment.js";
import { stackChanges } from "../../../../tools/configuration/stack-changes.js";
import { environment } from "../../support/stack-of.js";

const prod = environment("prod");
const before = stackJson(prod);
const changes = (over: Partial<Environment>) => stackChanges(before, stackJson({ ...prod, ...over }));
const change = (over: Partial<Environment>, address: string) => changes(over).resources.get(address);

describe("as in a plan,", () => {
  test("nothing changes if the stack is the same", () => {
    const { resources, atDestroy, movesState } = changes({});
    expect([resources.size, atDestroy.size, movesState]).toEqual([0, 0, false]);
  });

  test("a step runs again if one of its triggers differs", () => {
    const over = { backups: { ...prod.backups, schedule: "weekly" } };
    expect(change(over, "null_resource.nocodb_backup_schedule_timer")).toEqual({
      action: "replace",
      fields: ["schedule"],
    });
  });

  test("what refers to a replaced resource follows it", () => {
    const over = { image: "nocodb/nocodb:2026.10.2" };
    expect(change(over, "docker_container.nocodb_container")).toEqual({
      action: "replace",
      fields: [],
      isFollowing: true,
    });
    expect(change(over, "null_resource.nocodb_container_healthy")).toMatchObject({ isFollowing: true });
  });

  test("a container's limits change in place, and its cpus replace it", () => {
    const address = "docker_container.nocodb_container";
    expect(change({ memoryReservation: 200 }, address)).toEqual({ action: "update", fields: ["memory_reservation"] });
    expect(change({ cpus: 1 }, address)).toEqual({ action: "replace", fields: ["cpus"] });
  });

  test("a step that reads its status runs again if the records are elsewhere", () => {
    const over = { baseDirectory: "/srv/acme" };
    expect(change(over, "null_resource.nocodb_database")?.action).toBe("replace");
    expect(change({}, "null_resource.nocodb_database")).toBeUndefined();
  });

  test("the removal of a thing with another name is a replacement, and without one a removal", () => {
    const removal = "null_resource.nocodb_site_removal";
    expect(change({ subdomain: "tables" }, removal)?.action).toBe("replace");
    expect(change({ subdomain: "" }, removal)?.action).toBe("remove");
  });

  test("a network that is created instead of found does not replace the container", () => {
    const networks = { ...prod.networks, frontend: { name: "acme_frontend", create: { internal: false } } };
    const { resources } = changes({ networks });
    expect(resources.get("docker_network.frontend_network")?.action).toBe("create");
    expect(resources.has("docker_container.nocodb_container")).toBe(false);
  });
});

test("what only a destroy reads changes no resource", () => {
  const { resources, atDestroy } = changes({ onDestroy: { ...prod.onDestroy, data: "delete" } });
  expect([resources.size, [...atDestroy]]).toEqual([0, ["on_destroy_data"]]);
});

test("another backend moves the state", () => {
  expect(changes({ backend: { type: "pg", schema_name: "nocodb_prod" } }).movesState).toBe(true);
});
