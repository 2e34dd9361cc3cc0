import type { Finding } from "../diagnostics/problems.js";

const day = "(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*";
const days = `${day}(?:(?:\\.\\.|,)${day})*`;
const number = "[\\d*/.,]+";
const date = `(?:${number}-)?${number}[-~]${number}`;
const time = `${number}:${number}(?::${number})?`;
const zone = "(?:UTC|[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+)";
const words = "minutely|hourly|daily|weekly|monthly|quarterly|semiannually|yearly|annually";
const shape = new RegExp(
  `^(?:(?:${words})|(?=\\S)(?:${days})?(?:(?:^| )${date})?(?:(?:^| )${time})?)(?: ${zone})?$`,
  "i",
);

/**
 * A time in the form of systemd's OnCalendar: systemd.time(7), "Calendar Events". Whether such a day exists is checked by
 * the host's own systemd, in the plan.
 */
export function calendarExpression(value: string): Finding | undefined {
  if (shape.test(value)) return undefined;
  return {
    message: "is not a systemd calendar expression",
    remedy: "write daily, weekly, or a time such as Mon..Fri 03:00 or *-*-01 04:30 (systemd.time(7))",
  };
}

/** The same, or `off`. */
export function calendarExpressionOrOff(value: string): Finding | undefined {
  return value === "off" ? undefined : calendarExpression(value);
}
