import { Construct } from "constructs";
import type { RemoteHost } from "../../remote-host/remote-host.js";
import { ServiceSecrets, type ServiceSecretsProps } from "../../service-secrets/service-secrets.js";
import type { CopyPolicy } from "../backup-policy.js";
import { copySecrets } from "./copy-secrets.js";

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
      effect: "for the next copy",
    });
    host.require("command restic restic", "command flock util-linux");
  }
}
