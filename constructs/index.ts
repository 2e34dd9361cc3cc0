/** The constructs for services of your own. See docs/reuse.md. */
export type { AlertPolicy } from "./alerts/alert-policy.js";
export { Alerts, type AlertsProps, type WatchedService } from "./alerts/alerts.js";
export type { BackupPolicy, CopyPolicy } from "./backup/backup-policy.js";
export { BackupSchedule, type BackupScheduleProps } from "./backup/schedule/backup-schedule.js";
export {
  type CaddyConfiguration,
  CaddySite,
  type CaddySiteProps,
  CaddySiteRemoval,
  type CaddySiteRemovalProps,
} from "./caddy-site/caddy-site.js";
export type { CaddySiteText } from "./caddy-site/render.js";
export {
  DataRetention,
  type DataRetentionProps,
  type DestroyPolicy,
  LastBackup,
  type Retention,
} from "./data-retention/data-retention.js";
export { HostDirectory, type HostDirectoryProps } from "./host-directory/host-directory.js";
export { HostFile, type HostFileProps } from "./host-file/host-file.js";
export { HostOwnership, type HostOwnershipProps } from "./host-ownership/host-ownership.js";
export { NetworkAttachment, type NetworkAttachmentProps } from "./network-attachment/network-attachment.js";
export type { NocodbConsumer } from "./nocodb/consumers/nocodb-consumers.js";
export { Nocodb } from "./nocodb/nocodb.js";
export type { NocodbPlace, NocodbProps } from "./nocodb/nocodb-props.js";
export type { Redis, S3 } from "./nocodb/storage.js";
export { PostgresDatabase, type PostgresDatabaseProps } from "./postgres-database/postgres-database.js";
export type { ServerTls } from "./postgres-database/server.js";
export { HostStep, type HostStepProps } from "./remote-host/host-step.js";
export { RemoteHost, type RemoteHostProps } from "./remote-host/remote-host.js";
export type { SshConnection } from "./remote-host/ssh.js";
export type { HealthCheck } from "./service-container/health-check.js";
export type { RunningService, ServiceProps } from "./service-container/service.js";
export {
  type RequestSource,
  ServiceContainer,
  type ServiceContainerProps,
} from "./service-container/service-container.js";
export { inUrl, preloadOption, type ServiceSecret } from "./service-secrets/secret.js";
export { ServiceSecrets, type ServiceSecretsProps } from "./service-secrets/service-secrets.js";
export type { ClusterProps, Rollout } from "./swarm-service/cluster.js";
export { SwarmService, type SwarmServiceProps } from "./swarm-service/swarm-service.js";
export { type EnabledService, WebService } from "./web-service/web-service.js";
export type { ServicePlace, WebServiceProps } from "./web-service/web-service-props.js";
