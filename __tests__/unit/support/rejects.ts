import { describe, expect, test } from "vitest";
import { complaints, environmentText } from "./environment-text.js";

type Row = [value: unknown, complaint: string];

/** One test a value: the setting at `place` gets it, and the whole line that an operator sees is compared. */
export function rejects(title: string, place: (value: unknown) => Record<string, unknown>, rows: Row[]): void {
  describe(title, () => {
    test.each(rows)("%j", (value, complaint) => {
      expect(complaints(environmentText(place(value)))).toEqual([`${title}: ${complaint}`]);
    });
  });
}
