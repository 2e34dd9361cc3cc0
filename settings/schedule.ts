import type { Finding } from "./problems.js";

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
 * A time as systemd's OnCalendar takes it, as far as its shape goes: systemd.time(7), "Calendar Events". Whether there is
 * such a day, the host's own systemd says in the plan.
 */
export function calendarExpression(value: string): Finding | undefined {
  if (shape.test(value)) return undefined;
  return {
    message: "is no time as systemd writes it",
    remedy: "write daily, weekly, or weekdays, date and time such as Mon..Fri 03:00 or *-*-01 04:30 (systemd.time(7))",
  };
}
