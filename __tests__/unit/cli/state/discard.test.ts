import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NocodbHost } from "../../support/nocodb-host.js";

const state = '{"version":4,"serial":7,"lineage":"x","outputs":{"url":{"value":"s3same"}},"resources":[{"type":"a"}]}';

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost();
  terraform("random_password.a\ndocker_container.b\n");
});
afterEach(() => host.remove());

/** A Terraform whose state has these resources. */
function terraform(list: string, broken = "nothing"): void {
  host.standIn(
    "terraform",
    `case "$1 $2" in
"${broken}"*) echo no such bucket >&2; exit 1 ;;
"state list") printf '${list}' ;;
"state pull") echo '${state}' ;;
esac`,
  );
}

const outdir = () => path.join(host.folder, "out/cdktf.out");
const discard = (...words: string[]) => host.run(["state", "discard", "prod", ...words], { CDKTF_OUTDIR: outdir() });
const copies = () =>
  readdirSync(path.join(host.folder, "out/state")).filter((name) => name.includes(".tfstate.discarded-"));
const pushed = () => host.calls("terraform").filter(({ words }) => words === "state push -");

test("the state is emptied, and a copy of it stays, for its owner alone", async () => {
  const { code, stdout, stderr } = await discard("--yes");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain(
    "prod: its state holds 2 resources on deploy@docker.example.com. All of them are discarded;",
  );
  expect(stdout).toContain(
    "Lost with the host: database, data directory, secrets, the consumers' tokens, and the backups in",
  );
  expect(stdout).not.toContain("s3same");
  const copy = /The state as it was: (.*)/.exec(stdout)![1]!;
  expect([readFileSync(copy, "utf8").trim(), statSync(copy).mode & 0o777]).toEqual([state, 0o600]);
  expect(pushed().map(({ sent }) => JSON.parse(sent))).toEqual([
    { version: 4, lineage: "x", serial: 8, outputs: {}, resources: [], check_results: null },
  ]);
});

test("an empty state is left alone", async () => {
  terraform("");
  expect(await discard()).toMatchObject({
    code: 0,
    stdout: "prod: its state is empty, so there is nothing to discard\n",
  });
  expect(pushed()).toEqual([]);
});

test("without a terminal it says what would be lost, names --yes, and changes nothing", async () => {
  const { code, stdout, stderr } = await discard();
  expect(code).toBe(64);
  expect(stdout).toContain("Lost with the host");
  expect(stderr).toContain("Is docker.example.com gone for good? Add --yes to answer yes.");
  expect([pushed(), copies()]).toEqual([[], []]);
});

test("a Terraform that fails changes nothing", async () => {
  terraform("a\n", "state pull");
  expect(await discard("--yes")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^no such bucket\nreading the state failed\. All that was printed: .*\nNothing was discarded\.\n$/,
    ),
  });
  expect([pushed(), copies()]).toEqual([[], []]);
});

test("a Terraform that is missing is named", async () => {
  const env = { CDKTF_OUTDIR: outdir(), TERRAFORM_BINARY_NAME: "tofu-that-is-missing" };
  expect(await host.run(["state", "discard", "prod", "--yes"], env)).toMatchObject({
    code: 1,
    stderr: "tofu-that-is-missing: cannot be started (spawn tofu-that-is-missing ENOENT)\nNothing was discarded.\n",
  });
});
