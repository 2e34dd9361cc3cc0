import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { environmentText } from "../support/environment-text.js";
import { NocodbHost } from "../support/nocodb-host.js";

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost({ prod: {}, staging: { subdomain: "" } });
});
afterEach(() => host.remove());

const file = (name: string) => path.relative(process.cwd(), path.join(host.environments, `${name}.yaml`));

test("prints one line for each valid environment", async () => {
  expect(await host.run(["validate"])).toEqual({
    code: 0,
    stderr: "",
    stdout:
      "prod: ok: https://noco.example.com, nocodb/nocodb:2026.10.1, 512M, project acme on deploy@docker.example.com\n" +
      "staging: ok: disabled (empty subdomain), nocodb/nocodb:2026.10.1, 512M, project staging on deploy@docker.example.com\n",
  });
});

test("fails with every problem on standard error, and still prints the valid environments", async () => {
  host.write("prod", environmentText({ cpus: 0, memory: "1M" }));
  const { code, stdout, stderr } = await host.run(["validate"]);
  expect(code).toBe(65);
  expect(stdout).toMatch(/^staging: ok: .*\n$/);
  expect(stderr).toContain(`${file("prod")}:6: cpus: 0: must be`);
  expect(stderr).toContain(`${file("prod")}:7: memory: "1M": must be`);
});

test("checks one environment by its name; the others do not count", async () => {
  host.write("prod", environmentText({ cpus: 0 }));
  expect(await host.run(["validate", "staging"])).toMatchObject({ code: 0, stderr: "" });
  expect(await host.run(["validate", "prod"])).toMatchObject({ code: 65, stdout: "" });
});

test("--json prints facts and problems in one document", async () => {
  host.write("prod", environmentText({ cpus: 0 }));
  const { code, stdout, stderr } = await host.run(["validate", "--json"]);
  expect([code, stderr]).toEqual([65, ""]);
  expect(JSON.parse(stdout)).toEqual({
    environments: [
      {
        name: "staging",
        site: null,
        image: "nocodb/nocodb:2026.10.1",
        memory: 512,
        project: "staging",
        host: "deploy@docker.example.com",
      },
    ],
    problems: [
      {
        environment: "prod",
        file: file("prod"),
        line: 6,
        path: "cpus",
        value: "0",
        message: expect.any(String),
        remedy: expect.any(String),
      },
    ],
  });
});

test("fails if there is no environment at all", async () => {
  const empty = new NocodbHost({});
  const { code, stderr } = await empty.run(["validate"]);
  expect(code).toBe(65);
  expect(stderr).toBe(`${empty.environments}: holds no environment; add a file such as prod.yaml\n`);
  empty.remove();
});
