import { z } from "zod";
import * as paths from "./paths.js";
import type { Finding } from "./problems.js";

/** Turns rules into a zod check; all of them speak, so that one run shows everything. */
export function obeys<T>(...rules: ((value: T) => Finding | undefined)[]): z.core.CheckFn<T> {
  return (context) => {
    for (const finding of rules.map((rule) => rule(context.value))) {
      if (finding === undefined) continue;
      const { message, ...params } = finding;
      context.issues.push({ code: "custom", input: context.value, message, params });
    }
  };
}

/** One line of text that obeys the rules. */
export const text = (...rules: ((value: string) => Finding | undefined)[]) =>
  z.string().check(obeys(paths.oneLine, ...rules));

/** A path on the host. */
export const hostPath = () => z.string().check(obeys(paths.hostPath));
