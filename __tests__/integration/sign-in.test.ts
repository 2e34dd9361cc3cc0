import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../lab/command.js";
import { asRoot, environmentText, HOSTILE, scratch } from "./host.js";

const directory = scratch("sign_in");
const root = fileURLToPath(new URL("../..", import.meta.url));
const environments = mkdtempSync(join(tmpdir(), "environments-"));
/** Another repository, because two environments of one may not share a project. */
const elsewhere = mkdtempSync(join(tmpdir(), "environments-"));
afterAll(() => {
  for (const each of [environments, elsewhere]) rmSync(each, { recursive: true });
});

const password = Object.values(HOSTILE).join(" ");
const lines = { NC_PUBLIC_URL: "https://it.example.com", NC_ADMIN_EMAIL: "admin+it@example.com" };
const secrets = { DATABASE_PASSWORD: "sesame", NC_ADMIN_PASSWORD: password, OLD_NC_ADMIN_PASSWORD: "former" };
const textOf = (values: Readonly<Record<string, string>>) =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");

beforeAll(async () => {
  writeFileSync(join(environments, "it.yaml"), environmentText(directory));
  writeFileSync(join(elsewhere, "never.yaml"), environmentText(`${directory}/never`));
  writeFileSync(join(environments, "wrong.yaml"), environmentText("opt/it"));
  await asRoot(
    'umask 077; mkdir -p "$1/secrets" && printf %s "$2" >"$1/nocodb.env" && printf %s "$3" >"$1/secrets/values"',
    `${directory}/configs/nocodb`,
    textOf(lines),
    textOf(secrets),
  );
});

const signIn = (name: string, from = environments) =>
  run([process.execPath, "bin/nocodb-host.mjs", "sign-in", name], { cwd: root, env: { NOCODB_ENVIRONMENTS: from } });

test("prints where and as whom to sign in, every character of it, and nothing else; twice", async () => {
  const stdout = `url       ${lines.NC_PUBLIC_URL}\nemail     ${lines.NC_ADMIN_EMAIL}\npassword  ${password}\n`;
  for (const _ of ["once", "twice"]) expect(await signIn("it")).toEqual({ code: 0, stdout, stderr: "" });
});

test("fails before the first deploy, with what to do", async () => {
  const file = `${directory}/never/configs/nocodb/nocodb.env`;
  expect(await signIn("never", elsewhere)).toEqual({
    code: 1,
    stdout: "",
    stderr: `${file} does not exist: deploy first\n`,
  });
});

test("names the known environments if it is given an unknown one", async () => {
  const { code, stdout, stderr } = await signIn("prod");
  expect([code, stdout]).toEqual([64, ""]);
  expect(stderr).toMatch(/prod\.yaml: does not exist; name one of: it, wrong\n$/);
});

test("prints the problems of an invalid environment file", async () => {
  const { code, stdout, stderr } = await signIn("wrong");
  expect([code, stdout]).toEqual([65, ""]);
  expect(stderr).toMatch(/wrong\.yaml.*baseDirectory.*opt\/it/s);
});

test("names the settings of the connection if the host cannot be reached", async () => {
  writeFileSync(join(environments, "it.yaml"), environmentText(directory).replace(/port: \d+/, "port: 1"));
  const { code, stdout, stderr } = await signIn("it");
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toContain("ssh.host, ssh.port, ssh.user, ssh.identityFile and ssh.knownHosts in the environment file");
});
