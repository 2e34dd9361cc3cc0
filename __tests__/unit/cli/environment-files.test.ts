import { rmSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { environmentText } from "../support/environment-text.js";
import { NocodbHost } from "../support/nocodb-host.js";

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost({ prod: {}, staging: {} });
});
afterEach(() => host.remove());

const file = (name: string) => path.relative(process.cwd(), path.join(host.environments, `${name}.yaml`));

test.each([["drift"], ["validate"], ["sign-in"], ["adopt"], ["state", "release"]])(
  "%s: an unknown environment is a usage error that names the known ones, the invalid ones included",
  async (...words) => {
    host.write("staging", environmentText({ cpus: 0 }));
    expect(await host.run([...words.flat(), "stage"])).toEqual({
      code: 64,
      stdout: "",
      stderr: `${file("stage")}: does not exist; name one of: prod, staging\n`,
    });
  },
);

test.each([
  ["prdo", "prod"],
  ["Staging", "staging"],
  ["prod.yaml", "prod"],
  ["environments/prod.yaml", "prod"],
])("%s is not the name of an environment, and %s is suggested", async (name, meant) => {
  const { code, stderr } = await host.run(["drift", name]);
  expect(code).toBe(64);
  expect(stderr).toMatch(new RegExp(`: does not exist; did you mean ${meant}\\? name one of: prod, staging\n$`));
});

test("without any environment, the error says so", async () => {
  for (const name of ["prod", "staging"]) rmSync(path.join(host.environments, `${name}.yaml`));
  const { stderr } = await host.run(["drift", "prod"]);
  expect(stderr).toBe(`${file("prod")}: does not exist; name one of: (none exists yet)\n`);
});

test("an invalid environment is refused with its problems, and no others", async () => {
  host.write("prod", environmentText({ cpus: 0 }));
  host.write("staging", environmentText({ memory: "1M" }));
  const { code, stdout, stderr } = await host.run(["drift", "prod"]);
  expect([code, stdout]).toEqual([65, ""]);
  expect(stderr).toMatch(/^.*prod\.yaml:6: cpus: 0: must be [^\n]*\n$/);
});

test("a folder that cannot be read is an invalid environment", async () => {
  rmSync(host.environments, { recursive: true });
  const { code, stderr } = await host.run(["drift", "prod"]);
  expect(code).toBe(65);
  expect(stderr).toContain("cannot be read (ENOENT); create it, with one file per environment");
});
