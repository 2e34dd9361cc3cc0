import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { awks, call, library, scratch } from "../../support/host-shell.js";

const functions = library("alerts/changes.sh");

/** What a host's checks have found at some second: the states of causes, `?` for one that could not be told. */
type Check = readonly [second: number, states: Readonly<Record<string, "problem" | "good" | "?">>];

/** Runs the checks one after the other. @returns the messages: second, state and cause of each */
function messagesOf(checks: readonly Check[], first?: string): string[] {
  const alerts = scratch("alerts");
  const program = checks.map(([second, states]) => {
    const lines = Object.entries(states).flatMap(([cause, state]) => [
      ...(state === "problem" ? [`finding\t${cause}\tproblem\t"${cause}" is \\ broken\trepair it`] : []),
      ...(state === "?" ? [] : [`done\t${cause.replace(/:.*/, "")}`]),
    ]);
    return `now=${second} findings='${lines.join("\n")}'\nrecord_changes\n`;
  });
  const text = `${functions}alerts='${alerts}' environment=prod service=it webhook= command=
mkdir -p "$alerts/waiting"
drive() {
${program.join("")}
}
`;
  expect(call(text, ["drive"], { first })).toMatchObject({ status: 0, stdout: "", stderr: "" });
  return readdirSync(`${alerts}/waiting`)
    .map((name) => readFileSync(`${alerts}/waiting/${name}`, "utf8"))
    .map((message) => Object.fromEntries(message.split("\n").map((line) => line.split(/=(.*)/s).slice(0, 2))))
    .map(({ id, state, cause, summary, since, ...rest }) => {
      expect(rest).toMatchObject({ environment: "prod", service: "it" });
      expect(summary.startsWith(`"${cause}" is \\ broken`)).toBe(true);
      return `${id}`;
    });
}

const START = 1_000_000;
const at = (minute: number) => START + 60 * minute;

describe.each(awks())("with %s, a receiver is told", (_, first) => {
  const of = (checks: readonly Check[]) => messagesOf(checks, first);

  test("of a problem once, and of its end once", () => {
    const checks: Check[] = [
      [at(0), { health: "good" }],
      [at(1), { health: "problem" }],
      [at(2), { health: "problem" }],
      [at(3), { health: "good" }],
      [at(4), { health: "good" }],
    ];
    expect(of(checks)).toEqual([`${at(1)}-health-problem`, `${at(1)}-health-recovered`]);
  });

  test("nothing of a cause that could not be checked, which stays as it was", () => {
    const checks: Check[] = [
      [at(0), { "drift:site": "problem" }],
      [at(1), { "drift:site": "?" }],
      [at(2), { "drift:site": "problem" }],
    ];
    expect(of(checks)).toEqual([`${at(0)}-drift:site-problem`]);
  });

  test("of each of several causes of one kind, also of the end of one that is not mentioned any more", () => {
    const checks: Check[] = [
      [at(0), { "disk:/": "problem", "disk:/srv": "problem" }],
      [at(1), { "disk:/srv": "problem" }],
    ];
    expect(of(checks).sort()).toEqual([
      `${at(0)}-disk:/-problem`,
      `${at(0)}-disk:/-recovered`,
      `${at(0)}-disk:/srv-problem`,
    ]);
  });

  test("four times, then that it is unstable, and again when it has been the same for half an hour", () => {
    const flapping = Array.from(
      { length: 40 },
      (_, minute): Check => [at(minute), { health: minute % 2 ? "good" : "problem" }],
    );
    const quiet = [40, 50, 60, 68, 69, 70].map((minute): Check => [at(minute), { health: "good" }]);
    const again: Check[] = [[at(80), { health: "problem" }]];
    expect(of([...flapping, ...quiet, ...again])).toEqual([
      ...[
        `${at(0)}-health-problem`,
        `${at(0)}-health-recovered`,
        `${at(2)}-health-problem`,
        `${at(2)}-health-recovered`,
      ],
      ...[`${at(4)}-health-unstable`, `${at(4)}-health-recovered`, `${at(80)}-health-problem`],
    ]);
  });

  test("of four changes in each hour, not in all time", () => {
    const slow = [0, 20, 40, 59, 61, 90].map(
      (minute, index): Check => [at(minute), { health: index % 2 ? "good" : "problem" }],
    );
    expect(of(slow)).toHaveLength(6);
  });
});
