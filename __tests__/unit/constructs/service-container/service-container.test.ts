import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { describe, expect, test } from "vitest";
import { HostStep } from "../../../../constructs/remote-host/host-step.js";
import type { HealthCheck } from "../../../../constructs/service-container/health-check.js";
import type { ServiceContainerProps } from "../../../../constructs/service-container/service-container.js";
import {
  block,
  hostIn,
  localExec,
  programOf,
  requirements,
  statusOf,
  synthesize,
  triggers,
} from "../../support/scope.js";
import { service, serviceIn } from "../../support/service.js";

const standard = service();
const container = (over?: Partial<ServiceContainerProps>) =>
  block(over ? service(over) : standard, "docker_container.forms");
const ready = (over?: Partial<ServiceContainerProps>) => triggers(over ? service(over) : standard, "forms_ready");
const check: HealthCheck = { command: "true", interval: 5, timeout: 3, retries: 2, startPeriod: 90 };

describe("a service in a container, with the defaults", () => {
  test("has no capabilities, and 10 seconds to stop", () => {
    expect(container()).toMatchObject({
      name: "acme_forms",
      image: "${docker_image.forms_image.image_id}",
      restart: "unless-stopped",
      capabilities: { add: [], drop: ["ALL"] },
      security_opts: ["no-new-privileges:true"],
      destroy_grace_seconds: 10,
    });
  });

  test("has a limit, reserves less than that, and has no swap on top", () => {
    expect(container()).toMatchObject({ memory: 256, memory_swap: 256, memory_reservation: 128, cpus: "0.5" });
  });

  test("writes bounded logs", () => {
    expect(container()).toMatchObject({
      log_driver: "json-file",
      log_opts: { "max-size": "10m", "max-file": "3" },
    });
  });

  test("has its label, its volumes and networks, and its variables", () => {
    expect(container()).toMatchObject({
      labels: [{ label: "cdktf.environment", value: "staging" }],
      volumes: [{ host_path: "/opt/acme/data", container_path: "/data" }],
      networks_advanced: [{ name: "${data.docker_network.network.name}", aliases: ["forms"] }],
      env: ["PORT=3000"],
    });
  });

  test("sets nothing that the provider would read back with another value", () => {
    expect(container()).not.toHaveProperty("platform");
    expect(container()).not.toHaveProperty("network_mode");
    expect(container()).not.toHaveProperty("wait");
    expect(container()).not.toHaveProperty("command");
    expect(container()).not.toHaveProperty("stop_signal");
  });

  test("leaves its image on the host, for a return to it", () => {
    expect(block(standard, "docker_image.forms_image")).toEqual({
      name: "acme/forms:1.2.3",
      keep_locally: true,
      depends_on: ["data.external.host_probe"],
    });
  });

  test("waits up to three minutes for an answer", () => {
    expect(triggers(standard, "forms_healthy").timeout).toBe("180");
  });
});

test("a service with everything custom", () => {
  const json = service({
    capabilities: ["CHOWN", "SETUID"],
    stopSignal: "SIGINT",
    gracePeriod: 30,
    startTimeout: 600,
    command: ["node", "-e", "console.log(`${1}`)"],
    databaseUrl: "http://forms:3000/database",
    healthCheck: check,
    cpus: 2,
  });
  expect(block(json, "docker_container.forms")).toMatchObject({
    capabilities: { add: ["CAP_CHOWN", "CAP_SETUID"], drop: ["ALL"] },
    stop_signal: "SIGINT",
    destroy_grace_seconds: 30,
    cpus: "2.0",
    command: ["node", "-e", "console.log(`$${1}`)"],
    healthcheck: { test: ["CMD-SHELL", "true"], interval: "5s", timeout: "3s", retries: 2, start_period: "1m30s" },
  });
  expect(triggers(json, "forms_healthy")).toMatchObject({
    timeout: "600",
    database_url: "http://forms:3000/database",
  });
  for (const step of ["forms_ready", "forms_healthy"]) {
    expect(localExec(json, step).environment.INPUT_grace_period).toMatch(/^(30|\$\{self\.triggers\.grace_period\})$/);
  }
  expect(triggers(json, "forms_ready").grace_period).toBe("30");
});

describe("the limits", () => {
  test.each([128, 256])("a reservation of %i MiB is refused with a limit of 128 MiB", (memoryReservation) => {
    const build = () => service({ memory: 128, memoryReservation });
    expect(build).toThrow(`'memoryReservation' (${memoryReservation} MiB) must be less than 'memory' (128 MiB)`);
  });
});

test("a command of the health check and a path are not templates", () => {
  const healthCheck = { ...check, command: "test ${PORT:-1} = 1" };
  const volumes = [{ hostPath: "/a/%{b}", containerPath: "/${c}", readOnly: true }] as const;
  expect(container({ healthCheck, volumes, variables: { A: "${1}" } })).toMatchObject({
    env: ["A=$${1}"],
    healthcheck: { test: ["CMD-SHELL", "test $${PORT:-1} = 1"] },
    volumes: [{ host_path: "/a/%%{b}", container_path: "/$${c}", read_only: true }],
  });
});

describe("the container is replaced when", () => {
  test("the step before it is replaced", () => {
    const { lifecycle, depends_on } = container();
    expect(lifecycle).toMatchObject({ replace_triggered_by: ["null_resource.forms_ready"] });
    expect(depends_on).toEqual(["null_resource.forms_ready"]);
  });

  test.each<[string, Partial<ServiceContainerProps>, string]>([
    ["the image changes", { image: "acme/forms:2" }, "image"],
    ["its name changes", { name: "acme_forms2" }, "name"],
    ["the health check changes, which the provider would not do", { healthCheck: check }, "health_check"],
    ["one number of the health check changes", { healthCheck: { ...check, retries: 9 } }, "health_check"],
    ["a volume changes", { volumes: [] }, "volumes"],
    ["a capability is added", { capabilities: ["CHOWN"] }, "capabilities"],
    ["it is attached to another network", { networks: [] }, "networks"],
    ["the cpus change, which the provider cannot do in place", { cpus: 1 }, "cpus"],
    ["the grace period changes", { gracePeriod: 20 }, "grace_period"],
    ["its command changes", { command: ["serve"] }, "command"],
    ["its stop signal changes", { stopSignal: "SIGINT" }, "stop_signal"],
    ["it becomes another service", { service: "surveys" }, "service"],
    ["it belongs to another environment", { environmentName: "prod" }, "label"],
  ])("%s", (_, over, trigger) => {
    expect(ready(over)[trigger]).not.toBe(ready()[trigger]);
  });

  test("a variable changes, readable in the plan", () => {
    expect(ready()["env PORT"]).toBe("3000");
  });

  test("but not when a secret changes, which is a restart", () => {
    expect(JSON.stringify(ready())).not.toContain("null_resource.secrets");
  });

  test("the probe finds drift of its shape", () => {
    expect(ready().status).toBe(statusOf("forms_shape"));
  });

  test("but not when only its memory changes, which is done in place", () => {
    expect(ready({ memory: 512, memoryReservation: 200 })).toEqual(ready());
  });

  test("the health check is readable", () => {
    expect(ready({ healthCheck: check }).health_check).toBe("true; every 5s, timeout 3s, retries 2, start period 90s");
  });
});

describe("a new container takes over from the old one:", () => {
  test("the old one is destroyed last, and the new one is started by the step after it", () => {
    expect(container()).toMatchObject({ start: false, must_run: false, lifecycle: { create_before_destroy: true } });
    expect(localExec(standard, "forms_healthy").environment).toMatchObject({
      INPUT_label: "cdktf.environment=staging",
      INPUT_networks: "acme_backend forms",
    });
  });

  test("the old one goes after the wait for the new one, also in the deploy after an interrupted one", () => {
    expect(block(standard, "null_resource.forms_healthy").lifecycle).toEqual({ create_before_destroy: true });
  });

  test("requests are held where they come from, if that is known", () => {
    expect(localExec(standard, "forms_healthy").environment).not.toHaveProperty("INPUT_caddy");
    const requests = { caddy: "acme_caddy", upstream: "forms:3000" };
    expect(localExec(service({ requests }), "forms_healthy").environment).toMatchObject({
      INPUT_caddy: "acme_caddy",
      INPUT_upstream: "forms:3000",
    });
  });
});

describe("before the container", () => {
  test("the host is checked once more, with the present requirements", () => {
    const { command, environment } = localExec(standard, "forms_ready");
    expect(programOf(command)).toBe("service-container/before-create");
    expect(environment.INPUT_requirements!.split("\n")).toEqual(requirements(standard));
  });

  test("its name must be free, or belong to a container of the same environment", () => {
    expect(requirements(standard)).toContain("free_name acme_forms cdktf.environment=staging generic");
    expect(requirements(service({ serviceKind: "nocodb" }))).toContain(
      "free_name acme_forms cdktf.environment=staging nocodb",
    );
  });

  test("everything it depends on comes first", () => {
    const json = synthesize((stack) => void serviceIn(stack, { dependsOn: [new Resource(stack, "database")] }));
    expect(block(json, "null_resource.forms_ready").depends_on).toContain("null_resource.database");
  });
});

describe("after the container", () => {
  test("the deploy waits for the service whenever the container is new", () => {
    expect(triggers(standard, "forms_healthy")).toMatchObject({
      container: "${docker_container.forms.id}",
      name: "acme_forms",
      service: "forms",
      url: "http://forms:3000/health",
      secrets: "/opt/acme/secrets",
    });
  });

  test("the deploy waits again when something the service needs was corrected, and the container comes after that", () => {
    const json = synthesize((stack) => {
      const host = hostIn(stack);
      const database = new HostStep(stack, "database", { host, program: "backup/list", input: { backups: "/b" } });
      serviceIn(stack, { host, needs: { database } });
    });
    expect(triggers(json, "forms_healthy").database_id).toBe("${null_resource.database.id}");
    expect(triggers(json, "forms_ready")).not.toHaveProperty("database");
    expect(block(json, "null_resource.forms_ready").depends_on).toContain("null_resource.database");
  });

  test("its shape is recorded with the status that the plan knows", () => {
    expect(localExec(standard, "forms_healthy").environment).toMatchObject({
      INPUT_container_key: "forms_shape",
      INPUT_container_status: "${null_resource.forms_ready.triggers.status}",
    });
  });

  test("its last lines stay readable: the program gets no secret", () => {
    expect(JSON.stringify(localExec(standard, "forms_healthy").environment)).not.toContain("ephemeral");
  });
});
