import os from "node:os";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { differences, readable } from "../support/readable.js";
import { environment, stackOf } from "../support/stack-of.js";

const yaml = (value: unknown) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
const read = (name: string) => readable(stackOf(environment(name)));

test("what Terraform gets for prod", async () => {
  await expect(yaml(read("prod"))).toMatchFileSnapshot("__snapshots__/prod.yaml");
});

/** Names that take the place of those of prod. What is different beyond them is what a reviewer wants to see. */
const names = {
  prod: {},
  preprod: { "example.com": "preprod.example.com" },
  lab: { "example.com": "lab.localhost", "/opt/acme": "/home/operator/.nocodb-lab/lab/host", acme_: "lab_" },
};

test.each(["preprod", "lab"] as const)("what Terraform gets for %s that is not as in prod", async (name) => {
  const renamed = Object.entries(names[name]).reduce(
    (text, [here, there]) => text.replaceAll(here, there),
    JSON.stringify(read("prod")),
  );
  const different = { names: names[name], differences: differences(JSON.parse(renamed), read(name)) };
  await expect(yaml(different)).toMatchFileSnapshot(`__snapshots__/${name}.yaml`);
});

describe("the same sources synthesize to the same stack anywhere", () => {
  const here = [process.cwd(), os.tmpdir(), os.homedir()];
  test.each(Object.keys(names))("%s holds nothing of this machine", (name) => {
    const text = JSON.stringify(stackOf(environment(name)));
    for (const each of here) expect(text).not.toContain(each);
    expect(text).toContain("assets/host_scripts/sh/on-host.sh");
  });
});
