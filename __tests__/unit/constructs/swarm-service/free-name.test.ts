import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { link } from "../../../../constructs/remote-host/link.mjs";
import { call, scratch } from "../../support/host-shell.js";

const program = link("swarm-service/free-name").text.replace(/main <\/dev\/null\n$/, "");

interface Freed {
  /** Whether the service was removed. */
  readonly removed: boolean;
  /** Lines of the new record. */
  readonly record: Readonly<Record<string, string>>;
}

/** Runs the program on a host that state s2 owns. @param record lines of the former record */
function freed(service: { id: string; label?: string } | undefined, record?: string): Freed {
  const records = scratch("records");
  const file = (name: string) => path.join(records, name);
  writeFileSync(file(".owner"), "state=s2\nplace=here\n");
  if (record !== undefined) writeFileSync(file("name"), `status=\nkind=cluster_name\nname=acme_nocodb\n${record}\n`);
  if (service) writeFileSync(file(".service"), service.id);
  const label = service?.label ?? "cdktf.environment=prod";
  const docker = `#!/bin/sh
there=${file(".service")}
case "$*" in
'service inspect '*) [ -f "$there" ] || exit 1 ;;
esac
case "$*" in
*.Spec.Labels*) echo '${label}' ;;
*.ID*) cat "$there" ;;
'service rm acme_nocodb') mv "$there" ${file(".removed")} ;;
esac
`;
  writeFileSync(file("docker"), docker);
  chmodSync(file("docker"), 0o755);
  const given = {
    key: "name",
    status: "",
    name: "acme_nocodb",
    label: "cdktf.environment=prod",
    from: "here",
    records,
  };
  const inputs = Object.entries(given).map(([name, value]) => `${name}='${value}'\n`);
  // Only root may write the lock and the history.
  const lock = "lock_host() {\n  purpose_=\n}\n";
  const { status, stderr } = call(`${inputs.join("")}${program}${lock}`, ["main"], { first: records });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const lines = readFileSync(file("name"), "utf8").trimEnd().split("\n");
  return {
    removed: existsSync(file(".removed")),
    record: Object.fromEntries(lines.map((line) => line.split("=") as [string, string])),
  };
}

test.each([
  ["a lost state has left", "state=s1\nid=a"],
  ["a deploy had created when it was killed", "state=s2\nid="],
  ["someone has created again by hand", "state=s2\nid=former"],
])("a service that %s is removed", (_, record) => {
  const { removed, record: after } = freed({ id: "a" }, record);
  expect(removed).toBe(true);
  expect(after).toEqual({ status: "", kind: "cluster_name", name: "acme_nocodb", state: "s2", id: "" });
});

test.each([
  ["the last deploy of this state has waited for", { id: "a" }, "state=s2\nid=a"],
  ["nothing is on record of", { id: "a" }, undefined],
  ["is not this app's", { id: "a", label: "owner=others" }, "state=s1\nid=a"],
])("a service that %s stays, and its id is recorded", (_, service, record) => {
  expect(freed(service, record)).toMatchObject({ removed: false, record: { state: "s2", id: "a" } });
});

test("without a service the record has no id, until a deploy has waited for one", () => {
  expect(freed(undefined, "state=s1\nid=a")).toMatchObject({ removed: false, record: { state: "s2", id: "" } });
});
