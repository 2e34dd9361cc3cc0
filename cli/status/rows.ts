import type { Promised } from "./promises.js";

/** One fact about an environment. */
export interface Row {
  /** Such as `certificate` or `consumer n8n`. */
  readonly name: string;
  /** `unknown`: nobody could find out, which never counts as `ok`. */
  readonly result: "ok" | "wrong" | "unknown";
  /** What is there, what is wrong, or why it is unknown. */
  readonly detail: string;
  /** What to do, empty if there is nothing to do. */
  readonly fix: string;
}

/** The lines of report-status.sh, one for each promise. A line that is missing leaves its promise unknown. */
export function rowsIn(stdout: string, promises: readonly Promised[]): Row[] {
  const lines = stdout.split("\n");
  return promises.map(({ name }, index) => {
    const [result, detail = "", fix = ""] = (lines[index] ?? "").split("\x1f");
    if (result === "ok" || result === "wrong" || result === "unknown") return { name, result, detail, fix };
    return { name, result: "unknown", detail: "the host did not report it", fix: "" };
  });
}

/** What all rows together say. */
export function resultOf(rows: readonly Row[]): Row["result"] {
  const has = (result: Row["result"]) => rows.some((row) => row.result === result);
  return has("wrong") ? "wrong" : has("unknown") ? "unknown" : "ok";
}
