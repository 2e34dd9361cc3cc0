import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { PostgresDatabase } from "../postgres-database/postgres-database.js";
import { authoritiesMount, type ServerTls } from "../postgres-database/server.js";
import type { HealthCheck } from "../service-container/health-check.js";
import type { RunningService } from "../service-container/service.js";
import { ServiceContainer } from "../service-container/service-container.js";
import { secretsMount } from "../service-secrets/secret.js";
import type { ServiceSecrets } from "../service-secrets/service-secrets.js";
import { SwarmService } from "../swarm-service/swarm-service.js";
import { backupPolicyOf } from "./backups.js";
import type { ServicePlace, WebServiceProps } from "./web-service-props.js";

/** What a service needs before it runs. */
export interface RunProps {
  /** Where the service and its data are. */
  readonly place: ServicePlace;
  /** How it runs. */
  readonly props: WebServiceProps;
  /** Its secrets on the host. */
  readonly secrets: ServiceSecrets;
  /** Its database. */
  readonly database: PostgresDatabase;
  /** Where Caddy sends its requests, as `alias:port`. */
  readonly upstream: string;
  /** What else must exist before it. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** The URL at which Caddy and the smoke test reach a service, through its own network. */
export function urlOf({ alias, port }: Pick<WebServiceProps, "alias" | "port">, path: string): string {
  return `http://${alias}:${port}${path}`;
}

/** Runs a service on the engine that its properties choose: as one container of the host, or as a service of a cluster. */
export function runService(scope: Construct, run: RunProps): RunningService {
  const { place, props, secrets, database, upstream, dependsOn } = run;
  const { port, healthPath, databasePath, cluster } = props;
  const { host, environmentName, name, kind, containerName, dataDirectory, postgresql, caddy } = place;
  const service = {
    ...props,
    host,
    environmentName,
    service: name,
    serviceKind: kind,
    name: containerName,
    secrets,
    healthCheck: {
      command: `wget -qO- http://127.0.0.1:${port}${healthPath} || exit 1`,
      ...{ interval: 30, timeout: 10, retries: 5, startPeriod: 60 },
    },
    healthUrl: urlOf(props, healthPath),
    databaseUrl: databasePath === undefined ? undefined : urlOf(props, databasePath),
    dependsOn,
    backups: backupPolicyOf(place),
    needs: { secrets, database },
  };
  const data = { hostPath: dataDirectory, containerPath: props.dataMount };
  const authorities = authoritiesOf(name, postgresql.tls);
  if (cluster !== undefined) {
    const volumes = [...(cluster.node === undefined ? [] : [data]), ...authorities];
    const healthCheck = clusterHealthCheck(service.healthCheck);
    return new SwarmService(scope, "service", { ...service, cluster, volumes, healthCheck });
  }
  return new ServiceContainer(scope, "container", {
    ...service,
    volumes: [data, { hostPath: secrets.directory, containerPath: secretsMount(name), readOnly: true }, ...authorities],
    requests: { caddy: caddy.container, upstream },
  });
}

/**
 * The engine sends requests to a task, and goes on with an update, only when the task is healthy. So it asks often while a
 * task starts.
 */
function clusterHealthCheck(check: HealthCheck): HealthCheck {
  return { ...check, interval: 5, retries: 6 };
}

/** The file with which the service checks the certificate of its database's server. */
function authoritiesOf(service: string, { mode, ca }: Partial<ServerTls> = {}) {
  if (mode !== "verify-full" || ca === undefined) return [];
  return [{ hostPath: ca, containerPath: authoritiesMount(service), readOnly: true } as const];
}
