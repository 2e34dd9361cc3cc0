import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { call, library, scratch } from "../../support/host-shell.js";

const functions = library("remote-host/require.sh");
const place = scratch("require");
const docker = `#!/bin/sh
case $1 in ps) echo "container 1" ;; inspect) cat -- ${place}/containers ;; esac
`;
writeFileSync(path.join(place, "docker"), docker, { mode: 0o755 });

const container = (name: string, state: string, network: string) =>
  `= ${name}\nid ${name}-id\nstate ${state}\nrestarts 0\nnetwork ${network},${name}\n`;
const set = (...containers: string[]) => writeFileSync(path.join(place, "containers"), containers.join(""));
const onHost = (word: string, checked = "", run = "process 7") => {
  const inputs = { requirements: "docker\nnetwork acme_backend", checked, run };
  const assignments = Object.entries(inputs).map(([name, value]) => `${name}='${value}'\n`);
  const { stdout } = call(assignments.join("") + functions, ["eval", word], { first: place });
  return stdout.trim();
};

const now = () => Math.floor(Date.now() / 1000);
const before = [container("postgresql", "running", "acme_backend"), container("other", "running", "bridge")];
set(...before);
const fingerprint = onHost("read_engine; fingerprint_of_containers");
const isMet = (checked: string, run?: string) => onHost("! met_in_this_run || echo met", checked, run) === "met";

test("what the probe of the same run found a moment ago is not checked again", () => {
  set(...before);
  expect(isMet(`process 7, ${now() - 10}, ${fingerprint}`)).toBe(true);
  set(...[...before].reverse());
  expect(isMet(`process 7, ${now()}, ${fingerprint}`)).toBe(true);
});

test.each<[string, string, string | undefined, string[]]>([
  ["the probe of another run", `process 8, ${now()}, ${fingerprint}`, undefined, before],
  ["a plan of an earlier time", `process 7, ${now() - 60}, ${fingerprint}`, undefined, before],
  ["a program that no run has called", `, ${now()}, ${fingerprint}`, "", before],
  ["nothing", "", undefined, before],
  ["a container that has ended", "", undefined, [container("postgresql", "exited", "acme_backend")]],
  [
    "a container that has ended on another network",
    "",
    undefined,
    [before[0]!, container("other", "exited", "bridge")],
  ],
  ["a container that has come", "", undefined, [...before, container("rival", "running", "acme_backend")]],
])("it is checked again after %s", (what, checked, run, containers) => {
  set(...containers);
  expect(isMet(what.startsWith("a container") ? `process 7, ${now()}, ${fingerprint}` : checked, run)).toBe(false);
});
