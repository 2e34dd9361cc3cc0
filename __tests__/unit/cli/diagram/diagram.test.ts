import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withPicture } from "../../../../tools/readme-picture.js";
import { NocodbHost } from "../../support/nocodb-host.js";

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost();
});
afterEach(() => host.remove());

test("prints Mermaid", async () => {
  const { code, stdout, stderr } = await host.run(["diagram", "prod"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^flowchart LR\n {2}subgraph host\["docker\.example\.com"\]\n/);
});

test("--svg prints an SVG file, with every name in it and without a fixed size", async () => {
  const { code, stdout } = await host.run(["diagram", "prod", "--svg"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^<\?xml [\s\S]*<svg\s+viewBox="[\d. ]+" [\s\S]*<\/svg>\n$/);
  for (const name of ["acme_nocodb", "acme_postgresql", "acme_caddy", "network acme_backend", "SSH as deploy"]) {
    expect(stdout).toContain(`>${name}<`);
  }
});

test("asks nobody: the host is not called", async () => {
  host.standIn("ssh", "exit 1");
  expect(await host.run(["diagram", "prod"])).toMatchObject({ code: 0 });
  expect(host.calls("ssh")).toEqual([]);
});

test("the README shows the picture of prod (npm run schema)", () => {
  const readme = readFileSync(new URL("../../../../README.md", import.meta.url), "utf8");
  expect(readme).toBe(withPicture(readme));
});
