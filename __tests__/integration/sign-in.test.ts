import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../lab/command.js";
import { asRoot, connection, HOSTILE, instance, scratch } from "./host.js";

const directory = scratch("sign_in");
const root = fileURLToPath(new URL("../..", import.meta.url));
const environments = mkdtempSync(join(tmpdir(), "environments-"));
afterAll(() => rmSync(environments, { recursive: true }));

const environment = (baseDirectory: string) => `project: it
domain: ${instance.domain}
ssh:
  host: ${connection.host}
  port: ${connection.port}
  user: ${connection.user}
  identityFile: ${connection.identityFile}
  knownHosts: ${connection.knownHosts}
baseDirectory: ${baseDirectory}
`;

const password = Object.values(HOSTILE).join(" ");
const lines = {
  NC_DB: "pg://postgresql:5432?u=nocodb&p=sesame&d=nocodb",
  NC_PUBLIC_URL: "https://it.example.com",
  NC_ADMIN_EMAIL: "admin+it@example.com",
  NC_ADMIN_PASSWORD: password,
  OLD_NC_ADMIN_PASSWORD: "former",
};

beforeAll(async () => {
  writeFileSync(join(environments, "it.yaml"), environment(directory));
  writeFileSync(join(environments, "never.yaml"), environment(`${directory}/never`));
  writeFileSync(join(environments, "wrong.yaml"), environment("opt/it"));
  const text = Object.entries(lines).map(([name, value]) => `${name}=${value}\n`);
  await asRoot(
    'mkdir -p "$1" && printf %s "$2" >"$1/nocodb.env" && chmod 0600 "$1/nocodb.env"',
    `${directory}/configs/nocodb`,
    text.join(""),
  );
});

const signIn = (...words: string[]) =>
  run([process.execPath, "--import", "tsx", "commands/sign-in.ts", ...words], {
    cwd: root,
    env: { NOCODB_ENVIRONMENTS: environments },
  });

test("prints where and as whom to sign in, to the sign, and nothing else; twice", async () => {
  const said = `url       ${lines.NC_PUBLIC_URL}\nemail     ${lines.NC_ADMIN_EMAIL}\npassword  ${password}\n`;
  for (const _ of ["once", "twice"]) expect(await signIn("it")).toEqual({ code: 0, stdout: said, stderr: "" });
});

test("says so where nothing was deployed yet", async () => {
  const file = `${directory}/never/configs/nocodb/nocodb.env`;
  expect(await signIn("never")).toEqual({ code: 1, stdout: "", stderr: `${file} is not there: deploy first\n` });
});

test("names the environments there are where it is given none, or one that is unknown", async () => {
  for (const words of [[], ["prod"]]) {
    const { code, stdout, stderr } = await signIn(...words);
    expect([code, stdout, stderr]).toEqual([2, "", "usage: npm run sign-in -- ENVIRONMENT (one of: it, never)\n"]);
  }
});

test("tells what is wrong with the environment file", async () => {
  const { code, stdout, stderr } = await signIn("wrong");
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/wrong\.yaml.*baseDirectory.*opt\/it/s);
});

test("tells which settings to look at where the host cannot be reached", async () => {
  writeFileSync(join(environments, "it.yaml"), environment(directory).replace(/port: \d+/, "port: 1"));
  const { code, stdout, stderr } = await signIn("it");
  expect([code, stdout]).toEqual([255, ""]);
  expect(stderr).toContain("ssh.host, ssh.port, ssh.user, ssh.identityFile and ssh.knownHosts of the environment file");
});
