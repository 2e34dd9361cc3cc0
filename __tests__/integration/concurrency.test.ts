import { beforeAll, describe, expect, test } from "vitest";
import { CADDYFILE, ownCaddy, respond, siteName } from "./caddy.js";
import { ownPostgresql } from "./containers.js";
import { asRoot, type Input, run, scratch } from "./host.js";

const directory = scratch("at_once");
const caddy = ownCaddy("at_once");
const postgresql = ownPostgresql();
const records = `${directory}/records`;
const site = siteName("once");

const recorded = (key: string) => ({ records, key, status: "new" });
const ofCaddy = { caddy: caddy.container, caddyfile: caddy.caddyfile, sites_directory: "" };
const siteInput: Input = { ...recorded("site"), ...ofCaddy, site, text: respond(site, "one") };
const inputs: Record<string, Input> = {
  "host-directory/apply": { ...recorded("directory"), path: `${directory}/there`, owner: "1000:1000", mode: "0700" },
  "host-file/apply": {
    ...{ ...recorded("file"), path: `${directory}/a.env`, owner: "root", mode: "0600" },
    content: "PASSWORD=x1\n",
  },
  "postgres-database/apply": {
    ...{ ...recorded("database"), container: postgresql, superuser: "postgres", role: "it_once", database: "it_once" },
    ...{ owned_tables: "", secrets: `${directory}/secrets`, password_name: "PASSWORD" },
  },
  "caddy-site/apply": siteInput,
};

beforeAll(() => asRoot('umask 077; mkdir "$1/secrets"; echo "PASSWORD=long enough" >"$1/secrets/values"', directory));

const left = () => asRoot('find "$1" "$2" -name ".*" -not -name .history -printf "%P\\n"', directory, caddy.directory);

describe.each(Object.entries(inputs))("%s", (program, input) => {
  test("three times at once: each succeeds, and no temporary file stays", async () => {
    const outcomes = await Promise.all([1, 2, 3].map(() => run(program, input)));
    expect(outcomes.map(({ code, stderr }) => [code, stderr])).toEqual(outcomes.map(() => [0, ""]));
    expect(await left()).toBe("");
  });

  test("while another command works: it waits, and names it after the timeout", async () => {
    const lock = `/run/${records.slice(1).replaceAll("/", "-")}.lock`;
    const holding = asRoot('exec 8>>"$1"; flock 8; echo "a restore, process 1, since today" >"$1"; sleep 2', lock);
    await asRoot('until ! flock -n "$1" true; do sleep 0.05; done', lock);
    const { code, stderr } = await run(program, input, { inject: "impatiently" });
    expect(code).toBe(1);
    expect(stderr).toContain("Another command has been at work on this host for more than 600 s: ");
    expect(stderr).toContain("a restore, process 1, since today");
    await holding;
  });
});

test("a Caddyfile that a killed run has half written is put back before the next run edits it", async () => {
  const other = { ...siteInput, text: respond(site, "a longer one than before") };
  const whole = await caddy.read();
  const killed = await run("caddy-site/apply", other, { inject: "half-written" });
  expect(killed.code).not.toBe(0);
  const half = await caddy.read();
  expect(half.length).toBeLessThan(whole.length);
  expect(await caddy.read()).not.toContain(CADDYFILE);

  const { code, stdout, stderr } = await run("caddy-site/apply", other);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("was half written by a run that was killed: its previous content is put back");
  const repaired = await caddy.read();
  expect(repaired).toContain(CADDYFILE);
  expect(repaired).toContain("a longer one than before");
  expect(await left()).toBe("");
});
