import * as z from "zod";
import type { Finding } from "../diagnostics/problems.js";
import * as paths from "./paths.js";

type Rule<T> = (value: T) => Finding | undefined;

/** Turns rules into a zod check. All of them run, so that one run shows every problem. */
export function satisfies<T>(...rules: Rule<T>[]): z.core.CheckFn<T> {
  return (context) => {
    for (const finding of rules.map((rule) => rule(context.value))) {
      if (finding === undefined) continue;
      const { message, ...params } = finding;
      context.issues.push({ code: "custom", input: context.value, message, params });
    }
  };
}

/** One line of text that satisfies the rules. */
export const text = (...rules: Rule<string>[]) => z.string().check(satisfies(paths.oneLine, ...rules));

/** A path on the host. */
export const hostPath = () => z.string().check(satisfies(paths.hostPath));

/** A copy of a mapping; an empty one if the value is not a mapping. */
export function mapping(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
