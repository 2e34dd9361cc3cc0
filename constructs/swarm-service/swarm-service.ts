import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Image } from "@cdktf/provider-docker/lib/image/index.js";
import { Service, type ServiceTaskSpecContainerSpec } from "@cdktf/provider-docker/lib/service/index.js";
import type { DataExternal } from "@cdktf/provider-external/lib/data-external/index.js";
import { TerraformDataSource, type TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { backupInput } from "../backup/backup-policy.js";
import { literal } from "../remote-host/expressions.js";
import { HostResource, recordKey } from "../remote-host/host-resource.js";
import { HostStep, mapValues } from "../remote-host/host-step.js";
import { duration, healthCheckBlock } from "../service-container/health-check.js";
import { releaseKey, versionLabel } from "../service-container/image-reference.js";
import {
  GRACE_PERIOD,
  LABEL,
  labelOf,
  type RunningService,
  type ServiceProps,
  waitInput,
} from "../service-container/service.js";
import { secretsMount } from "../service-secrets/secret.js";
import type { ClusterProps, Rollout } from "./cluster.js";

const MEBIBYTE = 1024 * 1024;
const SECRETS_CJS = readFileSync(new URL("../service-secrets/secrets.cjs", import.meta.url));

/** Properties of a service in a cluster. */
export interface SwarmServiceProps extends ServiceProps {
  /** How it runs there. */
  readonly cluster: ClusterProps;
  /** Who reads its secrets in a task, as `uid:gid`. @default root */
  readonly secretsOwner?: string | undefined;
}

/**
 * A service in a Docker Swarm: the counterpart of ServiceContainer, with the same promises. The host is a manager; the
 * engine schedules, heals, rolls out and takes back.
 *
 * - `stored` gives the cluster the files of the tasks: a secret, whose id alone Terraform knows, and configs. No resources
 *   of the provider, which removes a config while the engine may take the service back to it.
 * - `ready` checks the host once more before another image, and makes the backup.
 * - `freeName` removes a service that no state has: of a lost state, or of a deploy that was killed while it created it.
 * - The provider creates or updates the service and does not wait.
 * - `healthy` waits until all tasks run as the service is now, or says within seconds why they do not.
 */
export class SwarmService extends Construct implements RunningService {
  readonly resource: Service;
  readonly ready: HostStep;
  readonly healthy: HostStep;
  readonly image: string;
  readonly gracePeriod: number;

  constructor(scope: Construct, id: string, props: SwarmServiceProps) {
    super(scope, id);
    this.image = props.image;
    this.gracePeriod = props.gracePeriod ?? GRACE_PERIOD;
    this.require(props);
    const image = new Image(this, "image", { name: props.image, keepLocally: true, dependsOn: [props.host.start] });
    this.ready = this.beforeUpdate(props, image);
    this.resource = this.create(props, image, this.files(props), this.freeName(props));
    this.healthy = this.waitConverged(props);
  }

  private require({ host, name, networks, cluster, ...props }: SwarmServiceProps): void {
    const label = labelOf(props);
    host.require("manager", `free_service ${name} ${label}`, "nodes");
    if (cluster.endpointMode === "vip") host.require("virtual_ip");
    if (cluster.node !== undefined) host.require(`local_data ${cluster.node}`);
    for (const network of networks) {
      network.requireFreeAliases(host, name, label, props.serviceKind ?? "generic");
      if (!network.isCreated) host.require(`overlay ${network.nameOnHost}`);
    }
  }

  /** Ids and names of the secret and the configs of the cluster that hold the files of the tasks. */
  private files(props: SwarmServiceProps): DataExternal {
    const { host, name, secrets } = props;
    // One variable is left for the service itself: the provider sends several in an order that changes, and the engine
    // takes each order for another service.
    const { NODE_OPTIONS: _, ...rest } = props.variables;
    const variables = JSON.stringify(rest);
    const stored = new HostResource(this, "stored_files", {
      host,
      program: "swarm-service/store-files",
      input: { name, secrets: secrets.directory, label: labelOf(props) },
      triggers: {
        secrets_id: secrets.resource.id,
        contents: createHash("sha256").update(SECRETS_CJS).update(variables).digest("hex").slice(0, 8),
      },
      extra: { variables: literal(variables) },
    });
    const key = recordKey(this, "stored_files");
    return host.question(this, "files", "swarm-service/print-files", { key }, [stored.resource]);
  }

  private beforeUpdate(props: SwarmServiceProps, image: Image): HostStep {
    const { host, name, service, backups, cluster } = props;
    const ready = new HostStep(this, "ready", {
      host,
      program: "swarm-service/before-update",
      input: { name, label: labelOf(props), image: props.image, service, grace_period: String(this.gracePeriod) },
      triggers: { image_id: image.imageId },
      extra: {
        requirements: host.requirements,
        parallelism: String(cluster.update.parallelism),
        secrets: literal(props.secrets.directory),
        ...(backups && mapValues({ ...backupInput(backups), restore_command: backups.restoreCommand }, literal)),
      },
      dependsOn: [...(props.dependsOn ?? []), ...Object.values(props.needs ?? {}).map((step) => step.resource)],
    });
    // As before a container: Terraform extends it to everything that this step depends on, and finds a cycle in a deploy
    // that moves a container into the cluster if the two differ.
    ready.resource.addOverride("lifecycle", { create_before_destroy: true });
    return ready;
  }

  /**
   * Runs once in the life of a state, after `ready` has checked the host while the former tasks serve; again if the plan
   * finds a service that no deploy has waited for.
   *
   * It removes no service that is in the state: the host's record has the state that owns the host and the id of the
   * service, which `healthy` writes as soon as the service is in the state. If the two differ from what is there, the
   * service is of a lost state, or was created by a deploy that was killed before that. Only in the latter case this step
   * is replaced, or if someone taints it, and then the service is replaced with it: Terraform removes it first if it is in
   * the state after all. A way into a container and back begins anew, because a container removes service and record.
   */
  private freeName(props: SwarmServiceProps): HostStep {
    const key = recordKey(this, "free_name");
    return new HostStep(this, "free_name", {
      host: props.host,
      program: "swarm-service/free-name",
      input: { name: props.name, label: labelOf(props) },
      // A lost record is no reason to replace the service.
      triggers: { status: props.host.status(key, '""') },
      extra: { key, status: "${self.triggers.status}" },
      dependsOn: [this.ready.resource],
    });
  }

  private create(props: SwarmServiceProps, image: Image, files: DataExternal, freeName: HostStep): Service {
    const { cluster, memory, memoryReservation, networks } = props;
    const nanoCpus = Math.round(props.cpus * 1e9);
    const order = cluster.startFirst ? "start-first" : "stop-first";
    const pace = ({ parallelism, delay, monitor }: Rollout) => ({
      parallelism,
      delay: shortDuration(delay),
      monitor: shortDuration(monitor),
      maxFailureRatio: "0.0",
      order,
    });
    const service = new Service(this, "Resource", {
      name: props.name,
      labels: [{ label: LABEL, value: props.environmentName }],
      taskSpec: {
        containerSpec: this.containerSpec(props, image, files),
        resources: {
          limits: { nanoCpus, memoryBytes: memory * MEBIBYTE },
          reservation: { memoryBytes: memoryReservation * MEBIBYTE },
        },
        // The provider reads back all four.
        restartPolicy: { condition: "any", delay: "5s", maxAttempts: 0, window: "0s" },
        placement: {
          constraints: [
            ...(cluster.node === undefined ? [] : [`node.hostname == ${cluster.node}`]),
            ...cluster.constraints,
          ].map(literal),
        },
        logDriver: { name: "json-file", options: { "max-size": "10m", "max-file": "3" } },
      },
      mode: { replicated: { replicas: cluster.replicas } },
      updateConfig: { ...pace(cluster.update), failureAction: "rollback" },
      rollbackConfig: { ...pace(cluster.rollback), failureAction: "pause" },
      endpointSpec: { mode: cluster.endpointMode },
      dependsOn: [this.ready.resource, freeName.resource],
      lifecycle: {
        // The engine adds them if a registry tells for which platforms the image is.
        ignoreChanges: ["task_spec[0].placement[0].platforms"],
        replaceTriggeredBy: [freeName.address],
      },
    });
    // The bindings are older than `id`, and a service whose networks are given by name is replaced in every plan.
    service.addOverride(
      "task_spec.networks_advanced",
      networks.map(({ id, aliases }) => ({ id, aliases })),
    );
    return service;
  }

  private containerSpec(props: SwarmServiceProps, image: Image, files: DataExternal): ServiceTaskSpecContainerSpec {
    const directory = secretsMount(props.service);
    const [fileUid = "0", fileGid = "0"] = (props.secretsOwner ?? "0:0").split(":");
    const owner = { fileUid, fileGid };
    const stored = (kind: string, what: "id" | "name") => `\${${addressOf(files)}.result.${kind}_${what}}`;
    const config = (kind: string, fileName: string) => ({
      configId: stored(kind, "id"),
      configName: stored(kind, "name"),
      fileName: `${directory}/${fileName}`,
      ...owner,
      fileMode: 0o444,
    });
    return {
      // The digest, if the image has one, so that all nodes run the same.
      image: `\${${addressOf(image)}.repo_digest != "" ? ${addressOf(image)}.repo_digest : ${JSON.stringify(literal(props.image))}}`,
      ...(props.command && { args: props.command.map(literal) }),
      ...(props.stopSignal && { stopSignal: props.stopSignal }),
      stopGracePeriod: shortDuration(this.gracePeriod),
      // A node that manages nothing knows only the containers. A change would replace the service, so it is constant.
      labels: [{ label: LABEL, value: props.environmentName }],
      env: { NODE_OPTIONS: literal(props.variables.NODE_OPTIONS ?? "") },
      capAdd: (props.capabilities ?? []).map((name) => `CAP_${name}`),
      capDrop: ["ALL"],
      healthcheck: healthCheckBlock(props.healthCheck, shortDuration),
      mounts: props.volumes.map(({ hostPath, containerPath, readOnly }) => ({
        type: "bind",
        source: literal(hostPath),
        target: literal(containerPath),
        ...(readOnly && { readOnly }),
      })),
      secrets: [
        {
          secretId: stored("secret", "id"),
          secretName: stored("secret", "name"),
          fileName: `${directory}/values`,
          ...owner,
          fileMode: 0o400,
        },
      ],
      configs: [config("program", "secrets.cjs"), config("variables", "variables.json")],
    };
  }

  private waitConverged(props: SwarmServiceProps): HostStep {
    const { image, backups, cluster } = props;
    const { delay, monitor } = cluster.update;
    const healthy = new HostResource(this, "healthy", {
      host: props.host,
      program: "swarm-service/wait-converged",
      input: { ...waitInput(props), pause: String(delay + monitor) },
      triggers: {
        service_id: this.resource.id,
        // A plan shows no content of the files.
        ...Object.fromEntries(Object.entries(props.variables).map(([name, value]) => [`env ${name}`, literal(value)])),
      },
      extra: {
        ...mapValues({ image, release: releaseKey(image), version: versionLabel(image) }, literal),
        label: literal(labelOf(props)),
        ...(backups && { backups: literal(backups.directory), restore_command: literal(backups.restoreCommand) }),
      },
    });
    // The provider updates the service in place, and returns before the engine has replaced a task.
    healthy.resource.addOverride("lifecycle", { replace_triggered_by: [addressOf(this.resource)] });
    return healthy;
  }
}

/** `docker_image.<name>`, or `data.external.<name>`, for expressions. */
function addressOf(element: TerraformResource | TerraformDataSource): string {
  const address = `${element.terraformResourceType}.${element.friendlyUniqueId}`;
  return element instanceof TerraformDataSource ? `data.${address}` : address;
}

/** Seconds as the provider reads them back from a service: `1m`, where a container has `1m0s`. */
function shortDuration(seconds: number): string {
  return duration(seconds).replace(/m0s$/, "m").replace(/h0m$/, "h");
}
