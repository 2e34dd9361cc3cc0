import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { paintFor } from "../../../../cli/paint.js";
import { describe } from "../../../../cli/plan/describe.js";
import type { ResourceChange } from "../../../../cli/plan/plan-json.js";
import { renderMarkdown, renderText } from "../../../../cli/plan/render.js";
import { environment } from "../../support/stack-of.js";
import { changed, planOf, step } from "./plans.js";

const colours = paintFor({ isTTY: true }, {});
const none = paintFor({}, {});
const described = (...changes: ResourceChange[]) => describe(planOf(...changes), environment("prod"));

const mixed = described(
  step(
    "nocodb_site",
    { site: "noco.example.com", caddyfile: "/etc/Caddyfile", status: "" },
    {
      ...{ site: "noco.example.com", caddyfile: "/etc/Caddyfile", status: "site edited" },
    },
  ),
  changed('null_resource.nocodb_backup_schedule_removal["acme"]', "delete", { triggers: { unit: "acme" } }, null),
  changed("docker_volume.x", "delete", {}, null),
  changed("docker_volume.y", "update", { size: 1 }, { size: 2 }),
);

test("a plan fits on a screen: removals first, then what happens, what it costs, what is kept, and Terraform's steps", () => {
  expect(renderText(mixed, none)).toBe(`prod: NocoDB keeps running (deploy@docker.example.com)

What is removed
  timer acme is removed: the host makes no more backups by itself

What is deleted, and this program does not know
  docker_volume.x: delete

What happens
  site noco.example.com is rewritten in Caddy (/etc/Caddyfile)
      drift: site edited

What this program does not know
  docker_volume.y: update
      size: 1 -> 2

What it costs
  nothing: NocoDB keeps answering

What is kept
  database nocodb with NocoDB's users and bases, secrets in /opt/acme/configs/nocodb/secrets
  NocoDB's files in /opt/acme/data/nocodb
  backups in /opt/acme/backups/nocodb

Terraform
  replace (1)
      nocodb_site
  delete (2)
      nocodb_backup_schedule_removal["acme"], docker_volume.x
  update (1)
      docker_volume.y
`);
});

test("only removals are red, and only on a terminal without NO_COLOR", () => {
  const red = renderText(mixed, colours)
    .split("\n")
    .filter((line) => line.includes("\u001b[31m"));
  expect(red.map((line) => stripVTControlCharacters(line).trim())).toEqual([
    "What is removed",
    "timer acme is removed: the host makes no more backups by itself",
    "What is deleted, and this program does not know",
    "docker_volume.x: delete",
  ]);
  for (const [stream, env] of [
    [{}, {}],
    [{ isTTY: true }, { NO_COLOR: "1" }],
    [{ isTTY: true }, { TERM: "dumb" }],
  ] as const) {
    expect(renderText(mixed, paintFor(stream, env))).not.toContain("\u001b");
  }
});

test("a plan without changes is one line", () => {
  expect(renderText(described(), none)).toBe("prod: nothing to do (deploy@docker.example.com)\n");
});

const hostile = described(
  changed("docker_volume.x", "update", { a: "1" }, { a: "\u001b[2J\u202e````\n````\n</details>\n# title\n@everyone" }),
);

test("values can neither move the cursor nor hide what follows", () => {
  expect(renderText(hostile, none)).toContain("+ \\u{1b}[2J\\u{202e}````");
});

test("Markdown is a code block that nothing in a plan can end; a removal is red", () => {
  const text = renderMarkdown(hostile);
  expect(text.split("\n")[0]).toBe("`````diff");
  expect(text.match(/^`{5,}$/gm)).toEqual(["`````"]);
  expect(text.match(/^(<\/details>|# title|@everyone)/gm)).toBe(null);
  expect(renderMarkdown(mixed).match(/^-.*/gm)).toEqual([
    "- timer acme is removed: the host makes no more backups by itself",
    "- docker_volume.x: delete",
  ]);
});

test("Terraform's own plan is folded below, indented, so that it is a code block, too", () => {
  const text = renderMarkdown(mixed, "Plan: 1 to add\n</details>\n```\n# title");
  expect(text).toMatch(/\n```\n\n<details><summary>Terraform's own plan<\/summary>\n\n {4}Plan: 1 to add\n/);
  expect(text).toContain("\n    </details>\n    ```\n    # title\n\n</details>\n");
});
