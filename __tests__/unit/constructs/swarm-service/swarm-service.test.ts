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
  test("has one variable of its own; the others are in a file, and a change of them is a change of the files", () => {
    expect(Object.keys(spec.env)).toEqual(["NODE_OPTIONS"]);
    const { triggers, provisioner } = block(several, "null_resource.nocodb_service_stored_files") as Json;
    const variables = JSON.parse(provisioner[0]["local-exec"].environment.INPUT_variables);
    expect(variables).toMatchObject({ NC_DB: expect.stringContaining("secret:DATABASE_PASSWORD") });
    expect(variables).not.toHaveProperty("NODE_OPTIONS");
    const other = stack({ replicas: 3 }, { variables: { NC_DISABLE_TELE: "1" } });
    const changed = (block(other, "null_resource.nocodb_service_stored_files") as Json).triggers;
    expect(changed).toEqual({ ...triggers, contents: expect.not.stringContaining(triggers.contents) });
  });

  test("gets its files by the ids of what holds them in the cluster; one user reads the secrets", () => {
    const stored = (kind: string, what: string) => `\${data.external.nocodb_service_files.result.${kind}_${what}}`;
    const owner = { file_uid: "0", file_gid: "0" };
    const config = (kind: string, name: string) => ({
      config_id: stored(kind, "id"),
      config_name: stored(kind, "name"),
      file_name: `/run/nocodb/${name}`,
      ...owner,
      file_mode: 0o444,
    });
    expect(spec.secrets).toEqual([
      {
        secret_id: stored("secret", "id"),
        secret_name: stored("secret", "name"),
        file_name: "/run/nocodb/values",
        ...owner,
        file_mode: 0o400,
      },
    ]);
    expect(spec.configs).toEqual([config("program", "secrets.cjs"), config("variables", "variables.json")]);
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

  test("is created before what it depends on is destroyed, as a container is", () => {
    const { lifecycle } = block(several, "null_resource.nocodb_service_ready") as Json;
    expect(lifecycle).toEqual({ create_before_destroy: true });
  });

  test("gets its name after all checks, and is replaced if its name has to be freed again", () => {
    const step = "null_resource.nocodb_service_free_name";
    const { triggers, depends_on } = block(several, step) as Json;
    expect(Object.keys(triggers).sort()).toEqual(["label", "name", "status"]);
    // Records that are lost free no name.
    expect(triggers.status).toContain('"nocodb_service_free_name", ""');
    expect(depends_on).toContain("null_resource.nocodb_service_ready");
    expect(serviceOf(several).depends_on).toContain(step);
    expect(serviceOf(several).lifecycle.replace_triggered_by).toEqual([step]);
  });

  test("is waited for after every change of it", () => {
    expect(block(several, "null_resource.nocodb_service_healthy").lifecycle).toEqual({
      replace_triggered_by: ["docker_service.nocodb_service"],
    });
  });
});
