import type { ServiceSecret } from "../../service-secrets/secret.js";

/** The secrets of a repository: its password, and the keys of S3 if it is there. Copies cannot be read without them. */
export function copySecrets(repository: string): ServiceSecret[] {
  const keys = ["BACKUP_S3_ACCESS_KEY_ID", "BACKUP_S3_SECRET_ACCESS_KEY"];
  return [
    { name: "BACKUP_PASSWORD", policy: "generated", title: "password of the copies of backups" },
    ...(repository.startsWith("s3:") ? keys : []).map((name) => ({ name, policy: "given" as const, title: name })),
  ];
}
