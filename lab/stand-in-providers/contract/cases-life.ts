import { type Case, type Configuration, container, IMAGE, one } from "./case.js";

const guarded = (env: string): Configuration => ({
  resource: {
    docker_container: { it: container("guard", { env: [env] }) },
    null_resource: {
      guard: {
        triggers: { env },
        depends_on: ["docker_container.it"],
        provisioner: [
          {
            "local-exec": {
              when: "destroy",
              command: 'docker inspect -f "guard {{.State.Status}}" contract-guard >> order',
            },
          },
          { "local-exec": { command: "echo created >> order" } },
        ],
      },
    },
  },
});

const attached = (network: string): Configuration => ({
  data: { docker_network: { it: { name: network } } },
  resource: {
    docker_container: { it: container("network", { networks_advanced: [{ name: "${data.docker_network.it.name}" }] }) },
  },
  output: {
    driver: { value: "${data.docker_network.it.driver}" },
    internal: { value: "${data.docker_network.it.internal}" },
  },
});

const successor = container("made", {
  ...{ start: false, must_run: false, env: ["A=2"] },
  lifecycle: { create_before_destroy: true },
});

/** Changes to containers, images and networks outside Terraform, and failures. */
export const life: Case[] = [
  {
    rule: "a container removed by hand is recreated",
    steps: [
      { apply: one(container("removed")) },
      { byHand: ["rm", "--force", "contract-removed"] },
      { plan: one(container("removed")) },
    ],
  },
  {
    rule: "a container stopped by hand is started again",
    steps: [
      { apply: one(container("stopped")) },
      { byHand: ["stop", "--time", "5", "contract-stopped"] },
      { apply: one(container("stopped")) },
      { byHand: ["inspect", "--format", "{{.State.Status}}", "contract-stopped"] },
      { plan: one(container("stopped")) },
    ],
  },
  {
    rule: "a stopped container without must_run is left alone",
    steps: [
      { apply: one(container("idle", { must_run: false })) },
      { byHand: ["stop", "--time", "5", "contract-idle"] },
      { plan: one(container("idle", { must_run: false })) },
      { destroy: one(container("idle", { must_run: false })) },
    ],
  },
  {
    rule: "a container that must not be started is created before its predecessor is removed",
    steps: [
      { apply: one(container("made", { start: false, must_run: false })) },
      { byHand: ["inspect", "--format", "{{.State.Status}}", "contract-made"] },
      { byHand: ["start", "contract-made"] },
      { plan: one(container("made", { start: false, must_run: false })) },
      { byHand: ["rename", "contract-made", "contract-made-former"] },
      { apply: one(successor) },
      { byHand: ["ps", "--all", "--filter", "name=contract-made", "--format", "{{.Names}}"] },
      { plan: one(successor) },
    ],
  },
  {
    rule: "memory changed by hand is restored",
    steps: [
      { apply: one(container("drift")) },
      { byHand: ["update", "--memory", "48m", "--memory-swap", "48m", "--restart", "always", "contract-drift"] },
      { apply: one(container("drift")) },
      { plan: one(container("drift")) },
    ],
  },
  {
    rule: "a container cannot be imported by name",
    steps: [
      { byHand: ["run", "--detach", "--name", "contract-name", IMAGE] },
      {
        plan: { ...one(container("name")), import: [{ to: "docker_container.it", id: "contract-name" }] },
        fails: ["Cannot import non-existent remote object"],
      },
    ],
  },
  {
    rule: "a missing network stops the plan",
    steps: [
      { plan: attached("contract-nowhere"), fails: ["Could not find docker network", "contract-nowhere not found"] },
    ],
  },
  {
    rule: "a container that cannot be connected is kept and replaced next time",
    steps: [
      {
        apply: one(container("connect", { networks_advanced: [{ name: "contract-nowhere" }] })),
        fails: ["network contract-nowhere not found"],
      },
      { plan: one(container("connect")) },
    ],
  },
  {
    rule: "an existing network is found",
    steps: [
      { byHand: ["network", "create", "--internal", "--subnet", "10.86.203.0/24", "contract-there"] },
      { apply: attached("contract-there") },
      { plan: attached("contract-there") },
    ],
  },
  {
    rule: "a network changes by being replaced",
    steps: [
      { apply: network({ driver: "bridge", internal: true }) },
      { plan: network({ driver: "bridge", internal: true }) },
      { plan: network({ driver: "bridge", internal: false }) },
      { plan: network({ labels: [{ label: "a", value: "b" }] }) },
      { plan: network({ ipam_config: [{ subnet: "10.86.205.0/24" }] }) },
      { byHand: ["network", "rm", "contract-own"] },
      { plan: network({ driver: "bridge", internal: true }) },
    ],
  },
  {
    rule: "a name that is taken is refused",
    steps: [
      { byHand: ["run", "--detach", "--name", "contract-taken", IMAGE] },
      {
        apply: one(container("taken")),
        fails: ["Unable to create container", 'name "/contract-taken" is already in use'],
      },
    ],
  },
  {
    rule: "an image that cannot be pulled stops the apply",
    steps: [
      { apply: image("localhost:1/contract/none:1"), fails: ["unable to pull image localhost:1/contract/none:1"] },
      {
        apply: one(container("none", { image: "localhost:1/contract/none:1" })),
        fails: ["Unable to create container with image"],
      },
    ],
  },
  {
    rule: "a present image is not pulled, and can be kept",
    steps: [
      { byHand: ["tag", IMAGE, "contract-image:1"] },
      { apply: image("contract-image:1", { keep_locally: true }) },
      { plan: image("contract-image:1", { keep_locally: true }) },
      { destroy: image("contract-image:1", { keep_locally: true }) },
      { byHand: ["image", "inspect", "--format", "{{.RepoTags}}", "contract-image:1"] },
      { apply: image("contract-image:1") },
      { byHand: ["rmi", "contract-image:1"] },
      { plan: image("contract-image:1") },
    ],
  },
  {
    rule: "wait needs a healthcheck",
    steps: [
      { apply: one(container("wait", { wait: true })), fails: ["you have supplied a 'wait' argument"] },
      { apply: one(container("wait", { wait: true, healthcheck: [healthy("true")] })) },
      { plan: one(container("wait", { wait: true, healthcheck: [healthy("true")] })) },
    ],
  },
  {
    rule: "a container that never becomes healthy is kept and replaced next time",
    steps: [
      {
        apply: one(container("ill", { wait: true, wait_timeout: 3, healthcheck: [healthy("false")] })),
        fails: ["container failed to be in healthy state"],
      },
      { plan: one(container("ill", { healthcheck: [healthy("true")] })) },
    ],
  },
  {
    rule: "a container that cannot start is kept and replaced next time",
    steps: [
      { apply: one(container("start", { user: "nobody-here" })), fails: ["Unable to start container"] },
      { plan: one(container("start")) },
    ],
  },
  {
    rule: "a guard is destroyed before the container that it guards",
    steps: [{ apply: guarded("A=1") }, { apply: guarded("A=2") }, { destroy: guarded("A=2") }, { file: "order" }],
  },
  {
    rule: "a container is replaced by its trigger",
    steps: [{ apply: triggered("1") }, { plan: triggered("1") }, { apply: triggered("2") }],
  },
  {
    rule: "a for_each that becomes empty destroys",
    steps: [{ apply: forEach(["a", "b"]) }, { apply: forEach(["b"]) }, { apply: forEach([]) }],
  },
];

function healthy(test: string) {
  return { test: ["CMD", test], interval: "1s", timeout: "1s", retries: 1 };
}

function network(attributes: object): Configuration {
  const ipam_config = [{ subnet: "10.86.204.0/24", gateway: "10.86.204.9" }];
  return { resource: { docker_network: { it: { name: "contract-own", ipam_config, ...attributes } } } };
}

function image(name: string, more: object = {}): Configuration {
  return { resource: { docker_image: { it: { name, ...more } } } };
}

function triggered(word: string): Configuration {
  return {
    resource: {
      null_resource: { cause: { triggers: { word } } },
      docker_container: {
        it: { ...container("caused"), lifecycle: { replace_triggered_by: ["null_resource.cause"] } },
      },
    },
  };
}

function forEach(keys: string[]): Configuration {
  const it = {
    ...container("each"),
    name: "contract-each-${each.key}",
    for_each: `\${toset(${JSON.stringify(keys)})}`,
  };
  return { resource: { docker_container: { it } } };
}
