import os from "node:os";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { differences, readable } from "../support/readable.js";
import { environment, stackOf } from "../support/stack-of.js";

const yaml = (value: unknown) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
const read = (name: string) => readable(stackOf(environment(name)));

test("Terraform gets for prod the stack in prod.yaml", async () => {
  await expect(yaml(read("prod"))).toMatchFileSnapshot("__snapshots__/prod.yaml");
});

/** Names that replace those of prod. A reviewer wants to see the differences beyond them. */
const names = {
  prod: {},
  preprod: {
    "environment=prod": "environment=preprod",
    "restore prod": "restore preprod",
    "example.com": "preprod.example.com",
  },
  lab: {
    "environment=prod": "environment=lab",
    "restore prod": "restore lab",
    "example.com": "lab.localhost",
    "/opt/acme": "/home/operator/.nocodb-lab/lab/host",
    acme_: "lab_",
  },
};

test.each(["preprod", "lab"] as const)("Terraform gets for %s the differences in its file", async (name) => {
  const renamed = Object.entries(names[name]).reduce(
    (text, [here, there]) => text.replaceAll(here, there),
    JSON.stringify(read("prod")),
  );
  const different = { names: names[name], differences: differences(JSON.parse(renamed), read(name)) };
  await expect(yaml(different)).toMatchFileSnapshot(`__snapshots__/${name}.yaml`);
});

describe("the same sources synthesize to the same stack everywhere", () => {
  const here = [process.cwd(), os.tmpdir(), os.homedir()];
  test.each(Object.keys(names))("%s contains nothing from this machine", (name) => {
    const text = JSON.stringify(stackOf(environment(name)));
    for (const each of here) expect(text).not.toContain(each);
    expect(text).toContain("assets/host_programs/sh/run-remote.sh");
  });
});
