import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import { eventsIn } from "../../../../cli/history.js";
import { call, library, scratch } from "../../support/host-shell.js";

const functions = library("remote-host/history.sh");
const folder = scratch("history");
let number = 0;
let records: string;
beforeEach(() => {
  records = path.join(folder, String(number++));
  mkdirSync(records);
});

/** Notes something as a command of that id does. */
function note(run: string, what: string, { result = "", event = "", from = "jane@laptop:/srv/app" } = {}): void {
  const assignments = `records='${records}' run='${run}' from='${from}' begun=\n${event && `event='${event}'\n`}`;
  const { status, stderr } = call(`${functions}${assignments}`, ["note_event", what, ...(result ? [result] : [])]);
  expect([status, stderr.replace(/[\dms. \n]/g, "")]).toEqual([0, ""]);
}
const events = () => eventsIn(readFileSync(path.join(records, ".history"), "utf8"));

test("the steps of one command are one event, which names each thing once", () => {
  note("process 1", "site noco.example.com");
  note("process 1", "consumers");
  note("process 1", "consumers");
  expect(events()).toMatchObject([
    { event: "deploy", result: "done", origin: "jane@laptop", changed: "site noco.example.com, consumers" },
  ]);
});

test("another command, another kind and another origin are events of their own", () => {
  note("process 1", "consumers");
  note("process 2", "consumers");
  note("process 2", "token of n8n", { event: "rotation" });
  note("process 2", "token of n8n", { event: "rotation", from: "joe@laptop:/srv/app" });
  expect(events().map(({ event, origin }) => `${event} ${origin}`)).toEqual([
    "deploy jane@laptop",
    "deploy jane@laptop",
    "rotation jane@laptop",
    "rotation joe@laptop",
  ]);
});

test("a step of a destroy that deploys have, too, belongs to the destroy", () => {
  note("process 1", "last backup of acme_nocodb", { event: "destroy" });
  note("process 1", "removal of the site noco.example.com: Caddy does not answer", { result: "failed" });
  note("process 2", "consumers");
  expect(events()).toMatchObject([
    { event: "destroy", result: "failed", changed: expect.stringContaining("Caddy does not answer") },
    { event: "deploy", result: "done", changed: "consumers" },
  ]);
});

test("a step that fails makes the whole event fail, whatever the others do", () => {
  note("process 1", "container acme_nocodb is exited", { result: "failed" });
  note("process 1", "site noco.example.com");
  expect(events()).toMatchObject([{ result: "failed" }]);
});

test("only the last 500 events are kept, readable only by their owner", () => {
  const line = (nth: number) => `${nth}\x1f1\x1fdeploy\x1frun-${nth}\x1fjane@laptop\x1f\x1fdone\x1fnumber ${nth}\n`;
  const file = path.join(records, ".history");
  writeFileSync(file, Array.from({ length: 500 }, (_, nth) => line(nth)).join(""));
  note("run-next", "number 500");
  expect([events().length, events()[0]!.changed, events().at(-1)!.changed]).toEqual([500, "number 1", "number 500"]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a line break in a message does not end the line", () => {
  note("process 1", "one\ntwo\x1fthree");
  expect(events()).toMatchObject([{ changed: "one two three" }]);
});

test("a history that cannot be written stops nothing", () => {
  mkdirSync(path.join(records, ".history"));
  writeFileSync(path.join(records, ".history", "file"), "");
  note("process 1", "consumers");
});
