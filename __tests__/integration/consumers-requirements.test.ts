import { beforeAll, describe, expect, test } from "vitest";
import { PROBE } from "../../constructs/remote-host/probe.js";
import { ownPostgresql, sql } from "./containers.js";
import { asRoot, run, scratch } from "./host.js";
import { blockOf } from "./nocodb.js";

const directory = scratch("consumer_requirements");
const manifest = `${directory}/manifest`;
const path = (name: string) => `${directory}/${name}.env`;
const write = (name: string, content: string) => asRoot('umask 077; printf %s "$2" >"$1"', path(name), content);

/** What the probe finds wrong: a line for each; nothing where all is met. */
async function unmet(...requirements: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run(PROBE, { manifest, requirements: requirements.join("\n") });
  if (code === 0) {
    expect([stderr, JSON.parse(stdout)]).toEqual(["", { unrecorded: expect.any(String) }]);
    return [];
  }
  const [head, ...problems] = stderr.trimEnd().split("\n");
  expect([code, stdout, head]).toEqual([1, "", "The host is not ready, and nothing was changed on it:"]);
  return problems;
}

describe("the env file of a consumer", () => {
  const halves = (name: string) =>
    `the lines '# BEGIN nocodb ${name} (kept by cdktf)' and '# END nocodb ${name} (kept by cdktf)'`;

  beforeAll(async () => {
    await asRoot('mkdir "$1"', path("directory"));
    await write("plain", "A=1\n# NOCODB_API_TOKEN=commented out\nMY_NOCODB_API_TOKEN=another's\n");
    await write("ours", `A=1\n${blockOf("ours", "token")}B=1\n`);
    await write("own", "NOCODB_BASE_URL=http://nocodb:8080\nNOCODB_API_TOKEN=token\n");
    await write("half", "# BEGIN nocodb half (kept by cdktf)\nA=1\n");
    await write("twice", blockOf("twice", "token").repeat(2));
    await asRoot('umask 077; printf "A=\\0\\n" >"$1"', path("crashed"));
    await write("itself", "A=1\n export NOCODB_API_TOKEN = mine\r\nNOCODB_BASE_URL=http://example.com\n");
    await write("open", "A=1\n");
    await asRoot('chmod 0644 "$1"; ln -s "$2" "$3"', path("open"), path("plain"), path("linked"));
  });

  test("is told, all of them at once, where its lines could not be written or would not be what it reads", async () => {
    const said = await unmet(
      "env_file nowhere block create /no/such/directory/a.env",
      `env_file directory block create ${path("directory")}`,
      `env_file gone block error ${path("gone")}`,
      `env_file half block error ${path("half")}`,
      `env_file twice block error ${path("twice")}`,
      `env_file crashed block error ${path("crashed")}`,
      `env_file itself block error ${path("itself")}`,
      `env_file open block error ${path("open")}`,
      `env_file plain file create ${path("plain")}`,
    );
    expect(said).toEqual([
      "- consumers.nowhere.envFile: directory /no/such/directory is not there on the host: create it, or correct the path",
      `- consumers.directory.envFile: ${path("directory")} is no file on the host: correct the path`,
      `- consumers.gone.envFile: ${path("gone")} is not there on the host: correct the path, or set consumers.gone.missingFile to create`,
      `- consumers.half.envFile: ${path("half")}: ${halves("half")} must stand there once each, or not at all: mend it by hand`,
      `- consumers.twice.envFile: ${path("twice")}: ${halves("twice")} must stand there once each, or not at all: mend it by hand`,
      `- consumers.crashed.envFile: ${path("crashed")}: it holds NUL bytes, as a crash of the host leaves them, and is no text file: mend it by hand`,
      `- consumers.itself.envFile: ${path("itself")} sets NOCODB_BASE_URL, NOCODB_API_TOKEN or NOCODB_INTERNAL_URL itself (line 2 3), and which of two lines counts is up to the reader: remove those lines`,
      `- consumers.open.envFile: everyone on the host can read ${path("open")}, and a token shall stand in it: chmod o-r ${path("open")} (or set consumers.open.ownFile to true)`,
      `- consumers.plain.envFile: ${path("plain")} holds other lines, and with consumers.plain.ownFile the whole file would be replaced: name another file, or set ownFile to false`,
    ]);
  });

  test("is right with any lines of others, with a block of its own, behind a link, or where it may be created", async () => {
    const met = [
      ...[`env_file plain block error ${path("plain")}`, `env_file ours block error ${path("ours")}`],
      ...[`env_file linked block error ${path("linked")}`, `env_file gone block create ${path("gone")}`],
      ...[`env_file own file create ${path("own")}`, `env_file own file error ${path("gone")}`],
    ];
    expect(await unmet(...met)).toEqual([]);
  });

  test("is changed by none of this", async () => {
    expect(await asRoot('ls "$1"', directory)).not.toContain("gone");
    expect(await asRoot('cat "$1"', path("ours"))).toBe(`A=1\n${blockOf("ours", "token")}B=1\n`);
  });
});

describe("the super admin in NocoDB's database", () => {
  const postgresql = ownPostgresql();
  const requirement = (email: string, more = "", database = "nocodb") =>
    unmet(`super_admin ${postgresql} postgres ${database} ${email}${more}`);

  beforeAll(async () => {
    await sql(postgresql, "CREATE DATABASE nocodb");
    await sql(postgresql, "CREATE DATABASE fresh");
    const table = "CREATE TABLE nc_users_v2 (id varchar(20) PRIMARY KEY, email varchar(255), roles varchar(255))";
    const users = `('us1', 'first@example.com', 'org-level-creator,super'), ('us2', 'other@example.com', 'org-level-creator')`;
    await sql(
      postgresql,
      `${table}; INSERT INTO nc_users_v2 VALUES ${users}, ('us3', 'super@example.com', 'org-level-viewer')`,
      "nocodb",
    );
  });

  test("is the wanted one, however its email is spelled; or there is none yet", async () => {
    expect(await requirement("first@example.com")).toEqual([]);
    expect(await requirement("First@Example.COM")).toEqual([]);
    expect(await requirement("anyone@example.com", "", "fresh")).toEqual([]);
    expect(await requirement("anyone@example.com", "", "no_such_database")).toEqual([]);
  });

  test("that is another is told before NocoDB would rename it, with the setting to use", async () => {
    expect(await requirement("me@example.com")).toEqual([
      "- NocoDB in database nocodb has first@example.com for its super admin, and admin.email (me@example.com) would rename that user: set admin.email to first@example.com in the environment file, or, where the other name is what you want, acknowledgements.super-admin-renamed to the reason",
    ]);
  });

  test("may be renamed where that is acknowledged, but not to the name of another, whom NocoDB would delete", async () => {
    expect(await requirement("me@example.com", " accepted")).toEqual([]);
    expect(await requirement("Other@example.com", " accepted")).toEqual([
      "- NocoDB in database nocodb has another user Other@example.com already, whom it would delete when its super admin gets that name: choose another admin.email, or remove that user first",
    ]);
  });

  test("of an email that would be a statement is asked for all the same", async () => {
    expect(await requirement("o'hara@example.com';DROP_TABLE", " accepted")).toEqual([]);
    expect(await sql(postgresql, "SELECT count(*) FROM nc_users_v2", "nocodb")).toBe("3");
  });
});
