import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { must, run } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { Running } from "../../lab/running.js";
import { eventually } from "../../lab/site.js";
import { remove, start } from "./containers.js";
import { asRoot, environmentText, instance, scratch } from "./host.js";

const directory = scratch("logs");
const root = fileURLToPath(new URL("../..", import.meta.url));
const environments = mkdtempSync(path.join(tmpdir(), "environments-"));
const project = `${instance.name}-it`;
const container = `${project}_nocodb`;
const env = { NOCODB_ENVIRONMENTS: environments };
const command = (...words: string[]) => ["node", "bin/nocodb-host.mjs", "logs", "it", ...words];

const password = `it's "secret"`;
const program = `
const say = (text) => process.stdout.write(text);
say("token tok_0123");
setTimeout(() => say("4567 in two parts\\n"), 1000);
console.error(${JSON.stringify(`plain ${password}, encoded ${encodeURIComponent(password)}`)});
console.error(JSON.stringify({ password: ${JSON.stringify(password)} }));
setTimeout(() => say("started\\n"), 1500);
process.on("SIGUSR2", () => say("asked with tok_01234567\\n"));
setInterval(() => {}, 1000);`;

beforeAll(async () => {
  writeFileSync(
    path.join(environments, "it.yaml"),
    environmentText(directory).replace("project: it", `project: ${project}`),
  );
  const config = `${directory}/configs/nocodb`;
  const files = `mkdir -p "$1/secrets" "$1/records"; printf '%s\\n' "PASSWORD=$2" >"$1/secrets/values"
    printf 'NOCODB_BASE_URL=http://nocodb:8080\\nNOCODB_API_TOKEN=tok_01234567\\n' >"$1/n8n.env"
    printf 'status=new\\nkind=consumers\\nplace=n8n false %s/n8n.env\\n' "$1" >"$1/records/consumers"`;
  await asRoot(files, config, password);
  await start(container, IMAGES.nocodb, ["--entrypoint", "node"], ["-e", program]);
  await eventually(20, async () => expect(await must(["docker", "logs", container])).toContain("started"));
});
afterAll(async () => {
  await remove(container);
  rmSync(environments, { recursive: true });
});

test("every secret is masked on the host: in parts, in a URL, in JSON", async () => {
  const { code, stdout } = await run(command("--since", "10m"), { cwd: root, env });
  expect([code, stdout.split("\n").sort()]).toEqual([
    0,
    ["", "plain ********, encoded ********", "started", "token ******** in two parts", '{"password":"********"}'],
  ]);
});

test("--follow prints a line as soon as it is there, and Ctrl-C ends both sides", async () => {
  const following = new Running(command("--follow", "--tail", "1"), root, env);
  expect(await following.until((said) => said.includes("started\n"))).toBe(true);
  await must(["docker", "kill", "--signal", "USR2", container]);
  expect(await following.until((said) => said.includes("asked with ********\n"))).toBe(true);
  following.signal("SIGINT");
  expect(await following.ended).toBe(130);
  const left = 'grep -lz "^logs$" /proc/[0-9]*/cmdline 2>/dev/null || true; ls -d /run/tmp.* 2>/dev/null || true';
  await eventually(10, async () => expect(await asRoot(left)).toBe(""));
});

test("a container that does not exist is named", async () => {
  await remove(container);
  const { code, stderr } = await run(command(), { cwd: root, env });
  expect([code, stderr]).toEqual([1, expect.stringContaining(`container ${container} does not exist`)]);
});
