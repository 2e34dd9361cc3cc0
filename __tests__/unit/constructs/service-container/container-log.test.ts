import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { call, library, scratch } from "../../support/host-shell.js";

const functions = library("service-container/lib.sh");

/** The last lines of a service whose engine answers with these. @param inspections of the service */
function logOf(inspections: string, ...lines: string[]): string {
  const directory = scratch("docker");
  writeFileSync(path.join(directory, "lines"), lines.map((line) => `${line}\n`).join(""));
  writeFileSync(path.join(directory, "docker"), `#!/bin/sh\ncat ${directory}/lines\n`);
  chmodSync(path.join(directory, "docker"), 0o755);
  const { status, stdout } = call(
    `${functions}inspections='${inspections}'\n`,
    ["container_log", "acme", "/dev/null"],
    {
      first: directory,
    },
  );
  expect(status).toBe(0);
  return stdout;
}

const SERVICE = "= acme\nid s1\ncluster yes";
const COMPLAINT =
  "Error grabbing logs: rpc error: code = Unknown desc = warning: incomplete log stream. some logs could not be retrieved for the following reasons: node n3 is not available";

test("the lines of a service's tasks are shown without the engine's complaint about a lost node", () => {
  const line = "acme.1.x@node1    | ready";
  expect(logOf(SERVICE, line, `error from daemon in stream: ${COMPLAINT}`, COMPLAINT)).toBe(`${line}\n`);
  expect(logOf(SERVICE, COMPLAINT)).toBe("");
});

test("the lines of a container are shown as they are", () => {
  expect(logOf("= acme\nid c1", COMPLAINT)).toBe(`${COMPLAINT}\n`);
});
