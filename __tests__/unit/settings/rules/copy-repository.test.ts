import { expect, test } from "vitest";
import { copyRepository } from "../../../../settings/rules/copy-repository.js";

test.each([
  "/mnt/backup/nocodb",
  "sftp:backup@storage.example.com:/srv/nocodb",
  "sftp:storage:nocodb",
  "sftp://backup@storage.example.com:2222//srv/nocodb",
  "s3:https://s3.eu-central-1.example.com/acme-backups/nocodb",
  "s3:s3.amazonaws.com/acme-backups",
])("%s is a repository", (repository) => {
  expect(copyRepository(repository)).toBeUndefined();
});

test.each(["backups", "s3:https://key:secret@s3.example.com/b", "rest:https://h/", "sftp:h", "/mnt/../x", "/a b"])(
  "%s is refused",
  (repository) => {
    expect(copyRepository(repository)).toEqual(expect.objectContaining({ remedy: expect.any(String) }));
  },
);
