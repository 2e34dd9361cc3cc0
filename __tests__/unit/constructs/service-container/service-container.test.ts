import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { describe, expect, test } from "vitest";
import { HostStep } from "../../../../constructs/remote-host/host-step.js";
import { duration, type HealthCheck, type ServiceContainerProps } from "../../../../constructs/service-container/service-container.js";
import { block, hostIn, localExec, requirements, scriptsOf, synthesize, triggers } from "../../support/scope.js";
import { service, serviceIn } from "../../support/service.js";

const standard = service();
const container = (over?: Partial<ServiceContainerProps>) =>
  block(over ? service(over) : standard, "docker_container.forms");
const ready = (over?: Partial<ServiceContainerProps>) => triggers(over ? service(over) : standard, "forms_ready");
const check: HealthCheck = { command: "true", interval: 5, timeout: 3, retries: 2, startPeriod: 90 };

describe("a service in a container, with the defaults", () => {
  test("drops every capability, gains none, and stops 10 seconds after it was asked to", () => {
    expect(container()).toMatchObject({
      name: "acme_forms",
      image: "${docker_image.forms_image.image_id}",
      restart: "unless-stopped",
      capabilities: { add: [], drop: ["ALL"] },
      security_opts: ["no-new-privileges:true"],
      destroy_grace_seconds: 10,
    });
  });

  test("is limited, reserves less than its limit, and has no swap on top", () => {
    expect(container()).toMatchObject({ memory: 256, memory_swap: 256, memory_reservation: 128, cpus: "0.5" });
  });

  test("writes bounded logs", () => {
    expect(container()).toMatchObject({
      log_driver: "json-file",
      log_opts: { "max-size": "10m", "max-file": "3" },
    });
  });

  test("is known by its label, sees its volumes and networks, and gets its environment", () => {
    expect(container()).toMatchObject({
      labels: [{ label: "cdktf.environment", value: "staging" }],
      volumes: [{ host_path: "/opt/acme/data", container_path: "/data" }],
      networks_advanced: [{ name: "${data.docker_network.network.name}", aliases: ["forms"] }],
      env: "${compact(local.environment)}",
    });
  });

  test("sets nothing that the provider would read back as something else", () => {
    expect(container()).not.toHaveProperty("platform");
    expect(container()).not.toHaveProperty("network_mode");
    expect(container()).not.toHaveProperty("wait");
  });

  test("leaves its image on the host, where a step back finds it", () => {
    expect(block(standard, "docker_image.forms_image")).toEqual({
      name: "acme/forms:1.2.3",
      keep_locally: true,
      depends_on: ["data.external.host_observed"],
    });
  });

  test("waits up to three minutes for an answer", () => {
    expect(triggers(standard, "forms_serving").patience).toBe("180");
  });
});

test("a service with everything custom", () => {
  const json = service({
    capabilities: ["CHOWN", "SETUID"],
    gracePeriod: 30,
    patience: 600,
    healthCheck: check,
    cpus: 2,
  });
  expect(block(json, "docker_container.forms")).toMatchObject({
    capabilities: { add: ["CAP_CHOWN", "CAP_SETUID"], drop: ["ALL"] },
    destroy_grace_seconds: 30,
    cpus: "2.0",
    healthcheck: { test: ["CMD-SHELL", "true"], interval: "5s", timeout: "3s", retries: 2, start_period: "1m30s" },
  });
  expect(triggers(json, "forms_serving").patience).toBe("600");
});

describe("the limits", () => {
  test.each([128, 256])(
    "a reservation of 128 MiB does not fit into %i MiB when it is not less",
    (memoryReservation) => {
      const limited = () => service({ memory: 128, memoryReservation });
      expect(limited).toThrow(`'memoryReservation' (${memoryReservation} MiB) must be less than 'memory' (128 MiB)`);
    },
  );

  test.each([0, -1, Number.NaN])("%d cpus are none", (cpus) => {
    expect(() => service({ cpus })).toThrow(`'cpus' (${cpus}) must be more than 0`);
  });

  // The provider compares texts: "1" would be a change in every plan.
  test.each([
    [0.5, "0.5"],
    [1, "1.0"],
    [1.25, "1.25"],
    [4, "4.0"],
    [10, "10."],
    [16, "16.0"],
    [10.5, "10.5"],
  ])("%d cpus are written as the provider reads them back", (cpus, text) => {
    expect(container({ cpus }).cpus).toBe(text);
  });
});

test.each([
  [0.05, "0.1"],
  [10.05, "10.1"],
  [1 / 3, "0.333333333"],
])("%d cpus, which the provider reads back as %s, are refused", (cpus, text) => {
  expect(() => service({ cpus })).toThrow(
    `'cpus' (${cpus}) is read back by the docker provider as ${text}, and every plan would replace the container. Did you mean ${text}?`,
  );
});

test("a command of the health check and a path are no templates", () => {
  const healthCheck = { ...check, command: "test ${PORT:-1} = 1" };
  const volumes = [{ hostPath: "/a/%{b}", containerPath: "/${c}" }];
  expect(container({ healthCheck, volumes })).toMatchObject({
    healthcheck: { test: ["CMD-SHELL", "test $${PORT:-1} = 1"] },
    volumes: [{ host_path: "/a/%%{b}", container_path: "/$${c}" }],
  });
});

test.each([
  [0, "0s"],
  [30, "30s"],
  [60, "1m0s"],
  [90, "1m30s"],
  [3600, "1h0m0s"],
  [3661, "1h1m1s"],
])("%i seconds are written as the provider reads them back", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

describe("the container is replaced when", () => {
  test("what stands ready for it is replaced", () => {
    const { lifecycle, depends_on } = container();
    expect(lifecycle).toEqual({ replace_triggered_by: ["null_resource.forms_ready"] });
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
    ["it belongs to another environment", { environmentName: "prod" }, "label"],
  ])("%s", (_, over, trigger) => {
    expect(ready(over)[trigger]).not.toBe(ready()[trigger]);
  });

  test("a variable or a secret changes, readable in the plan", () => {
    expect(ready()).toMatchObject({
      "env PORT": "3000",
      "secret TOKEN": '${sha256("${random_password.salt.result}${var.token}")}',
    });
  });

  test("the probe finds it other than it was left", () => {
    expect(ready().observed).toBe(
      '${lookup(data.external.host_observed.result, "forms_shape", data.external.host_observed.result.unrecorded)}',
    );
  });

  test("and not when only its memory changes, which is done in place", () => {
    expect(ready({ memory: 512, memoryReservation: 200 })).toEqual(ready());
  });

  test("the health check is readable", () => {
    expect(ready({ healthCheck: check }).health_check).toBe("true; every 5s, timeout 3s, retries 2, start period 90s");
  });
});

describe("before the container", () => {
  test("the host is looked at once more, with the requirements of now", () => {
    const { command, environment } = localExec(standard, "forms_ready");
    expect(scriptsOf(command).at(-1)).toBe("ready-for-container.sh");
    expect(environment.INPUT_requirements!.split("\n")).toEqual(requirements(standard));
  });

  test("its name must be free, or be held by a container of the same environment", () => {
    expect(requirements(standard)).toContain("free_name acme_forms cdktf.environment=staging");
  });

  test("everything it depends on is there", () => {
    const json = synthesize((stack) => void serviceIn(stack, { dependsOn: [new Resource(stack, "database")] }));
    expect(block(json, "null_resource.forms_ready").depends_on).toContain("null_resource.database");
  });
});

describe("after the container", () => {
  test("the service is waited for whenever the container is a new one", () => {
    expect(triggers(standard, "forms_serving")).toMatchObject({
      container: "${docker_container.forms.id}",
      name: "acme_forms",
      url: "http://forms:3000/health",
      env_file: "/opt/acme/forms.env",
    });
  });

  test("the service is asked again when something it needs was put right, and comes after it", () => {
    const json = synthesize((stack) => {
      const host = hostIn(stack);
      const database = new HostStep(stack, "database", { host, scripts: ["a.sh"], input: {} });
      serviceIn(stack, { host, needs: { database } });
    });
    expect(triggers(json, "forms_serving").database).toBe("${null_resource.database.id}");
    expect(triggers(json, "forms_ready")).not.toHaveProperty("database");
    expect(block(json, "null_resource.forms_ready").depends_on).toContain("null_resource.database");
  });

  test("its shape is noted under the word that the plan knows", () => {
    expect(localExec(standard, "forms_serving").environment).toMatchObject({
      INPUT_container_key: "forms_shape",
      INPUT_container_observed: "${null_resource.forms_ready.triggers.observed}",
    });
  });

  test("its last words stay readable: no secret is given to the script", () => {
    expect(JSON.stringify(localExec(standard, "forms_serving").environment)).not.toContain("var.");
  });
});
