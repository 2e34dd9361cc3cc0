import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ResourceChange } from "../../../../cli/plan/plan-json.js";
import { NocodbHost } from "../../support/nocodb-host.js";
import { changed, planOf, step } from "./plans.js";

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost();
});
afterEach(() => host.remove());

const site = step(
  "nocodb_site",
  { site: "noco.example.com", status: "" },
  { site: "noco.example.com", status: "site edited" },
);
const json = (...changes: ResourceChange[]) => JSON.stringify(planOf(...changes));

/** A stand-in for Terraform that plans the changes, or fails. */
function terraform(plan: string, planning = ": >planned"): void {
  host.standIn(
    "terraform",
    `case $1 in
  plan) for word; do case $word in -out=*) ls -ld "$(dirname "\${word#-out=}")" >"${host.folder}/private"; echo "\${word#-out=}" >"${host.folder}/out"; echo binary >"\${word#-out=}" ;; esac; done
    ${planning} ;;
  show) case $* in *-json*) cat <<'JSON'
${plan}
JSON
    ;; *) echo "Plan: 1 to add" ;; esac ;;
esac`,
  );
}

const run = (words: string[]) =>
  host.run(["plan", "prod", ...words], {
    CDKTF_OUTDIR: path.join(host.folder, "work/cdktf.out"),
    TERRAFORM_BINARY_NAME: "",
  });

function saved(name: string, text: string): string {
  const file = path.join(host.folder, name);
  writeFileSync(file, text);
  return file;
}

test("synthesizes, plans in the stack's folder into a private file, describes the plan, and removes the file", async () => {
  terraform(json(site));
  const { code, stdout, stderr } = await run([]);
  expect([code, stderr]).toEqual([2, ""]);
  expect(stdout).toContain("prod: NocoDB keeps running (deploy@docker.example.com)\n");
  expect(stdout).toContain("drift: site edited");
  const words = host.calls("terraform").map((call) => call.words.replace(/\S*\/plan\b/, "FILE"));
  expect(words.map((each) => each.replace(/-out=FILE|FILE/, "FILE"))).toEqual([
    "init -input=false -no-color",
    "plan -input=false -no-color FILE",
    "show -json -no-color FILE",
    "show -no-color FILE",
  ]);
  expect(readdirSync(path.join(host.folder, "work/cdktf.out/stacks/prod")).sort()).toContain("planned");
  expect(readFileSync(path.join(host.folder, "private"), "utf8")).toMatch(/^drwx------/);
  const file = readFileSync(path.join(host.folder, "out"), "utf8").trim();
  expect(statSync(path.dirname(file), { throwIfNoEntry: false })).toBeUndefined();
});

test("--destroy plans a destroy", async () => {
  terraform(json(changed("null_resource.nocodb_retention", "delete", {}, null)));
  expect(await run(["--destroy"])).toMatchObject({ code: 2 });
  expect(host.calls("terraform").some(({ words }) => /^plan .* -destroy$/.test(words))).toBe(true);
});

test("a plan that fails is told by its reason, and all that Terraform printed is in a file of its owner", async () => {
  terraform(
    "{}",
    "printf '\\n\\342\\225\\267\\nError: Invalid thing\\n\\nThe reason.\\ntoken = s3cret-s3cret\\n' >&2; exit 1",
  );
  const { code, stdout, stderr } = await run([]);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(
    /^Error: Invalid thing\nThe reason\.\n.*\nthe plan of prod failed\. All that was printed: .+\.log\n$/,
  );
  const logs = path.join(host.folder, "work/state/logs");
  const [name] = readdirSync(logs);
  expect([statSync(logs).mode & 0o777, statSync(path.join(logs, name!)).mode & 0o777]).toEqual([0o700, 0o600]);
  expect(readFileSync(path.join(logs, name!), "utf8")).toMatch(/^terraform plan .*\n\n\n╷\nError: Invalid thing/);
  expect(readFileSync(path.join(logs, name!), "utf8") + stderr).not.toContain("s3cret");
  const file = readFileSync(path.join(host.folder, "out"), "utf8").trim();
  expect(statSync(path.dirname(file), { throwIfNoEntry: false })).toBeUndefined();
});

test("without Terraform, its name is in the message", async () => {
  const env = { CDKTF_OUTDIR: path.join(host.folder, "cdktf.out"), TERRAFORM_BINARY_NAME: "/none/terraform" };
  const { code, stderr } = await host.run(["plan", "prod"], env);
  expect([code, stderr]).toEqual([1, expect.stringContaining("/none/terraform: cannot be started")]);
});

test("--plan describes the JSON of a plan, without Terraform and without a host; nothing to do is exit code 0", async () => {
  const { code, stdout } = await run(["--plan", saved("plan.json", json(site)), "--json"]);
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ environment: "prod", host: "deploy@docker.example.com", title: "NocoDB keeps running", hasChanges: true },
    changes: [{ why: ["drift: site edited"], addresses: ["null_resource.nocodb_site"] }],
    terraform: { replace: ["null_resource.nocodb_site"] },
  });
  expect(await run(["--plan", saved("none.json", json())])).toEqual({
    ...{ code: 0, stdout: "prod: nothing to do (deploy@docker.example.com)\n", stderr: "" },
  });
});

test("--plan takes Terraform's own file, too; --markdown folds Terraform's text below", async () => {
  mkdirSync(path.join(host.folder, "work/cdktf.out/stacks/prod"), { recursive: true });
  terraform(json(site));
  const { code, stdout } = await run(["--plan", saved("plan", "PK"), "--markdown"]);
  expect(code).toBe(2);
  expect(stdout).toMatch(/^```diff\nprod: NocoDB keeps running/);
  expect(stdout).toContain("\n    Plan: 1 to add\n\n</details>\n");
});

test.each([
  ["a missing file", "/none/plan.json", 64, "--plan /none/plan.json: is not a file"],
  ["another JSON", '{"a":1}', 1, "is not a plan; give a file of terraform plan -out"],
  ["half a JSON", '{"format_version":', 1, "is not a plan"],
  ["a format of the future", '{"format_version":"2.0"}', 1, "has the format 2.0, and only 1.x is known"],
  ["a failed plan", '{"format_version":"1.2","errored":true}', 1, "the plan has failed"],
])("--plan with %s is refused", async (_, text, code, message) => {
  const file = text.startsWith("/") ? text : saved("plan.json", text);
  expect(await run(["--plan", file])).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(message) });
});

test.each([[["--json", "--markdown"]], [["--plan", "x", "--destroy"]]])("%j is a usage error", async (words) => {
  expect(await run(words)).toMatchObject({ code: 64, stdout: "" });
});
