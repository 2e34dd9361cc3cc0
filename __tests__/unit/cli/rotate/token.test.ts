import { afterEach, expect, test } from "vitest";
import { inputIn, NocodbHost } from "../../support/nocodb-host.js";

const host = new NocodbHost();
afterEach(() => host.remove());

test("the host gets the consumer's name, and nothing that the record of the last deploy holds", async () => {
  host.standIn("ssh", "exit 0");
  expect(await host.run(["rotate", "token", "prod", "n8n"])).toEqual({ code: 0, stdout: "", stderr: "" });
  const { sent } = host.calls("ssh")[0]!;
  expect(["rotate", "key", "consumers"].map((name) => inputIn(sent, name))).toEqual([
    "n8n",
    "nocodb_consumers",
    undefined,
  ]);
});
