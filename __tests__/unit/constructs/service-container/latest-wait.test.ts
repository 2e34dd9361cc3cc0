import { expect, test } from "vitest";
import { call, library, scratch } from "../../support/host-shell.js";

const functions = library("service-container/latest-wait.sh");

test("of two deploys that wait for a service, only the last to begin writes the records", () => {
  const records = scratch("latest");
  const waits = `records=${records} key=forms_healthy name=forms
    register_wait
    first=$wait_id
    register_wait
    second=$wait_id
    lock_host() { :; }
    (wait_id=$first; lock_host_if_latest) && echo "the first wrote"
    (wait_id=$second; lock_host_if_latest) && echo "the second wrote"`;
  const { stdout, stderr } = call(functions, ["eval", waits]);
  expect(stdout).toBe("the second wrote\n");
  expect(stderr).toContain("another deploy is now waiting for container forms, so this one recorded nothing");
});
