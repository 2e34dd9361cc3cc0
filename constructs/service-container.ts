import { Container } from "@cdktf/provider-docker/lib/container/index.js";
import { Image } from "@cdktf/provider-docker/lib/image/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type Backups, backupInput } from "./backups.js";
import { cpusText } from "./cpus.js";
import type { EnvironmentVariables } from "./environment-variables.js";
import { literal } from "./expressions.js";
import type { HostFile } from "./host-file.js";
import { HostStep, KeptOnHost, keyOf, mapValues } from "./host-step.js";
import type { NetworkAttachment } from "./network-attachment.js";
import { AROUND_REPLACEMENT } from "./probe.js";
import type { RemoteHost } from "./remote-host.js";

/** The label by which a container of this app is known on the host; its value is the environment's name. */
const LABEL = "cdktf.environment";

export interface HealthCheck {
  /** Shell command inside the container. */
  readonly command: string;
  /** Seconds between two checks. */
  readonly interval: number;
  /** Seconds one check may take. */
  readonly timeout: number;
  /** Failures in a row before the container counts as unhealthy. */
  readonly retries: number;
  /** Seconds after the start in which failures do not count. */
  readonly startPeriod: number;
}

export interface ServiceContainerProps {
  readonly host: RemoteHost;
  /** The environment that owns the container. */
  readonly environmentName: string;
  /** Name on the host. */
  readonly name: string;
  /** Reference with a tag or a digest. */
  readonly image: string;
  /** Limit in MiB; there is no swap on top of it. */
  readonly memory: number;
  /** What the kernel tries to leave it under pressure, in MiB; less than `memory`. */
  readonly memoryReservation: number;
  /** Cores, for example 0.5. */
  readonly cpus: number;
  readonly environment: EnvironmentVariables;
  /** Where the environment stands on the host: secrets in it are masked in what the container says. */
  readonly environmentFile: HostFile;
  readonly volumes: readonly { readonly hostPath: string; readonly containerPath: string }[];
  readonly networks: readonly NetworkAttachment[];
  readonly healthCheck: HealthCheck;
  /** Kernel capabilities it keeps, without the prefix CAP_. @default none */
  readonly capabilities?: readonly string[];
  /** Seconds between SIGTERM and SIGKILL. @default 10 */
  readonly gracePeriod?: number;
  /** URL that answers 200 when the service can be used, as its neighbours on the networks reach it. */
  readonly healthUrl: string;
  /** URL that answers 200 only while the service can use its database, asked once it answers. @default not asked */
  readonly databaseUrl?: string;
  /** Seconds until a start counts as failed. @default 180 */
  readonly patience?: number;
  readonly dependsOn?: readonly ITerraformDependable[];
  /** Where a backup goes before another image starts on its data. @default none is made */
  readonly backups?: Backups | undefined;
  /** What the service needs while it runs: when one of these was put right, it is asked again whether it answers. */
  readonly needs?: Readonly<Record<string, HostStep>>;
}

/**
 * A service in a container: limits, hardening, bounded logs, a health check for Docker, and a wait that ends when the
 * service answers.
 *
 * - `ready` holds everything whose change replaces the container, readable, and looks at the host once more before the
 *   new one is created.
 * - `serving` waits for the service, prints the container's last words when it will not come up, and notes its shape.
 */
export class ServiceContainer extends Construct {
  readonly container: Container;
  readonly ready: HostStep;
  readonly serving: HostStep;

  constructor(scope: Construct, id: string, props: ServiceContainerProps) {
    super(scope, id);
    const { memory, memoryReservation } = props;
    if (memoryReservation >= memory) {
      throw new Error(`'memoryReservation' (${memoryReservation} MiB) must be less than 'memory' (${memory} MiB)`);
    }

    const image = new Image(this, "image", { name: props.image, keepLocally: true, dependsOn: [props.host.start] });
    this.ready = this.readyFor(props, image);
    this.container = this.create(props, image);
    this.serving = this.awaitServing(props);
  }

  private readyFor(props: ServiceContainerProps, image: Image): HostStep {
    const { host, name } = props;
    const label = `${LABEL}=${props.environmentName}`;
    host.require(`free_name ${name} ${label}`);
    for (const network of props.networks) network.requireFreeAliases(host, name, label);
    return new HostStep(this, "ready", {
      host,
      scripts: [...AROUND_REPLACEMENT, "ready-for-container.sh"],
      input: {
        name,
        label,
        image: props.image,
        cpus: cpusText(props.cpus),
        health_check: healthCheckText(props.healthCheck),
        capabilities: (props.capabilities ?? []).join(" "),
        volumes: props.volumes.map((volume) => `${volume.hostPath} at ${volume.containerPath}`).join(", "),
        networks: props.networks.map((network) => network.text).join(", "),
        grace_period: `${gracePeriod(props)}s`,
      },
      triggers: {
        ...props.environment.visible,
        image_id: image.imageId,
        observed: host.observation(keyOf(this, "shape")),
      },
      extra: { requirements: host.requirements, ...(props.backups && mapValues(backupInput(props.backups), literal)) },
      dependsOn: [...(props.dependsOn ?? []), ...Object.values(props.needs ?? {}).map((step) => step.resource)],
    });
  }

  private create(props: ServiceContainerProps, image: Image): Container {
    const container = new Container(this, "Resource", {
      name: props.name,
      image: image.imageId,
      restart: "unless-stopped",
      memory: props.memory,
      // The daemon would fill in twice the memory, and every plan would want that back.
      memorySwap: props.memory,
      cpus: cpusText(props.cpus),
      capabilities: { add: (props.capabilities ?? []).map((name) => `CAP_${name}`), drop: ["ALL"] },
      securityOpts: ["no-new-privileges:true"],
      volumes: props.volumes.map(({ hostPath, containerPath }) => ({
        hostPath: literal(hostPath),
        containerPath: literal(containerPath),
      })),
      networksAdvanced: props.networks.map(({ name, aliases }) => ({ name, aliases })),
      healthcheck: healthCheck(props.healthCheck),
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      labels: [{ label: LABEL, value: props.environmentName }],
      destroyGraceSeconds: gracePeriod(props),
      lifecycle: { replaceTriggeredBy: [this.ready.address] },
      dependsOn: [this.ready.resource],
    });
    // Younger than the bindings, or an expression where they want a list.
    container.addOverride("memory_reservation", props.memoryReservation);
    container.addOverride("env", props.environment.forContainer);
    return container;
  }

  private awaitServing(props: ServiceContainerProps): HostStep {
    return new KeptOnHost(this, "serving", {
      host: props.host,
      scripts: ["container.sh", "backup.sh", "await-serving.sh"],
      input: {
        name: props.name,
        url: props.healthUrl,
        ...(props.databaseUrl !== undefined && { database_url: props.databaseUrl }),
        env_file: props.environmentFile.path,
        patience: String(props.patience ?? 180),
      },
      triggers: {
        container: this.container.id,
        // Changed in place: what was noted of them changes with them.
        limits: `memory ${props.memory}M, reservation ${props.memoryReservation}M`,
        ...Object.fromEntries(Object.entries(props.needs ?? {}).map(([name, step]) => [name, step.resource.id])),
      },
      extra: {
        image: literal(props.image),
        ...(props.backups && { backups: literal(props.backups.directory), way_back: literal(props.backups.wayBack) }),
        container_key: keyOf(this, "shape"),
        container_observed: `\${${this.ready.address}.triggers.observed}`,
      },
    });
  }
}

function gracePeriod(props: ServiceContainerProps): number {
  return props.gracePeriod ?? 10;
}

function healthCheck(check: HealthCheck) {
  return {
    test: ["CMD-SHELL", literal(check.command)],
    interval: duration(check.interval),
    timeout: duration(check.timeout),
    retries: check.retries,
    startPeriod: duration(check.startPeriod),
  };
}

function healthCheckText(check: HealthCheck): string {
  return `${check.command}; every ${check.interval}s, timeout ${check.timeout}s, retries ${check.retries}, start period ${check.startPeriod}s`;
}

/** Seconds the way Go prints them (`1m0s`): the provider reads them back like that. */
export function duration(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
