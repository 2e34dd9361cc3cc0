import { afterEach, expect, test, vi } from "vitest";
import { confirm } from "../../../cli/confirm.js";

const answers = vi.hoisted(() => ({ next: "" }));
vi.mock("node:readline/promises", () => ({
  createInterface: () => ({ question: async () => answers.next, close: () => undefined }),
}));

const { isTTY } = process.stdin;
afterEach(() => {
  process.stdin.isTTY = isTTY;
});

test("--yes answers without a terminal", async () => {
  process.stdin.isTTY = false;
  await expect(confirm("Go on?", true)).resolves.toBeUndefined();
});

test("without a terminal nothing is asked, and the error names the flag", async () => {
  process.stdin.isTTY = false;
  await expect(confirm("Go on?", undefined)).rejects.toMatchObject({
    exitCode: 64,
    message: "Stopped, because there is no terminal to ask on: Go on? Add --yes to answer yes.",
  });
});

test("on a terminal yes goes on", async () => {
  process.stdin.isTTY = true;
  answers.next = "yes";
  await expect(confirm("Go on?", undefined)).resolves.toBeUndefined();
});

test.each(["no", "y", "", "Yes", "yes "])("any other answer stops: %j", async (answer) => {
  process.stdin.isTTY = true;
  answers.next = answer;
  await expect(confirm("Go on?", undefined)).rejects.toMatchObject({
    exitCode: 3,
    message: "Stopped, because the answer is not yes.",
  });
});
