import { beforeAll, describe, expect, test } from "vitest";
import { ownPostgresql, sql } from "./containers.js";
import { asRoot, run, scratch } from "./host.js";
import { blockOf } from "./nocodb.js";

const directory = scratch("consumer_requirements");
const records = `${directory}/records`;
const path = (name: string) => `${directory}/${name}.env`;
const write = (name: string, content: string) => asRoot('umask 077; printf %s "$2" >"$1"', path(name), content);

/** The unmet requirements that the probe prints, one a line. */
async function unmet(...requirements: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run("remote-host/probe", { records, requirements: requirements.join("\n") });
  if (code === 0) {
    expect([stderr, JSON.parse(stdout)]).toEqual(["", { unrecorded: expect.any(String), checked: expect.any(String) }]);
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

  test("is reported, all problems at once, if its lines could not be written or would not be what the consumer reads", async () => {
    const said = await unmet(
      "env_file nowhere false create /no/such/directory/a.env",
      `env_file directory false create ${path("directory")}`,
      `env_file gone false error ${path("gone")}`,
      `env_file half false error ${path("half")}`,
      `env_file twice false error ${path("twice")}`,
      `env_file crashed false error ${path("crashed")}`,
      `env_file itself false error ${path("itself")}`,
      `env_file open false error ${path("open")}`,
      `env_file plain true create ${path("plain")}`,
    );
    expect(said).toEqual([
      "- consumers.nowhere.envFile: directory /no/such/directory does not exist on the host: create it, or correct the path",
      `- consumers.directory.envFile: ${path("directory")} is not a file on the host: correct the path`,
      `- consumers.gone.envFile: ${path("gone")} does not exist on the host: correct the path, or set consumers.gone.missingFile to create`,
      `- consumers.half.envFile: ${path("half")}: ${halves("half")} must occur once each, or not at all: fix it by hand`,
      `- consumers.twice.envFile: ${path("twice")}: ${halves("twice")} must occur once each, or not at all: fix it by hand`,
      `- consumers.crashed.envFile: ${path("crashed")} is not a text file: it holds NUL bytes, as a crash of the host can leave them. Fix it by hand`,
      `- consumers.itself.envFile: ${path("itself")} sets NOCODB_BASE_URL, NOCODB_API_TOKEN or NOCODB_INTERNAL_URL itself (line 2 3), and which of two lines counts is up to the reader: remove those lines`,
      `- consumers.open.envFile: everyone on the host can read ${path("open")}, which will hold a token: chmod o-r ${path("open")} (or set consumers.open.ownFile to true)`,
      `- consumers.plain.envFile: ${path("plain")} holds other lines, and with consumers.plain.ownFile the whole file would be replaced: name another file, or set ownFile to false`,
    ]);
  });

  test("is accepted with other lines, with a block of its own, behind a link, or if it is to be created", async () => {
    const met = [
      ...[`env_file plain false error ${path("plain")}`, `env_file ours false error ${path("ours")}`],
      ...[`env_file linked false error ${path("linked")}`, `env_file gone false create ${path("gone")}`],
      ...[`env_file own true create ${path("own")}`, `env_file own true error ${path("gone")}`],
    ];
    expect(await unmet(...met)).toEqual([]);
  });

  test("stays unchanged", async () => {
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

  test("is accepted in any spelling of its email, or if there is none yet", async () => {
    expect(await requirement("first@example.com")).toEqual([]);
    expect(await requirement("First@Example.COM")).toEqual([]);
    expect(await requirement("anyone@example.com", "", "fresh")).toEqual([]);
    expect(await requirement("anyone@example.com", "", "no_such_database")).toEqual([]);
  });

  test("with another email is reported before NocoDB would rename it, with the setting to use", async () => {
    expect(await requirement("me@example.com")).toEqual([
      "- NocoDB in database nocodb has the super admin first@example.com, and admin.email (me@example.com) would rename that user: set admin.email to first@example.com in the environment file, or, if you want the other name, acknowledgements.super-admin-renamed to the reason",
    ]);
  });

  test("can be renamed if that is acknowledged, but not to the name of another user, whom NocoDB would delete", async () => {
    expect(await requirement("me@example.com", " accepted")).toEqual([]);
    expect(await requirement("Other@example.com", " accepted")).toEqual([
      "- NocoDB in database nocodb already has another user Other@example.com, whom it would delete when its super admin gets that name: choose another admin.email, or remove that user first",
    ]);
  });

  test("is looked up safely with an email that holds SQL", async () => {
    expect(await requirement("o'hara@example.com';DROP_TABLE", " accepted")).toEqual([]);
    expect(await sql(postgresql, "SELECT count(*) FROM nc_users_v2", "nocodb")).toBe("3");
  });
});
