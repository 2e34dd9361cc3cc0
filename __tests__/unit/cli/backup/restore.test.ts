import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { environmentText } from "../../support/environment-text.js";
import { inputIn, NocodbHost } from "../../support/nocodb-host.js";

const name = "2026-11-24T030000Z-2026.08.0";
const image = "nocodb/nocodb:2026.08.0";
const metadata = `service=nocodb\nimage=${image}\nrole=nocodb\nadmin=admin@example.com\ndata.tar=0\n`;
const preview = `backup ${name}, made 2026-11-24 03:00:00 UTC, by schedule\nwritten since, and lost: 3 rows inserted\n`;

let host: NocodbHost;
beforeEach(() => {
  host = new NocodbHost({ prod: { acknowledgements: { "image-below-security-floor": "for this test" } } });
  host.standIn("npx", "exit 0");
  answer();
});
afterEach(() => host.remove());

/** The host shows a backup, and restores it with that exit code. */
function answer({ restored = 0, lines = metadata } = {}): void {
  const shown = `cat <<'TEXT'\n${preview}${lines}TEXT`;
  host.standIn("ssh", `if grep -q "^confirmed='no'" "$sent"; then\n${shown}\nelse exit ${restored}; fi`);
}

const confirmed = () => host.calls("ssh").map(({ sent }) => inputIn(sent, "confirmed"));
const environmentFile = () => readFileSync(path.join(host.environments, "prod.yaml"), "utf8");

describe("a restore", () => {
  test("shows what would be lost, restores, sets the image, and deploys", async () => {
    host.write(
      "prod",
      `# ours\n${environmentText({ acknowledgements: { "image-below-security-floor": "for this test" } })}`,
    );
    const { code, stdout, stderr } = await host.run(["backup", "restore", "prod", "--yes"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(
      `${preview}image then: ${image}, image in the environment file: nocodb/nocodb:2026.10.1\n` +
        `${path.relative(process.cwd(), path.join(host.environments, "prod.yaml"))}: image is now ${image}\nprod is deployed.\n`,
    );
    expect(environmentFile()).toMatch(new RegExp(`^# ours\\n[^]*\\nimage: ${image}\\n`));
    expect(host.calls("npx")[0]?.words).toBe("--no-install cdktf deploy prod --auto-approve");
    const [first, second] = host.calls("ssh");
    const names = ["container", "backup", "discard", "grace_period", "owned_tables"];
    expect(names.map((each) => inputIn(first!.sent, each))).toEqual(["acme_nocodb", "latest", "no", "10", "^(nc|xc)_"]);
    // The one that was shown, even if there is a newer one by now.
    expect(inputIn(second!.sent, "backup")).toBe(name);
  });

  test("by name, without a backup of what is there", async () => {
    await host.run(["backup", "restore", "prod", name, "--discard", "--yes"]);
    const [first] = host.calls("ssh");
    expect([inputIn(first!.sent, "backup"), inputIn(first!.sent, "discard")]).toEqual([name, "yes"]);
  });

  test("without a terminal shows what would be lost, names --yes, and changes nothing", async () => {
    const { code, stdout, stderr } = await host.run(["backup", "restore", "prod"]);
    expect(code).toBe(64);
    expect(stdout).toContain("written since, and lost: 3 rows inserted");
    expect(stderr).toContain(`Restore ${name} on docker.example.com? Add --yes to answer yes.`);
    expect([confirmed(), host.calls("npx")]).toEqual([["no"], []]);
  });

  test("is refused if backup and environment do not match, and nothing is changed", async () => {
    answer({ lines: metadata.replace("nocodb/nocodb", "example/other") });
    const { code, stderr } = await host.run(["backup", "restore", "prod", "--yes"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Nothing was changed, because the backup and the environment do not match:\n- image is .*another repository/,
    );
    expect(confirmed()).toEqual(["no"]);
  });

  test("that fails on the host is not deployed, and the image stays", async () => {
    answer({ restored: 1 });
    const before = environmentFile();
    expect(await host.run(["backup", "restore", "prod", "--yes"])).toMatchObject({ code: 1, stderr: "" });
    expect([environmentFile(), host.calls("npx")]).toEqual([before, []]);
  });

  test("whose deploy fails says what to run", async () => {
    host.standIn("npx", "echo 'Error: Caddy refuses the site' >&2; exit 7");
    const env = { CDKTF_OUTDIR: path.join(host.folder, "out/cdktf.out") };
    const { code, stderr } = await host.run(["backup", "restore", "prod", "--yes"], env);
    expect([code, stderr.split("\n").slice(0, 2)]).toEqual([
      1,
      [`${name} is restored, but the deploy failed: npx cdktf deploy prod`, "Error: Caddy refuses the site"],
    ]);
    const [, file] = /^deploying prod failed\. All that was printed: (.*)$/m.exec(stderr)!;
    expect(readFileSync(file!, "utf8")).toContain("Error: Caddy refuses the site");
  });

  test("of two backups is a usage error", async () => {
    const { code, stderr } = await host.run(["backup", "restore", "prod", name, "--from", `/srv/${name}`]);
    expect([code, stderr]).toEqual([64, `${name} and --from /srv/${name} name two backups: leave one out\n`]);
  });
});

describe("a restore from this machine", () => {
  let copy: string;
  beforeEach(() => {
    copy = path.join(host.folder, name);
    mkdirSync(copy);
    const sum = createHash("sha256").update("the dump").digest("hex");
    writeFileSync(path.join(copy, "metadata"), `${metadata.replace("data.tar=0\n", "")}database.dump=${sum}\n`);
    writeFileSync(path.join(copy, "database.dump"), "the dump");
    writeFileSync(path.join(copy, "data.tar"), "files");
    writeFileSync(path.join(copy, "secrets"), "");
  });

  /** The host is ready or not, and receives the backup in a directory. */
  function answerProbe(ready: boolean): void {
    const shown = `cat <<'TEXT'\n${preview}${metadata}TEXT`;
    host.standIn(
      "ssh",
      `if grep -q "^requirements=" "$sent"; then ${ready ? `echo '{"unrecorded":""}'` : "exit 1"}
elif grep -q "^directory=''" "$sent"; then echo /srv/.receiving.x
elif grep -q "^confirmed='no'" "$sent"; then
${shown}
fi`,
    );
  }

  const restoreFrom = (...words: string[]) => host.run(["backup", "restore", "prod", "--from", copy, ...words]);

  test("sends it once the host is ready, and restores it by its name", async () => {
    answerProbe(true);
    const { code, stderr } = await restoreFrom("--yes");
    expect([code, stderr]).toEqual([0, ""]);
    const calls = host.calls("ssh");
    expect(inputIn(calls[0]!.sent, "restoring")).toBe("yes");
    expect(inputIn(calls[1]!.sent, "sums")).toMatch(/\nsecrets=0 e3b0c442\w{56}$/);
    expect(calls[2]!.words).toMatch(/sudo -n tar -C \/srv\/\.receiving\.x --no-same-owner -xf -$/);
    expect(inputIn(calls[3]!.sent, "directory")).toBe("/srv/.receiving.x");
    expect(calls.slice(4).map(({ sent }) => inputIn(sent, "backup"))).toEqual([name, name]);
  });

  test("is refused before anything is asked if the directory does not exist", async () => {
    expect(await host.run(["backup", "restore", "prod", "--from", "/nowhere"])).toMatchObject({
      code: 1,
      stderr: "/nowhere is not a directory on this machine: name the copy that backup pull made\n",
    });
    expect(host.calls("ssh")).toEqual([]);
  });

  test("is refused before it is sent if the host is not ready", async () => {
    answerProbe(false);
    expect(await restoreFrom("--yes")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^docker\.example\.com is not ready for it \(see above\), and nothing was changed$/m,
      ),
    });
    expect(host.calls("ssh")).toHaveLength(1);
  });

  test.each([
    [
      "it was damaged",
      () => writeFileSync(path.join(copy, "database.dump"), "x"),
      "was changed after the backup was made",
    ],
    [
      "it does not match",
      () => writeFileSync(path.join(copy, "metadata"), metadata.replace("role=nocodb", "role=other")),
      "data.tar was changed",
    ],
  ])("is refused before any connection if %s", async (_, damage, message) => {
    damage();
    const { code, stderr } = await restoreFrom("--yes");
    expect([code, host.calls("ssh")]).toEqual([1, []]);
    expect(stderr).toContain(message);
  });

  test("without a terminal is refused before any connection", async () => {
    expect(await restoreFrom()).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("Add --yes to answer yes."),
    });
    expect(host.calls("ssh")).toEqual([]);
  });
});
