import { afterEach, beforeEach, expect, test } from "vitest";
import { NocodbHost } from "../../support/nocodb-host.js";

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost({ prod: {}, off: { subdomain: "" } });
  host.standIn("npx", `echo "$TF_CLI_ARGS_apply" >"$sent"`);
});
afterEach(() => host.remove());

test.each([
  ["database", "random_password.nocodb_database_password"],
  ["admin", "random_password.nocodb_admin_password"],
  ["jwt", "random_password.nocodb_jwt_secret"],
])("%s: a deploy that replaces the generated secret, and keeps Terraform's other arguments", async (verb, address) => {
  const ran = await host.run(["rotate", verb, "prod", "--yes"], { TF_CLI_ARGS_apply: "-parallelism=2" });
  expect(ran).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(host.calls("npx")).toEqual([
    {
      words: "--no-install cdktf deploy prod --auto-approve",
      sent: `-parallelism=2 -replace=${address}\n`,
    },
  ]);
});

test("a secret that is given is refused, with the remedy, and is not shown", async () => {
  const { code, stderr } = await host.run(["rotate", "jwt", "prod", "--yes"], {
    TF_VAR_nocodb_jwt_secret: "given4711",
  });
  expect([code, stderr]).toEqual([
    1,
    "TF_VAR_nocodb_jwt_secret is given, so none is generated: set it to another value and deploy (npx cdktf deploy prod)\n",
  ]);
  expect(host.calls("npx")).toEqual([]);
});

test("a disabled NocoDB is refused", async () => {
  expect(await host.run(["rotate", "jwt", "off", "--yes"])).toEqual({
    code: 1,
    stdout: "",
    stderr: 'subdomain: "": NocoDB is disabled in off; set it and deploy, then rotate\n',
  });
});

test("without a terminal it changes nothing unless --yes is given", async () => {
  const { code, stderr } = await host.run(["rotate", "jwt", "prod"]);
  expect(code).toBe(64);
  expect(stderr).toContain(
    "new secret that signs sessions (everybody is signed out; API tokens stay valid)? Add --yes",
  );
  expect(host.calls("npx")).toEqual([]);
});

test("a deploy that fails is a failure, whatever its own exit code is", async () => {
  host.standIn("npx", "exit 2");
  expect(await host.run(["rotate", "jwt", "prod", "--yes"])).toMatchObject({ code: 1 });
});
