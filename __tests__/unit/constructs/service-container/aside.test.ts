import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { type Called, call, library, scratch } from "../../support/host-shell.js";

const functions = library("service-container/aside.sh");

interface Renaming extends Called {
  /** What was changed at the engine, in order. */
  readonly changes: readonly string[];
  /** Whether a file tells the next deploy which networks the container has left. */
  readonly kept: boolean;
}

/** A running container acme (id c1) on an overlay network, and what the engine answers instead of that. */
function renamed(answers = "", words = ["rename_container", "acme", "acme_former"], left?: string): Renaming {
  const directory = scratch("docker");
  const file = (name: string) => path.join(directory, name);
  writeFileSync(file("state"), left === undefined ? "on" : "off");
  if (left !== undefined) writeFileSync(file(".networks-c1"), left);
  // Two networks at once would be in the order of chance.
  const program = `#!/bin/sh
here=${directory}
change() { printf '%s\\n' "$*" >>"$here/changes"; }
case "$*" in
${answers}
'ps '*acme_former*) ;;
'ps '*) echo c1 ;;
*.State.Running*) echo true ;;
*.State.Restarting*) echo false ;;
'container inspect -f {{.Id}} '*) echo c1 ;;
*'println .NetworkID'*) [ "$(cat "$here/state")" = off ] || echo n1 ;;
'container inspect '*.NetworkSettings.Networks*) [ "$(cat "$here/state")" = off ] || echo 'n1 10.0.1.5 nocodb c1 forms' ;;
'network inspect '*) echo swarm ;;
'info '*) echo true ;;
'node ls') ;;
'network disconnect '*) change "$@"; echo off >"$here/state" ;;
'network connect '*) change "$@"; echo on >"$here/state" ;;
*) change "$@" ;;
esac
`;
  writeFileSync(file("docker"), program);
  // Each look at the clock is ten seconds later.
  writeFileSync(file("date"), `#!/bin/sh\necho 1 >>${file("clock")}\nexpr "$(grep -c . ${file("clock")})" '*' 10\n`);
  writeFileSync(file("sleep"), "#!/bin/sh\n");
  for (const name of ["docker", "date", "sleep"]) chmodSync(file(name), 0o755);
  const inputs = `name=acme label=cdktf.environment=prod grace_period=10 records=${directory}\n`;
  const called = call(`${functions}${inputs}`, words, { first: directory });
  const changes = existsSync(file("changes")) ? readFileSync(file("changes"), "utf8").trim().split("\n") : [];
  return { ...called, changes, kept: existsSync(file(".networks-c1")) };
}

const LEAVE = "network disconnect n1 c1";
const RENAME = "rename acme acme_former";
const JOIN = "network connect --ip 10.0.1.5 --alias nocodb --alias forms n1 c1";

test("a container that runs on an overlay network is renamed off it, and gets its address and its aliases again", () => {
  expect(renamed()).toMatchObject({ status: 0, stderr: "", changes: [LEAVE, RENAME, JOIN], kept: false });
});

test.each([
  ["on a network of this engine", "'network inspect '*) echo local ;;"],
  ["that is stopped", "*.State.Running*) echo false ;;"],
])("a container %s is renamed where it is", (_, answers) => {
  expect(renamed(answers)).toMatchObject({ status: 0, changes: [RENAME], kept: false });
});

test("if it cannot be renamed, it is on its network again, with its old name, and the deploy fails", () => {
  const { status, stderr, changes, kept } = renamed("'rename '*) echo 'name is in use' >&2; exit 1 ;;");
  expect({ status, changes, kept }).toEqual({ status: 1, changes: [LEAVE, JOIN], kept: false });
  expect(stderr).toBe("container acme cannot be renamed to acme_former: name is in use\n");
});

test("one that cannot leave its network is not renamed", () => {
  const { status, stderr, changes, kept } = renamed("'network disconnect '*) exit 1 ;;");
  expect({ status, changes, kept }).toEqual({ status: 1, changes: [], kept: false });
  expect(stderr).toContain("container acme cannot leave its overlay networks");
});

test("a cluster that could not attach it again changes nothing", () => {
  const { status, stderr, changes, kept } = renamed("'node ls') echo 'no leader' >&2; exit 1 ;;");
  expect({ status, changes, kept }).toEqual({ status: 1, changes: [], kept: false });
  expect(stderr).toContain("no leader\nthe cluster of this host cannot attach a container to its networks now");
});

test("a container whose address was taken meanwhile gets another one and is restarted, as its connections are lost", () => {
  const { status, changes, kept } = renamed("'network connect --ip '*) exit 1 ;;");
  const join = "network connect --alias nocodb --alias forms n1 c1";
  expect({ status, kept }).toEqual({ status: 0, kept: false });
  expect(changes).toEqual([LEAVE, RENAME, join, "restart --time 10 c1"]);
});

test("a container that cannot be attached again is attached by the next deploy, before anything else", () => {
  const failed = renamed("'network connect '*) echo 'no manager' >&2; exit 1 ;;");
  expect(failed).toMatchObject({ status: 1, kept: true });
  expect(failed.stderr).toMatch(
    /^no manager\ncontainer acme could not be attached to its networks again, .*deploy again/,
  );
  const next = renamed("", ["set_aside"], "n1 10.0.1.5 nocodb forms\n");
  expect(next).toMatchObject({ status: 0, changes: [JOIN, LEAVE, RENAME, JOIN], kept: false });
});
