import { expect, test } from "vitest";
import { consequences, effectsOf } from "../../../../tools/configuration/effects.js";
import type { ResourceChange } from "../../../../tools/configuration/stack-changes.js";

const found = (resources: Record<string, ResourceChange>, atDestroy: string[] = []) =>
  consequences({ resources: new Map(Object.entries(resources)), atDestroy: new Set(atDestroy), movesState: false });

test("a change of nothing has no consequence", () => {
  expect(found({})).toEqual([]);
  expect(effectsOf([])).toEqual(["nothing"]);
});

test("of what happens to the service the greatest effect counts, and data beside it", () => {
  const effects = (["in place", "data", "replacement", "restart", "nothing"] as const).map((effect) => ({
    effect,
    text: "",
  }));
  expect(effectsOf(effects)).toEqual(["replacement", "data"]);
});

test("a step without a rule is named, unless it only follows another one", () => {
  const alerts = "null_resource.nocodb_alerts";
  expect(found({ [alerts]: { action: "replace", fields: ["command"] } })).toEqual([
    { effect: "in place", text: "The step `nocodb_alerts` runs again." },
  ]);
  expect(found({ [alerts]: { action: "replace", fields: [], isFollowing: true } })).toEqual([]);
});

test("a replaced container names what differs", () => {
  const ready = { action: "replace", fields: ["env NC_DB", "cpus"] } as const;
  expect(found({ "null_resource.nocodb_container_ready": ready })).toEqual([
    { effect: "replacement", text: "The container is replaced: `NC_DB`, `cpus`." },
  ]);
});

test("a network in use cannot be replaced; it can if the container is replaced with it", () => {
  const network = { "docker_network.monitoring_network": { action: "replace", fields: ["internal"] } } as const;
  expect(found(network)).toMatchObject([{ effect: "nothing", text: expect.stringContaining("The deploy fails") }]);
  const container = { "docker_container.nocodb_container": { action: "replace", fields: [] } } as const;
  expect(found({ ...network, ...container })).toMatchObject([{ effect: "in place" }]);
});

test("what a destroy will delete counts as data", () => {
  expect(found({}, ["on_destroy_data", "requirements"])).toEqual([
    { effect: "data", text: "`cdktf destroy` deletes NocoDB's files." },
  ]);
});
