import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CADDYFILES } from "../../gallery/hosts/caddyfiles.js";
import { CONTAINERS } from "../../gallery/hosts/containers.js";
import { POSTGRESQL } from "../../gallery/hosts/postgresql.js";
import { REFUSED } from "../../gallery/hosts/refused.js";

test("docs/hosts.md lists exactly the hosts of the gallery, and what comes of each", () => {
  const text = readFileSync(new URL("../../../docs/hosts.md", import.meta.url), "utf8");
  const section = /^## The gallery$([\s\S]*?)^## /m.exec(text)![1]!;
  const rows = section.split("\n").filter((line) => line.startsWith("| ") && !/^\| (host|---) /.test(line));
  expect(rows).toEqual([
    ...[...CADDYFILES, ...CONTAINERS, ...POSTGRESQL].map(({ title }) => `| ${title} | deploys |`),
    ...REFUSED.map(
      ({ title, advised }) => `| ${title} | refused${advised ? "; deploys once the advice was followed" : ""} |`,
    ),
  ]);
});
