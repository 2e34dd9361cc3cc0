/** The constructs for services of your own. See docs/reuse.md. */
export { Alerts } from "./alerts/alerts.js";
export { BackupSchedule } from "./backup/schedule/backup-schedule.js";
export { CaddySite, CaddySiteRemoval } from "./caddy-site/caddy-site.js";
export { DataRetention, LastBackup } from "./data-retention/data-retention.js";
export { HostDirectory } from "./host-directory/host-directory.js";
export { HostFile } from "./host-file/host-file.js";
export { HostOwnership } from "./host-ownership/host-ownership.js";
export { NetworkAttachment } from "./network-attachment/network-attachment.js";
export { Nocodb } from "./nocodb/nocodb.js";
export { PostgresDatabase } from "./postgres-database/postgres-database.js";
export { RemoteHost } from "./remote-host/remote-host.js";
export { ServiceContainer } from "./service-container/service-container.js";
export { inUrl, preloadOption, type ServiceSecret } from "./service-secrets/secret.js";
export { ServiceSecrets } from "./service-secrets/service-secrets.js";
export { WebService } from "./web-service/web-service.js";
