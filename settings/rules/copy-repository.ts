import type { Finding } from "../diagnostics/problems.js";
import { hostPath } from "./paths.js";

const sftp = /^sftp:(?:[\w.-]+@)?[\w.-]+:[\w./-]+$|^sftp:\/\/(?:[\w.-]+@)?[\w.-]+(?::\d+)?\/[\w./-]+$/;
const s3 = /^s3:(?:https?:\/\/)?[\w.-]+(?::\d+)?\/[\w.-]+(?:\/[\w./-]+)?$/;

/** A restic repository that the host can reach. Credentials in it would be visible in the plan, so they have no form. */
export function copyRepository(value: string): Finding | undefined {
  if (value.startsWith("/")) return hostPath(value);
  if (sftp.test(value) || s3.test(value)) return undefined;
  return {
    message: "is not a repository for copies",
    remedy:
      "write a directory on the host such as /mnt/backup/nocodb, sftp:user@host:/path, or s3:https://host/bucket; the keys of S3 are secrets (docs/backups.md)",
  };
}
