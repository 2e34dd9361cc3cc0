import { Container } from "@cdktf/provider-docker/lib/container/index.js";
import { Image } from "@cdktf/provider-docker/lib/image/index.js";
import { Construct } from "constructs";
import { backupInput } from "../backup/backup-policy.js";
import { literal } from "../remote-host/expressions.js";
import { HostResource, recordKey } from "../remote-host/host-resource.js";
import { HostStep, mapValues } from "../remote-host/host-step.js";
import { cpusText } from "./cpus.js";
import { healthCheckBlock, healthCheckText } from "./health-check.js";
import { releaseKey, versionLabel } from "./image-reference.js";
import { GRACE_PERIOD, LABEL, labelOf, type RunningService, type ServiceProps, waitInput } from "./service.js";

/** Properties of a service's container. */
export interface ServiceContainerProps extends ServiceProps {
  /** `host` for an engine with userns-remap: its files belong to the host's users. @default the engine's */
  readonly usernsMode?: "host" | undefined;
  /** Who sends it requests, and holds them during a replacement. @default nobody */
  readonly requests?: RequestSource | undefined;
}

/** Caddy, which sends requests to the service. */
export interface RequestSource {
  /** Its container. */
  readonly caddy: string;
  /** The service as Caddy knows it, `NAME:PORT`. */
  readonly upstream: string;
}

/**
 * A service in a container: limits, hardening, bounded logs, a health check for Docker, and a wait that ends when the
 * service answers.
 *
 * - `ready` shows in a plan everything whose change replaces the container. Before the new one is created, it does
 *   everything in a replacement that can fail, and sets the old one aside, which keeps serving.
 * - `healthy` starts the new one, which takes over from the old one; waits for the service, prints the container's last
 *   lines if it does not come up, and records its shape. Terraform removes the old one after that.
 *
 * The old container is destroyed last (create_before_destroy), which Terraform extends to everything that the container
 * depends on. So nothing of that may need a destroy-time provisioner when it is replaced: Terraform would skip it.
 */
export class ServiceContainer extends Construct implements RunningService {
  readonly resource: Container;
  /** Checks the host once more before the container is created; what changes here replaces it. */
  readonly ready: HostStep;
  readonly healthy: HostStep;
  readonly image: string;
  readonly gracePeriod: number;

  constructor(scope: Construct, id: string, props: ServiceContainerProps) {
    super(scope, id);
    const { memory, memoryReservation } = props;
    if (memoryReservation >= memory) {
      throw new Error(`'memoryReservation' (${memoryReservation} MiB) must be less than 'memory' (${memory} MiB)`);
    }
    this.image = props.image;
    this.gracePeriod = props.gracePeriod ?? GRACE_PERIOD;

    const image = new Image(this, "image", { name: props.image, keepLocally: true, dependsOn: [props.host.start] });
    this.ready = this.beforeCreate(props, image);
    this.resource = this.create(props, image);
    this.healthy = this.waitHealthy(props);
  }

  private beforeCreate(props: ServiceContainerProps, image: Image): HostStep {
    const { host, name, service, serviceKind = "generic" } = props;
    const label = labelOf(props);
    host.require(`free_name ${name} ${label} ${serviceKind}`);
    if (props.usernsMode === undefined) host.require(`no_userns_remap ${name}`);
    for (const network of props.networks) network.requireFreeAliases(host, name, label, serviceKind);
    return new HostStep(this, "ready", {
      host,
      program: "service-container/before-create",
      input: { name, label, image: props.image, service, grace_period: String(this.gracePeriod) },
      triggers: {
        ...mapValues(this.shape(props), literal),
        ...Object.fromEntries(Object.entries(props.variables).map(([name, value]) => [`env ${name}`, literal(value)])),
        image_id: image.imageId,
        status: host.status(recordKey(this, "shape")),
      },
      extra: {
        requirements: host.requirements,
        checked: host.checked,
        ...(props.backups && mapValues(backupInput(props.backups), literal)),
      },
      dependsOn: [...(props.dependsOn ?? []), ...Object.values(props.needs ?? {}).map((step) => step.resource)],
    });
  }

  /** Further settings whose change replaces the container, as a plan shows them. */
  private shape(props: ServiceContainerProps): Record<string, string> {
    return {
      ...(props.command && { command: props.command.join(" ") }),
      ...(props.stopSignal && { stop_signal: props.stopSignal }),
      ...(props.usernsMode && { userns_mode: props.usernsMode }),
      cpus: cpusText(props.cpus),
      health_check: healthCheckText(props.healthCheck),
      capabilities: (props.capabilities ?? []).join(" "),
      volumes: props.volumes
        .map(
          ({ hostPath, containerPath, readOnly }) => `${hostPath} at ${containerPath}${readOnly ? " (read-only)" : ""}`,
        )
        .join(", "),
      networks: props.networks.map((network) => network.text).join(", "),
    };
  }

  private create(props: ServiceContainerProps, image: Image): Container {
    const container = new Container(this, "Resource", {
      name: props.name,
      image: image.imageId,
      ...(props.command && { command: props.command.map(literal) }),
      ...(props.stopSignal && { stopSignal: props.stopSignal }),
      ...(props.usernsMode && { usernsMode: props.usernsMode }),
      // wait-healthy starts it, when it can take over from the old one.
      start: false,
      mustRun: false,
      restart: "unless-stopped",
      memory: props.memory,
      // Without it the daemon sets twice the memory, and every plan would change that.
      memorySwap: props.memory,
      cpus: cpusText(props.cpus),
      capabilities: { add: (props.capabilities ?? []).map((name) => `CAP_${name}`), drop: ["ALL"] },
      securityOpts: ["no-new-privileges:true"],
      env: Object.entries(props.variables).map(([name, value]) => `${name}=${literal(value)}`),
      volumes: props.volumes.map(({ hostPath, containerPath, readOnly }) => ({
        hostPath: literal(hostPath),
        containerPath: literal(containerPath),
        ...(readOnly && { readOnly }),
      })),
      networksAdvanced: props.networks.map(({ name, aliases }) => ({ name, aliases })),
      healthcheck: healthCheckBlock(props.healthCheck),
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      labels: [{ label: LABEL, value: props.environmentName }],
      destroyGraceSeconds: this.gracePeriod,
      lifecycle: { createBeforeDestroy: true, replaceTriggeredBy: [this.ready.address] },
      dependsOn: [this.ready.resource],
    });
    // The bindings are older than this.
    container.addOverride("memory_reservation", props.memoryReservation);
    return container;
  }

  private waitHealthy(props: ServiceContainerProps): HostStep {
    const { image, backups, requests } = props;
    const healthy = new HostResource(this, "healthy", {
      host: props.host,
      program: "service-container/wait-healthy",
      input: waitInput(props),
      triggers: {
        container: this.resource.id,
        // Changed in place, so the record must change with them.
        limits: `memory ${props.memory}M, reservation ${props.memoryReservation}M`,
        ...Object.fromEntries(
          Object.entries(props.needs ?? {}).map(([name, step]) => [`${name}_id`, step.resource.id]),
        ),
      },
      extra: {
        ...mapValues({ image, release: releaseKey(image), version: versionLabel(image) }, literal),
        grace_period: String(this.gracePeriod),
        ...(backups && { backups: literal(backups.directory), restore_command: literal(backups.restoreCommand) }),
        container_key: recordKey(this, "shape"),
        container_status: `\${${this.ready.address}.triggers.status}`,
        label: literal(labelOf(props)),
        networks: props.networks.map(({ nameOnHost, aliases }) => [nameOnHost, ...aliases].join(" ")).join("\n"),
        requirements: props.host.requirements,
        ...(requests && mapValues({ ...requests }, literal)),
      },
    });
    // If a deploy is interrupted, the next one must know that the old container is removed after this.
    healthy.resource.addOverride("lifecycle", { create_before_destroy: true });
    return healthy;
  }
}
