import { type Case, container, IMAGE, one } from "./case.js";

const network = (name: string, subnet: string, more: object = {}) => ({
  name: `contract-${name}`,
  driver: "bridge",
  ipam_config: [{ subnet }],
  ...more,
});

const everySetting = {
  resource: {
    docker_image: { it: { name: IMAGE, keep_locally: true } },
    docker_network: {
      internal: network("full-internal", "10.86.201.0/24", { internal: true }),
      other: network("full-other", "10.86.202.0/24"),
    },
    docker_container: {
      it: container("full", {
        image: "${docker_image.it.image_id}",
        restart: "unless-stopped",
        memory_reservation: 16,
        cpus: "0.5",
        env: ["A=1", 'B=two words and "quotes"'],
        capabilities: [{ add: ["CAP_CHOWN", "CAP_SETUID"], drop: ["ALL"] }],
        security_opts: ["no-new-privileges:true"],
        healthcheck: [
          { test: ["CMD-SHELL", "true"], interval: "1m30s", timeout: "10s", start_period: "1m0s", retries: 5 },
        ],
        log_opts: { "max-size": "10m", "max-file": "3" },
        labels: [{ label: "contract", value: "full" }],
        volumes: [
          { host_path: "/tmp", container_path: "/data" },
          { host_path: "/etc", container_path: "/secrets", read_only: true },
        ],
        mounts: [{ type: "bind", source: "/etc", target: "/mnt" }],
        networks_advanced: [
          { name: "${docker_network.internal.name}", aliases: ["it"] },
          { name: "${docker_network.other.name}" },
        ],
        destroy_grace_seconds: 5,
      }),
    },
  },
};

const healthy = (test: string) => [{ test: ["CMD-SHELL", test], interval: "1s", timeout: "1s", retries: 1 }];

/** How plans and applies treat the settings of a container. */
export const settings: Case[] = [
  {
    rule: "every implemented setting of a container is created and stays",
    steps: [{ apply: everySetting }, { plan: everySetting }, { destroy: everySetting }],
  },
  {
    rule: "a container with only a name and an image",
    steps: [
      { apply: one({ name: "contract-bare", image: IMAGE }) },
      { plan: one({ name: "contract-bare", image: IMAGE }) },
    ],
  },
  {
    rule: "memory and restart change in place",
    steps: [
      { apply: one(container("memory")) },
      { apply: one(container("memory", { memory: 48, memory_swap: 64, memory_reservation: 24, restart: "always" })) },
      { plan: one(container("memory", { memory: 48, memory_swap: 64, memory_reservation: 24, restart: "always" })) },
    ],
  },
  {
    rule: "without memory_swap every plan resets the value that the engine filled in",
    steps: [
      { apply: one({ name: "contract-swap", image: IMAGE, memory: 32 }) },
      { plan: one({ name: "contract-swap", image: IMAGE, memory: 32 }) },
    ],
  },
  {
    rule: "a changed healthcheck changes only the state",
    steps: [
      { apply: one(container("health", { healthcheck: healthy("true") })) },
      { apply: one(container("health", { healthcheck: healthy("exit 0") })) },
      { byHand: ["inspect", "--format", "{{json .Config.Healthcheck.Test}}", "contract-health"] },
      { plan: one(container("health", { healthcheck: healthy("exit 0") })) },
      { plan: one(container("health")) },
    ],
  },
  {
    rule: "a healthcheck time in another spelling than Go's is a change in every plan",
    steps: [
      { apply: one(container("spelling", { healthcheck: [{ test: ["CMD", "true"], interval: "60s" }] })) },
      { plan: one(container("spelling", { healthcheck: [{ test: ["CMD", "true"], interval: "60s" }] })) },
    ],
  },
  {
    rule: "a changed env replaces",
    steps: [
      { apply: one(container("env", { env: ["A=1", "B=2"] })) },
      { plan: one(container("env", { env: ["B=2", "A=1"] })) },
      { plan: one(container("env")) },
      { apply: one(container("env", { env: ["A=1", "B=3"] })) },
    ],
  },
  {
    rule: "labels, volumes, mounts, networks, logs, security and user replace",
    steps: [
      { apply: one(container("replace", { labels: [{ label: "a", value: "1" }] })) },
      { plan: one(container("replace", { labels: [{ label: "a", value: "2" }] })) },
      { plan: one(container("replace", { volumes: [{ host_path: "/tmp", container_path: "/data" }] })) },
      { plan: one(container("replace", { mounts: [{ type: "bind", source: "/tmp", target: "/data" }] })) },
      { plan: one(container("replace", { networks_advanced: [{ name: "bridge", aliases: ["a"] }] })) },
      { plan: one(container("replace", { log_opts: { "max-size": "1m" } })) },
      { plan: one(container("replace", { security_opts: ["no-new-privileges:true"] })) },
      { plan: one(container("replace", { user: "1000", hostname: "other", stop_signal: "SIGINT", stop_timeout: 3 })) },
      { plan: one(container("replace", { userns_mode: "host" })) },
      { plan: one(container("replace", { capabilities: [{ drop: ["ALL"] }], cpus: "0.25" })) },
    ],
  },
  {
    rule: "init, wait and the grace period change only the state",
    steps: [
      { apply: one(container("quiet")) },
      { apply: one(container("quiet", { init: true, wait: true, destroy_grace_seconds: 3, must_run: false })) },
      { plan: one(container("quiet", { init: true, wait: true, destroy_grace_seconds: 3, must_run: false })) },
    ],
  },
  {
    rule: "a capability without its prefix is replaced in every plan",
    steps: [
      { apply: one(container("capability", { capabilities: [{ add: ["CHOWN"], drop: ["ALL"] }] })) },
      { plan: one(container("capability", { capabilities: [{ add: ["CHOWN"], drop: ["ALL"] }] })) },
    ],
  },
  {
    rule: "cpus in another spelling than they are read back are replaced in every plan",
    steps: [{ apply: one(container("cpus", { cpus: "1" })) }, { plan: one(container("cpus", { cpus: "1" })) }],
  },
  {
    rule: "invalid values are refused",
    steps: [
      { plan: one(container("refused", { restart: "sometimes" })), fails: ["'sometimes' doesn't match the pattern"] },
      { plan: one(container("refused", { memory: -1 })), fails: ["'-1' cannot be lower than 0"] },
      {
        plan: one(container("refused", { healthcheck: [{ test: ["NONE"], interval: "often" }] })),
        fails: ["'often' is not a valid duration"],
      },
      {
        plan: one(container("refused", { volumes: [{ host_path: "tmp", container_path: "/x" }] })),
        fails: ["'tmp' must be an absolute path"],
      },
    ],
  },
  {
    rule: "a setting that a stand-in does not implement is refused by name",
    standInsOnly: true,
    steps: [
      {
        plan: one(container("unknown", { privileged: true })),
        fails: ["stand-in provider: attribute privileged of docker_container is not implemented here"],
      },
      {
        plan: one(container("unknown", { ports: [{ internal: 80 }] })),
        fails: ["attribute ports of docker_container is not implemented here"],
      },
      {
        plan: one(container("unknown", { volumes: [{ volume_name: "v", container_path: "/v" }] })),
        fails: ["attribute volumes.volume_name of docker_container is not implemented here"],
      },
      { plan: one(container("unknown", { memmory: 5 })), fails: ['No argument or block type is named "memmory"'] },
    ],
  },
];
