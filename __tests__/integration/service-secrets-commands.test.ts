/** `nocodb-host secret` over real SSH, on a host without a deploy. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectedSecrets } from "../../constructs/service-secrets/secret.js";
import { run as command } from "../../lab/command.js";
import { recordFault } from "../fault.js";
import { watchCommandLines } from "./command-lines.js";
import { asRoot, environmentText, run, scratch } from "./host.js";

const directory = scratch("secret_commands");
const configs = `${directory}/configs/nocodb`;
const secrets = `${configs}/secrets`;
const root = fileURLToPath(new URL("../..", import.meta.url));
const environments = mkdtempSync(join(tmpdir(), "environments-"));
afterAll(() => rmSync(environments, { recursive: true }));

/** Every character that a shell, a URL or an encoding could stumble over, with blanks at both ends. */
const HOSTILE = "  0pen&%#'s3same\"$`\\{}~é $(id) ${HOME}  ";

beforeAll(() => {
  writeFileSync(
    join(environments, "it.yaml"),
    `${environmentText(directory)}secrets: [NC_SMTP_PASSWORD]
`,
  );
});
beforeEach(() => asRoot('rm -rf -- "$1"', `${directory}/configs`));

const PROGRAM = [process.execPath, "bin/nocodb-host.mjs", "secret"];
const env = { NOCODB_ENVIRONMENTS: environments };
const secret = (verb: string, words: readonly string[] = [], input = "") =>
  command([...PROGRAM, verb, "it", ...words], { cwd: root, env, input });
const set = (name: string, value: string) => secret("set", [name], `${value}\n`);
const pending = () => asRoot('cat -- "$1"', `${secrets}/pending`);
/** The directory as a deploy leaves it. */
const use = (text: string) => asRoot('umask 077; mkdir -p "$1"; printf %s "$2" >"$1/values"', secrets, text);

describe("set", () => {
  test("leaves the value on the host, byte for byte, for root alone, and prints nothing of it", async () => {
    expect(await set("NC_SMTP_PASSWORD", HOSTILE)).toEqual({
      code: 0,
      stdout:
        "pending: NC_SMTP_PASSWORD: the next deploy puts the new value into use\nnpx cdktf deploy it restarts NocoDB with it\n",
      stderr: "",
    });
    expect(await pending()).toBe(`NC_SMTP_PASSWORD=${HOSTILE}\n`);
    expect(await asRoot('stat -c "%a %U:%G %n" -- "$1"/secrets "$1"/secrets/*', configs)).toBe(
      `700 root:root ${secrets}\n600 root:root ${secrets}/pending\n`,
    );
    expect(
      await asRoot(
        'find "$1" -type f -perm /077 -exec grep -l s3same {} +; grep -l s3same "$2"/* || true',
        configs,
        "/run",
      ),
    ).toBe("");
  });

  test("twice at once for each of three secrets: nothing is lost, and no temporary file stays", async () => {
    const names = ["NC_SMTP_PASSWORD", "DATABASE_PASSWORD", "NC_AUTH_JWT_SECRET"];
    const outcomes = await Promise.all([...names, ...names].map((name) => set(name, `of ${name}`)));
    expect(outcomes.map(({ code, stderr }) => [code, stderr])).toEqual(outcomes.map(() => [0, ""]));
    expect((await pending()).trim().split("\n").sort()).toEqual(names.map((name) => `${name}=of ${name}`).sort());
    expect(await asRoot('ls -A "$1"', secrets)).toBe("pending\n");
  });

  test("of the encryption key is refused if NocoDB has run with another one", async () => {
    await use("NC_CONNECTION_ENCRYPT_KEY=the key\n");
    const begun = performance.now();
    const { code, stdout, stderr } = await set("encryption-key", "s3same key");
    const seconds = (performance.now() - begun) / 1000;
    const seen = "NC_CONNECTION_ENCRYPT_KEY: the service has run with another value";
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(seen);
    expect(stderr).not.toContain("s3same");
    expect(await asRoot('ls -A "$1"; cat "$1/values"', secrets)).toBe("values\nNC_CONNECTION_ENCRYPT_KEY=the key\n");
    const cause = "an encryption key is set, and NocoDB runs with another one";
    recordFault({ cause, command: "npx nocodb-host secret set", seen, seconds, preserved: "the key; NocoDB serves" });
  });
});

describe("a run on the host", () => {
  const input = { secrets, records: `${configs}/records`, name: "NC_SMTP_PASSWORD", value: HOSTILE };
  const expected = expectedSecrets([{ name: "NC_SMTP_PASSWORD", policy: "given", title: "mail" }]);

  test("that is killed before the rename changes nothing, and the next one removes what it left", async () => {
    await set("NC_SMTP_PASSWORD", "former");
    const faultInput = { kill_at: "1", kill_with: "KILL", steps: `${directory}/steps` };
    const killed = await run("service-secrets/set", { ...input, expected }, { inject: "killed", faultInput });
    expect(killed.code).not.toBe(0);
    expect(await pending()).toBe("NC_SMTP_PASSWORD=former\n");
    expect(await asRoot('stat -c %a -- "$1"/.pending.*', secrets)).toBe("600\n");
    await set("NC_SMTP_PASSWORD", "next");
    expect(await asRoot('ls -A "$1"; cat "$1/pending"', secrets)).toBe("pending\nNC_SMTP_PASSWORD=next\n");
  });

  test("shows the value on no command line of either side, and in no file that others can read", async () => {
    const flag = `${directory}/done`;
    const WATCH = `
until [ -e "$2" ]; do
  cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\000" " " || true
  echo
  find "$1" -type f -perm /077 -exec cat {} + 2>/dev/null || true
done`;
    await asRoot('mkdir -p "$1"', configs);
    const watching = asRoot(WATCH, configs, flag);
    const here = watchCommandLines();
    const { code } = await run("service-secrets/set", { ...input, expected }, { inject: "slowly" });
    const again = await set("NC_SMTP_PASSWORD", `${HOSTILE}again`);
    await asRoot(': >"$1"', flag);
    const seen = [await watching, here.stop()];
    expect([code, again.code]).toEqual([0, 0]);
    expect(seen[0]).toMatch(/sh -s/);
    expect(seen[1]).toMatch(/nocodb-host\.mjs secret set it/);
    for (const each of seen) expect(each).not.toMatch(/0pen|s3same/);
  });
});

test("rotate leaves a generated value, which replaces a pending one and is not printed", async () => {
  await set("database", "s3same by hand");
  const { code, stdout, stderr } = await secret("rotate", ["database"]);
  expect([code, stderr]).toEqual([0, ""]);
  const [, value] = /^DATABASE_PASSWORD=([A-Za-z0-9]{40})\n$/.exec(await pending())!;
  expect(stdout).toBe(
    "pending: database password: the next deploy puts the new value into use\nnpx cdktf deploy it restarts NocoDB with it\n",
  );
  expect(stdout).not.toContain(value);
});

test("list shows what is in use, pending and missing, without values", async () => {
  await use("DATABASE_PASSWORD=s3same\nNC_AUTH_JWT_SECRET=s3same\n");
  await asRoot('touch -d "@$(($(date +%s) - 7200))" "$1/values"', secrets);
  await secret("rotate", ["jwt"]);
  const { code, stdout, stderr } = await secret("list");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^NAME +POLICY +STATE\nDATABASE_PASSWORD +generated +in use for 2 hours\n/);
  expect(stdout).toMatch(/\nNC_AUTH_JWT_SECRET +generated +in use for 2 hours; new value pending for \d+ seconds?\n/);
  expect(stdout).toMatch(/\nNC_CONNECTION_ENCRYPT_KEY +pinned +missing\nNC_SMTP_PASSWORD +given +missing\n$/);
  expect(stdout).not.toContain("s3same");
});

describe("on a terminal", () => {
  /** Answers the questions of `secret set` on a pseudo-terminal, and shows its modes afterwards. */
  function type(...answers: string[]): Promise<string> {
    const words = `${PROGRAM.join(" ")} set it NC_SMTP_PASSWORD; echo "exit code $?"; stty -a`;
    const child = spawn("script", ["-q", "-e", "-c", words, "/dev/null"], {
      cwd: root,
      env: { ...process.env, ...env },
    });
    return new Promise((resolve) => {
      let shown = "";
      let answered = 0;
      child.stdout.on("data", (data: Buffer) => {
        shown += data;
        const asked = [...shown.matchAll(/not shown\): |again: /g)].length;
        for (; answered < asked; answered++) child.stdin.write(answers[answered] ?? "");
      });
      child.on("close", () => resolve(shown));
    });
  }

  test("what is typed is not shown, and arrives", async () => {
    const shown = await type(`${HOSTILE}\r`, `${HOSTILE}\r`);
    expect(shown).toContain("exit code 0");
    expect(shown).not.toContain("s3same");
    expect(await pending()).toBe(`NC_SMTP_PASSWORD=${HOSTILE}\n`);
  });

  test("Ctrl-C changes nothing, and the terminal shows again what is typed", async () => {
    const shown = await type("s3same\x03");
    expect(shown).toContain("Stopped, and nothing was changed.");
    expect(shown).toContain("exit code 130");
    expect(shown).toMatch(/ icanon .* echo /s);
    expect(shown).not.toContain("s3same");
    expect(await asRoot('[ -e "$1" ] || echo none', secrets)).toBe("none\n");
  });
});
