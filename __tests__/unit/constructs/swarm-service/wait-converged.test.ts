import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { runHere, scratch } from "../../support/host-shell.js";

// Its way to the end needs real addresses, and is tested on a cluster.

afterEach(() => vi.unstubAllEnvs());

interface Cluster {
  /** The state of the last update, and the engine's message. */
  readonly update?: string;
  /** When its last update began, for `date -d`. */
  readonly began?: string;
  /** The task: the state that it is to have and the one that it has, its exit code and the engine's error. */
  readonly task: readonly [wanted: string, state: string, code: string, error: string];
}

/** Waits for a service with one task, as an engine shows it all the time. */
function waited({ update = "", began = "now", task: [wanted, state, code, error] }: Cluster, timeout = 60) {
  const place = scratch("converged");
  const [records, secrets] = [path.join(place, "records"), path.join(place, "secrets")];
  for (const directory of [records, secrets]) mkdirSync(directory);
  writeFileSync(path.join(secrets, "values"), "TOKEN=s3cret-of-the-task\n");
  writeFileSync(
    path.join(place, "docker"),
    `#!/bin/sh
case "$*" in
'service inspect -f {{with .Spec.Mode.Replicated}}'*) echo 1 ;;
'service inspect -f {{with .UpdateStatus}}{{.StartedAt}}'*) date -u -d '${began}' '+%Y-%m-%d %H:%M:%S.5 +0000 UTC' ;;
'service inspect -f {{with .UpdateStatus}}'*) echo '${update}' ;;
'service inspect -f {{json .Spec.TaskTemplate}}'*) echo '{"Image":"b"}' ;;
'service inspect -f ok'*) echo ok ;;
'service ps '*) echo t1 ;;
'inspect --type task '*) echo '{"Image":"b","Runtime":"container"}'
  date -u '+${wanted} ${state} t1 n1 %Y-%m-%d %H:%M:%S.5 +0000 UTC|${code}|${error}' ;;
'service logs '*) echo 'cannot start with s3cret-of-the-task' ;;
'node inspect '*) echo docker2 ;;
esac
`,
  );
  chmodSync(path.join(place, "docker"), 0o755);
  vi.stubEnv("PATH", `${place}:${process.env.PATH}`);
  const begun = Date.now();
  const ran = runHere("swarm-service/wait-converged", {
    ...{ records, secrets, key: "forms_healthy", status: "", name: "forms", service: "forms" },
    ...{ url: "http://forms:3000", timeout: String(timeout), image: "acme/forms:2", release: "", version: "2" },
    label: "cdktf.environment=staging",
  });
  return { ...ran, seconds: (Date.now() - begun) / 1000 };
}

describe("a deploy that waits for a service of a cluster", () => {
  test("fails within seconds if a task fails, with its last words, without secrets", () => {
    const { status, stderr, seconds } = waited({ task: ["shutdown", "failed", "1", "task: non-zero exit (1)"] });
    expect(status).toBe(1);
    expect(stderr).toContain("cannot start with ");
    expect(stderr).not.toContain("s3cret");
    expect(stderr).toContain(
      "Service forms has a task that failed, and the engine starts it again and again: task: non-zero exit (1). The last lines of that task, on node docker2, are above.",
    );
    expect(seconds).toBeLessThan(18);
  }, 30_000);

  test("says that the engine has taken the change back", () => {
    const { status, stderr } = waited({
      update: "rollback_completed rollback completed",
      task: ["shutdown", "failed", "137", "task: non-zero exit (137)"],
    });
    expect(status).toBe(1);
    expect(stderr).toContain("and the engine has taken it back: the former version serves");
  }, 30_000);

  test.each([
    ["took back", "rollback_completed rollback completed", "1 hour ago"],
    ["is taking back", "rollback_started update rolled back due to failure", "20 seconds ago"],
  ])(
    "does not fail for a change from before it that the engine %s: it waits",
    (_, update, began) => {
      const { stderr } = waited({ update, began, task: ["running", "starting", "-", ""] }, 2);
      expect(stderr).not.toContain("taken it back");
      expect(stderr).toContain("Service forms has 0 of 1 tasks after 2 seconds");
    },
    30_000,
  );

  test("says why no node takes a task", () => {
    const error = "no suitable node (insufficient resources on 3 nodes)";
    const { status, stderr } = waited({ task: ["running", "pending", "-", error] });
    expect(status).toBe(1);
    expect(stderr).toContain(`Service forms cannot start: ${error}`);
  }, 30_000);
});
