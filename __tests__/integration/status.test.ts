import { afterAll, beforeAll, expect, test } from "vitest";
import { rowsIn } from "../../cli/status/rows.js";
import { releaseKey } from "../../constructs/service-container/image-reference.js";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { ownCaddy, respond, siteName } from "./caddy.js";
import { ANSWERS, ownName, ownPostgresql, remove, sql, start } from "./containers.js";
import { asRoot, instance, run, scratch } from "./host.js";

const directory = scratch("status");
const records = `${directory}/records`;
const secrets = `${directory}/secrets`;
const backups = `${directory}/backups`;
const file = `${directory}/it.env`;
const postgresql = ownPostgresql();
const caddy = ownCaddy("status");
const service = ownName("with_status");
const site = siteName("status");
const { name: network } = instance.backend;

/** What an environment file would promise, by the row. */
const promised = (over: Readonly<Record<string, string>> = {}) => ({
  docker: "docker",
  work: "work",
  container: `container ${service}`,
  image: `image ${service} it ${IMAGES.nocodb} ${releaseKey(IMAGES.nocodb)}`,
  memory: `memory ${service} 128`,
  restarts: `restarts ${service}`,
  health: `health ${service} ${postgresql}`,
  networks: `networks ${service} it-status ${network}`,
  site: `site ${service} ${caddy.container} ${caddy.caddyfile} ${site} /`,
  certificate: `certificate ${caddy.container} ${caddy.caddyfile} ${site} /`,
  gate: `gate ${caddy.container} ${caddy.caddyfile} ${site} /`,
  database: `database ${postgresql} postgres it_status`,
  files: "kept file",
  backups: `backups ${backups} it-status-backup it`,
  schedule: "schedule it-status-backup",
  disk: `disk 1 ${directory}`,
  "last deploy": "last_deploy",
  ...over,
});

/** The rows by their names. */
async function rowsOf(promises: Readonly<Record<string, string>>, more = {}) {
  const given = { records: records, environment: "it", promises: Object.values(promises).join("\n"), ...more };
  const { code, stdout, stderr } = await run("remote-host/report-status", given);
  expect([code, stderr]).toEqual([0, ""]);
  return rowsIn(
    stdout,
    Object.entries(promises).map(([name, line]) => ({ name, line })),
  );
}

/** The rows by their names, each as its result and its words. */
async function status(promises: Readonly<Record<string, string>>, more = {}) {
  const rows = await rowsOf(promises, more);
  return Object.fromEntries(rows.map(({ name, result, detail }) => [name, `${result}: ${detail}`]));
}

beforeAll(async () => {
  await asRoot('mkdir "$1" && echo PASSWORD=sesame >"$1/values"', secrets);
  const limits = ["--memory", "128m", "--memory-swap", "128m", "--network", network, "--network-alias", "it-status"];
  await start(service, IMAGES.nocodb, limits, ["sh", "-c", ANSWERS]);
  const thing = (key: string) => ({ records: records, key, status: "new" });
  const database = { container: postgresql, superuser: "postgres", role: "it_status", database: "it_status" };
  const url = "http://127.0.0.1:8080/";
  const outcomes = [
    await run("host-file/apply", { ...thing("file"), path: file, owner: "deploy", mode: "0600", content: "A=1" }),
    await run("postgres-database/apply", {
      ...{ ...thing("database"), ...database, owned_tables: "^nc_", secrets, password_name: "PASSWORD" },
    }),
    await caddy.apply(site, respond(site, "here"), thing("site")),
    await run("service-container/wait-healthy", {
      ...{
        ...thing("service"),
        container_key: "shape",
        container_status: "new",
        name: service,
        url,
        database_url: url,
      },
      ...{
        service: "it",
        image: IMAGES.nocodb,
        release: releaseKey(IMAGES.nocodb),
        version: "unknown",
        grace_period: "2",
        secrets,
        timeout: "20",
      },
    }),
  ];
  expect(outcomes.map(({ code, stderr }) => [code, stderr])).toEqual(outcomes.map(() => [0, ""]));
  const metadata = 'mkdir -p "$1" && printf "made=%s\\nreason=it\\n" "$(date +%s)" >"$1/metadata"';
  await asRoot(metadata, `${backups}/2026-11-29T030000Z-1`);
});
afterAll(() => remove(service));

test("on a good host every row is fine, and says what is there", async () => {
  const rows = await status(promised());
  expect(Object.entries(rows).filter(([, row]) => !row.startsWith("ok: "))).toEqual([]);
  expect(rows.container).toMatch(/^ok: running for \d+ (seconds|minutes)$/);
  expect(rows.memory).toMatch(/^ok: [\d.]+MiB in use of 128M, reservation 0M, cpus 0$/);
  expect(rows.site).toBe(`ok: https://${site} answers 200 to the host`);
  expect(rows.certificate).toMatch(/^ok: valid for \d+ hours more, until .* UTC, issued by Caddy Local Authority/);
  expect(rows.gate).toMatch(/^ok: 200:[\d.]+( 200:[\d.]+)*$/);
  expect(rows.database).toMatch(/^ok: it_status in container \S+, \d+ (kB|MB), PostgreSQL \d+/);
  expect(rows.backups).toMatch(/^ok: newest made \d+ seconds ago \(it\), .*; no restore test was done$/);
  expect(rows["last deploy"]).toMatch(/^ok: \d+ (seconds|minutes) ago by \S+@\S+, in \d+ s$/);
});

test("the newest backup that is not copied is named, and so is a copy that failed", async () => {
  const copies = { copies: `copies ${backups} it 90 /mnt/copies` };
  const { copies: none } = await status(copies);
  expect(none).toBe("wrong: the newest backup, 2026-11-29T030000Z-1, is not copied to /mnt/copies");
  const last = (result: string) => `backup-copy=2026-11-29T03:00:05Z 2026-11-29T030000Z-1 ${result}`;
  const copied = async (result: string) => {
    await asRoot('printf "%s\n" "$2" >"$1/.backup-copy-it"', records, last(result));
    return (await status(copies)).copies;
  };
  expect(await copied("failed disk full")).toMatch(/^wrong: the last copy failed: .* failed disk full$/);
  expect(await copied("passed 1 copied")).toMatch(/^ok: to \/mnt\/copies, kept for 90 days; .* passed 1 copied$/);
});

test("what a plan would refuse has a fix of its own, because a deploy would not help", async () => {
  const envFile = `${directory}/n8n.env`;
  await asRoot('echo A=1 >"$1" && chmod 0644 "$1"', envFile);
  const older = "nocodb/nocodb:0.1.0";
  const rows = await rowsOf({
    image: `image ${service} it ${older} ${releaseKey(older)}`,
    consumer: `consumer n8n false error ${envFile} without a base`,
  });
  expect(rows).toEqual([
    {
      ...{ name: "image", result: "wrong" },
      detail: `image ${older} is older than ${IMAGES.nocodb}, which has migrated the database`,
      fix: "restore a backup, which also sets the image (npx nocodb-host backup restore it), or keep the newer image in the environment file",
    },
    {
      ...{ name: "consumer", result: "wrong" },
      detail: `consumers.n8n.envFile: everyone on the host can read ${envFile}, which will hold a token`,
      fix: `chmod o-r ${envFile} (or set consumers.n8n.ownFile to true)`,
    },
  ]);
});

test("what prevents a deploy is told once, where a deploy would be the fix", async () => {
  const recorded = `${records}/.requirements`;
  await asRoot('printf "0\\nnetwork it_missing\\n" >"$1"; chmod 0644 "$2"', recorded, file);
  const fixes = (await rowsOf({ files: "kept file", absent: `absent ${service}` })).map(({ fix }) => fix);
  await asRoot('rm "$1"; chmod 0600 "$2"', recorded, file);
  expect(fixes).toEqual([
    expect.stringMatching(/^a deploy stops before it changes anything: network it_missing is missing on the host: /),
    "npx cdktf deploy it, after the above",
  ]);
});

test("eight things wrong at once are one cross each; what depends on them is unknown, never fine", async () => {
  await must(["docker", "stop", "--time", "1", service, postgresql]);
  await caddy.write((await caddy.read()).replace("here", "there"));
  await asRoot('chmod 0644 "$1"; rm -r "$2"', file, backups);
  await asRoot(`sed -i 's/\\x1fdone\\x1f/\\x1ffailed\\x1f/' "$1/.history"`, records);
  const rows = await status(
    promised({ networks: `networks ${service} it-status ${network} it_missing`, disk: `disk 999999999 ${directory}` }),
  );
  const crosses = Object.entries(rows).filter(([, row]) => row.startsWith("wrong: "));
  expect(Object.fromEntries(crosses.map(([name, row]) => [name, row.slice(7)]))).toEqual({
    container: "container exited",
    networks: expect.stringContaining("network it_missing is missing on the host"),
    site: "site edited",
    database: `container ${postgresql} is exited`,
    files: `${file}: mode 0644, not 0600`,
    backups: `there is no backup in ${backups}`,
    disk: expect.stringMatching(/^the disk is full: \d+ MiB free in \S+, at least 999999999 are needed$/),
    "last deploy": expect.stringMatching(/^failed .* ago by /),
  });
  for (const name of ["memory", "restarts", "health"] as const) {
    expect(rows[name]).toBe(`unknown: container ${service} is exited`);
  }
});

test("what is not found out in time is unknown, and the others are reported", async () => {
  await must(["docker", "start", postgresql, service]);
  await must(["docker", "pause", postgresql]);
  try {
    const rows = await status(promised(), { seconds: "3" });
    expect(rows.docker).toMatch(/^ok: Docker /);
    expect(rows.container).toMatch(/^ok: running/);
    expect(rows.database).toMatch(/^(wrong|unknown): /);
  } finally {
    await must(["docker", "unpause", postgresql]);
    await sql(postgresql, "SELECT 1");
  }
});
