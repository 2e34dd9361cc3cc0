import { beforeAll, describe, expect, test } from "vitest";
import { CADDYFILE, ownCaddy, respond, siteName } from "./caddy.js";
import { ownPostgresql } from "./containers.js";
import { aside, asRoot, type Input, run, scratch } from "./host.js";

const directory = scratch("at_once");
const caddy = ownCaddy("at_once");
const postgresql = ownPostgresql();
const manifest = `${directory}/manifest`;
const site = siteName("once");

const noted = (key: string) => ({ manifest, key, observed: "new" });
const ofCaddy = { caddy: caddy.container, caddyfile: caddy.caddyfile, sites_directory: "" };
const changes: Record<string, { scripts: string[]; input: Input }> = {
  "ensure-directory.sh": {
    scripts: ["common.sh", "ensure-directory.sh"],
    input: { ...noted("directory"), path: `${directory}/there`, owner: "1000:1000", mode: "0700" },
  },
  "write-file.sh": {
    scripts: ["common.sh", "write-file.sh"],
    input: {
      ...noted("file"),
      path: `${directory}/a.env`,
      owner: "root",
      mode: "0600",
      unchanging: "",
      content: "PASSWORD=x1\n",
    },
  },
  "ensure-database.sh": {
    scripts: ["common.sh", "ensure-database.sh"],
    input: {
      ...{ ...noted("database"), container: postgresql, superuser: "postgres", role: "it_once", database: "it_once" },
      ...{ password_file: `${directory}/password.env`, password_variable: "PASSWORD" },
    },
  },
  "ensure-site.sh": {
    scripts: ["common.sh", "block.sh", "caddy.sh", "ensure-site.sh"],
    input: { ...noted("site"), ...ofCaddy, site, text: respond(site, "one") },
  },
};

beforeAll(() => asRoot('umask 077; echo "PASSWORD=long enough" >"$1/password.env"', directory));

const left = () => asRoot('find "$1" "$2" -name ".*" -printf "%P\\n"', directory, caddy.directory);

describe.each(Object.entries(changes))("%s", (_, { scripts, input }) => {
  test("three times at once: each ends well, and nothing is left behind", async () => {
    const outcomes = await Promise.all([1, 2, 3].map(() => run(scripts, input)));
    expect(outcomes.map(({ code, stderr }) => [code, stderr])).toEqual(outcomes.map(() => [0, ""]));
    expect(await left()).toBe("");
  });

  test("while another command is at work: it waits, and names it when it has waited long enough", async () => {
    const lock = `/run/${manifest.slice(1).replaceAll("/", "-")}.lock`;
    const holding = asRoot('exec 8>>"$1"; flock 8; echo "a restore, process 4711, since today" >"$1"; sleep 2', lock);
    await asRoot('until ! flock -n "$1" true; do sleep 0.05; done', lock);
    const { code, stderr } = await run([scripts[0]!, aside("impatiently.sh"), ...scripts.slice(1)], input);
    expect(code).toBe(1);
    expect(stderr).toContain("Another command is at work on this host, and was waited for");
    expect(stderr).toContain("a restore, process 4711, since today");
    await holding;
  });
});

test("a Caddyfile that a killed run has left half written is put back before the next one edits it", async () => {
  const { scripts, input } = changes["ensure-site.sh"]!;
  const other = { ...input, text: respond(site, "a longer one than before") };
  const whole = await caddy.read();
  const killed = await run([...scripts.slice(0, 3), aside("half-written.sh"), scripts[3]!], other);
  expect(killed.code).not.toBe(0);
  const half = await caddy.read();
  expect(half.length).toBeLessThan(whole.length);
  expect(await caddy.read()).not.toContain(CADDYFILE);

  const { code, stdout, stderr } = await run(scripts, other);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("was left half written by a run that was killed, and is put back");
  const mended = await caddy.read();
  expect(mended).toContain(CADDYFILE);
  expect(mended).toContain("a longer one than before");
  expect(await left()).toBe("");
});
