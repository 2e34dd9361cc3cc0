import { Construct } from "constructs";
import type { RemoteHost } from "../../remote-host/remote-host.js";
import type { ServiceSecret } from "../../service-secrets/secret.js";
import { ServiceSecrets, type ServiceSecretsProps } from "../../service-secrets/service-secrets.js";
import type { CopyPolicy } from "../backup-policy.js";

/** The secrets of a repository: its password, and the keys of S3 if it is there. Copies cannot be read without them. */
export function copySecrets(repository: string): ServiceSecret[] {
  const keys = ["BACKUP_S3_ACCESS_KEY_ID", "BACKUP_S3_SECRET_ACCESS_KEY"];
  return [
    { name: "BACKUP_PASSWORD", policy: "generated", title: "password of the copies of backups" },
    ...(repository.startsWith("s3:") ? keys : []).map((name) => ({ name, policy: "given" as const, title: name })),
  ];
}

export interface BackupCopyProps extends Pick<ServiceSecretsProps, "setCommand" | "database" | "dependsOn"> {
  readonly host: RemoteHost;
  readonly policy: CopyPolicy;
}

/** Copies of backups in a restic repository: the host has restic and the secrets, which the service does not get. */
export class BackupCopy extends Construct {
  readonly secrets: ServiceSecrets;

  constructor(scope: Construct, id: string, props: BackupCopyProps) {
    super(scope, id);
    const { host, policy, ...more } = props;
    const { repository, secretsDirectory: directory } = policy;
    this.secrets = new ServiceSecrets(this, "secrets", {
      ...more,
      host,
      directory,
      secrets: copySecrets(repository),
    });
    host.require("command restic restic", "command flock util-linux");
  }
}
