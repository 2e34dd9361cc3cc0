import type { ITerraformDependable, TerraformResource } from "cdktf";
import type { BackupPolicy } from "../backup/backup-policy.js";
import type { NetworkAttachment } from "../network-attachment/network-attachment.js";
import type { HostStep } from "../remote-host/host-step.js";
import type { RemoteHost } from "../remote-host/remote-host.js";
import type { ServiceSecrets } from "../service-secrets/service-secrets.js";
import type { HealthCheck } from "./health-check.js";

/** The label of this app's containers; its value is the environment's name. */
export const LABEL = "cdktf.environment";

/** Seconds between the signal that asks a service to stop and SIGKILL, if it sets no other. */
export const GRACE_PERIOD = 10;

/** What is true of a service, whether it is a container or the tasks of a cluster. */
export interface ServiceProps {
  /** The Docker host. */
  readonly host: RemoteHost;
  /** The environment that owns the container. */
  readonly environmentName: string;
  /** Name of the service, for its records on the host. */
  readonly service: string;
  /** How the service is recognized: see web-service/kind.sh. @default generic */
  readonly serviceKind?: string | undefined;
  /** Name of the container on the host. */
  readonly name: string;
  /** Reference with a tag or a digest. The image must contain `wget`, for the health checks. */
  readonly image: string;
  /** Limit in MiB; there is no swap on top of it. */
  readonly memory: number;
  /** Memory that the kernel tries to leave it if memory is short, in MiB; less than `memory`. */
  readonly memoryReservation: number;
  /** Cores, for example 0.5. */
  readonly cpus: number;
  /** Variables of the container, which a plan and `docker inspect` show. */
  readonly variables: Readonly<Record<string, string>>;
  /** Its secrets: they are masked in the container's log lines, and it is restarted after a change. */
  readonly secrets: ServiceSecrets;
  /** Directories of the host that are mounted in it. */
  readonly volumes: readonly {
    /** Absolute path on the host. */
    readonly hostPath: string;
    /** Absolute path in the container. */
    readonly containerPath: string;
    /** Whether it cannot be written there. @default it can */
    readonly readOnly?: true;
  }[];
  /** Networks that it is attached to. */
  readonly networks: readonly NetworkAttachment[];
  /** Docker's own check, shown by `docker ps`. */
  readonly healthCheck: HealthCheck;
  /** Command that replaces the image's own. @default the image's */
  readonly command?: readonly string[] | undefined;
  /** Kernel capabilities it keeps, without the prefix CAP_. @default none */
  readonly capabilities?: readonly string[] | undefined;
  /** Signal that asks it to stop, such as SIGINT. @default the image's, which is SIGTERM unless it says otherwise */
  readonly stopSignal?: string | undefined;
  /** Seconds between that signal and SIGKILL. @default 10 */
  readonly gracePeriod?: number | undefined;
  /** URL that answers 200 when the service can be used, as its neighbours on the networks reach it. */
  readonly healthUrl: string;
  /** URL that answers 200 only while the service can use its database, checked once it answers. @default not checked */
  readonly databaseUrl?: string | undefined;
  /** Seconds until a start counts as failed. @default 180 */
  readonly startTimeout?: number | undefined;
  /** What must exist before it. @default nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
  /** The backups, of which one is made before another image starts on its data. @default none */
  readonly backups?: BackupPolicy | undefined;
  /**
   * Steps that the service needs while it runs: after one of them ran, the deploy waits again until the service
   * answers.
   */
  readonly needs?: Readonly<Record<string, HostStep>>;
}

/** A service that a deploy starts and waits for. */
export interface RunningService {
  /** The provider's resource: what comes after it finds the service created. */
  readonly resource: TerraformResource & {
    /** The engine's id of it. */
    readonly id: string;
  };
  /** The last checks before it; see there. */
  readonly ready: HostStep;
  /** Waits until the service answers. */
  readonly healthy: HostStep;
  /** Its image's reference. */
  readonly image: string;
  /** Seconds between the signal that asks it to stop and SIGKILL. */
  readonly gracePeriod: number;
}

/** The label of this app's containers and services, `NAME=VALUE`. */
export function labelOf({ environmentName }: Pick<ServiceProps, "environmentName">): string {
  return `${LABEL}=${environmentName}`;
}

/** What the programs that wait for a service are told of it. */
export function waitInput(props: ServiceProps): Record<string, string> {
  return {
    name: props.name,
    service: props.service,
    url: props.healthUrl,
    ...(props.databaseUrl !== undefined && { database_url: props.databaseUrl }),
    secrets: props.secrets.directory,
    timeout: String(props.startTimeout ?? 180),
  };
}
