import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Environment } from "../../../../settings/environment.js";
import { block, requirements, type Synthesized } from "../../support/scope.js";
import { environment, stackOf } from "../../support/stack-of.js";

type Swarm = Environment["swarm"];
// biome-ignore lint/suspicious/noExplicitAny: a synthesized block, which the tests compare
type Json = Record<string, any>;

const lab = environment("lab");
const stack = (swarm: Partial<Swarm>, over: Partial<Environment> = {}): Synthesized =>
  stackOf({ ...lab, engine: "swarm", swarm: { ...lab.swarm, ...swarm }, ...over });
const serviceOf = (json: Synthesized) => block(json, "docker_service.nocodb_service") as Json;

const several = stack({ replicas: 3, constraints: ["node.labels.disk == ssd"] });
const single = stack({ node: "docker1", endpointMode: "dnsrr" });
const taskOf = (json: Synthesized) => serviceOf(json).task_spec as Json;
const spec = taskOf(several).container_spec as Json;

describe("a service of a cluster", () => {
  test("has one variable of its own; the others are in a file, whose name follows its content", () => {
    expect(Object.keys(spec.env)).toEqual(["NODE_OPTIONS"]);
    const file = block(several, "docker_config.nocodb_service_variables") as Json;
    const text = Buffer.from(file.data, "base64").toString();
    expect(JSON.parse(text)).toMatchObject({ NC_DB: expect.stringContaining("secret:DATABASE_PASSWORD") });
    expect(JSON.parse(text)).not.toHaveProperty("NODE_OPTIONS");
    expect(file.name).toMatch(new RegExp(`_variables_${createHash("sha256").update(text).digest("hex").slice(0, 8)}$`));
    expect(file.lifecycle).toEqual({ create_before_destroy: true });
  });

  test("gets its secrets by the id of a secret of the cluster, readable by one user", () => {
    const result = "data.external.nocodb_service_secret.result";
    expect(spec.secrets).toEqual([
      {
        secret_id: `\${${result}.id}`,
        secret_name: `\${${result}.name}`,
        file_name: "/run/nocodb/values",
        file_uid: "0",
        file_gid: "0",
        file_mode: 0o400,
      },
    ]);
  });

  test("is on its networks by their ids", () => {
    expect(taskOf(several).networks_advanced).toEqual(
      ["backend", "frontend"].map((key) => ({
        id: `\${data.docker_network.${key}_network.id}`,
        aliases: ["nocodb"],
      })),
    );
  });

  test("has durations as the provider reads them back", () => {
    expect(spec.healthcheck.start_period).toBe("1m");
    const long = stack({ node: "docker1", update: { parallelism: 1, delay: 3600, monitor: 90 } });
    expect(serviceOf(long).update_config).toMatchObject({ delay: "1h", monitor: "1m30s" });
  });

  test("is taken back by the engine if an update fails, and stopped if that fails", () => {
    const pace = { parallelism: 1, delay: "0s", monitor: "5s", max_failure_ratio: "0.0" };
    const { update_config, rollback_config } = serviceOf(several);
    expect(update_config).toEqual({ ...pace, order: "start-first", failure_action: "rollback" });
    expect(rollback_config).toEqual({ ...pace, order: "start-first", failure_action: "pause" });
  });

  test.each<[string, Partial<Swarm>, string]>([
    ["several replicas", { replicas: 2 }, "start-first"],
    ["one replica", { replicas: 1 }, "stop-first"],
    ["the disk of a node", { replicas: 2, node: "docker1" }, "stop-first"],
  ])("with %s: %j is replaced %s", (_, swarm, order) => {
    expect(serviceOf(stack(swarm)).update_config.order).toBe(order);
  });

  test("has no capability but the named ones, limits, and bounded logs", () => {
    expect(spec.cap_drop).toEqual(["ALL"]);
    expect(taskOf(several).resources).toEqual({
      limits: { nano_cpus: lab.cpus * 1e9, memory_bytes: lab.memory * 1024 * 1024 },
      reservation: { memory_bytes: lab.memoryReservation * 1024 * 1024 },
    });
    expect(taskOf(several).log_driver.options).toEqual({ "max-size": "10m", "max-file": "3" });
  });

  test("runs where the settings say", () => {
    expect(taskOf(several).placement.constraints).toEqual(["node.labels.disk == ssd"]);
    expect(taskOf(single).placement.constraints).toEqual(["node.hostname == docker1"]);
    expect(serviceOf(single).endpoint_spec).toEqual({ mode: "dnsrr" });
  });

  test("is checked in the plan: the cluster, its networks, and what only one endpoint mode or a disk needs", () => {
    const names = lab.networks.backend!.name;
    expect(requirements(several)).toEqual(
      expect.arrayContaining(["manager", "nodes", "virtual_ip", `overlay ${names}`]),
    );
    expect(requirements(single)).toEqual(expect.arrayContaining(["manager", "local_data docker1"]));
    expect(requirements(single)).not.toContain("virtual_ip");
  });

  test("is waited for after every change of it", () => {
    expect(block(several, "null_resource.nocodb_service_healthy").lifecycle).toEqual({
      replace_triggered_by: ["docker_service.nocodb_service"],
    });
  });
});
