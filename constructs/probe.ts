// Without cdktf, as ssh.ts is.

/** What is needed to look at a host: files of constructs/host/. */
const LOOK = [
  ...["common.sh", "container.sh", "block.sh", "caddy.sh", "json.sh", "nocodb-api.sh", "consumers.sh"],
  ...["claim.sh", "by-hand.sh", "backup.sh", "schedule.sh"],
  ...["consumer-files.sh", "database-requirements.sh", "requirements.sh", "see.sh"],
];

/** The look that a plan takes, and the same for people. */
export const PROBE = [...LOOK, "observe.sh"];
export const VERIFY = [...LOOK, "verify.sh"];

/** What the steps around a replacement look and make backups with, in front of the script proper. */
export const AROUND_REPLACEMENT = [
  ...["container.sh", "block.sh", "caddy.sh", "by-hand.sh"],
  ...["consumer-files.sh", "database-requirements.sh", "requirements.sh", "backup.sh"],
];
