import { describe, expect, test } from "vitest";
import { PROBE, VERIFY } from "../../constructs/remote-host/probe.js";
import { eventually } from "../../lab/site.js";
import { recordFault } from "../fault.js";
import { inContainer, ownPostgresql, sql } from "./containers.js";
import { type Input, instance, run } from "./host.js";
import { systemdHost } from "./systemd-host.js";

const directory = `${instance.baseDirectory}/it_schedule`;
const database = "it_schedule";
const unit = "it-schedule-backup";
const container = ownPostgresql();
const host = systemdHost();

const way = ["docker", "exec", "--interactive", host, "sh", "-s"];
const onHost = (program: string) => inContainer(host, ["sh", "-euc", program]);
const place = { manifest: `${directory}/manifest` };
const backup = {
  ...{ backups: `${directory}/it's "here"`, keep: "3", database_container: container, superuser: "postgres" },
  ...{ database, role: database, data_directory: `${directory}/data`, env_file: `${directory}/nocodb.env` },
};
const ensure = async (more: Input = {}) => {
  const text = await Promise.all(["common.sh", "backup.sh", "make-backup.sh"].map(scriptText));
  const input = {
    ...place,
    key: "it",
    observed: "new",
    unit,
    schedule: "daily",
    program_text: text.join("\n"),
    ...backup,
  };
  return run(["common.sh", "schedule.sh", "ensure-schedule.sh"], { ...input, ...more }, way);
};
const probe = (more: Input) => run(PROBE, { ...place, requirements: "", ...more }, way);
const word = async () => JSON.parse((await probe({})).stdout).it;
const verify = async () => {
  const { code, stdout } = await run(VERIFY, place, way);
  return [code, stdout];
};
const backups = async () => (await onHost(`ls "${directory}/it's \\"here\\"" 2>/dev/null || true`)).split("\n");

async function scriptText(name: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  return readFile(new URL(`../../constructs/host/${name}`, import.meta.url), "utf8");
}

describe("backups by schedule, on a host that runs systemd", () => {
  test("are made by a timer, by a program of root's alone that holds no secret, and verify is content", async () => {
    await sql(container, `CREATE ROLE ${database} LOGIN`);
    await sql(container, `CREATE DATABASE ${database} OWNER ${database}`);
    await sql(container, "CREATE TABLE nc_users_v2 (email text)", database);
    await onHost(
      `rm -rf ${directory}; mkdir -p ${directory}/data ${directory}/manifest; echo NC_CONNECTION_ENCRYPT_KEY=hidden >${directory}/nocodb.env`,
    );
    expect(await ensure({ schedule: "*:*:0/2" })).toMatchObject({ code: 0, stdout: "", stderr: "" });
    await eventually(30, async () => expect((await backups()).length).toBeGreaterThan(1));
    expect(await onHost(`stat -c "%a %U" /usr/local/sbin/${unit}`)).toBe("700 root");
    expect(await onHost(`cat /usr/local/sbin/${unit} ${directory}/it*/*/about`)).not.toContain("hidden");
    expect(await onHost(`cat ${directory}/it*/*/about`)).toContain("reason=by schedule");
    expect((await ensure()).stderr).toBe("");
    expect(await word()).toBe("new");
    expect(await verify()).toEqual([0, "1 things are as they were left\n"]);
  });

  test.each([
    ["timer stopped", `systemctl stop ${unit}.timer`, `timer ${unit} stopped`],
    ["timer disabled", `systemctl --quiet disable ${unit}.timer`, `timer ${unit} disabled`],
    ["unit edited", `echo >>/etc/systemd/system/${unit}.timer`, `/etc/systemd/system/${unit}.timer edited`],
    ["unit missing", `rm /etc/systemd/system/${unit}.service`, `/etc/systemd/system/${unit}.service missing`],
    ["program readable by all", `chmod 755 /usr/local/sbin/${unit}`, `/usr/local/sbin/${unit} is not root's alone`],
    [
      "unit extended",
      `mkdir /etc/systemd/system/${unit}.timer.d; echo >/etc/systemd/system/${unit}.timer.d/override.conf`,
      `/etc/systemd/system/${unit}.timer.d added`,
    ],
  ])("%s: the plan says so, and a deploy puts it back", async (_, change, words) => {
    await onHost(change);
    expect(await word()).toBe(words);
    expect((await ensure()).code).toBe(0);
    expect(await word()).toBe("new");
  });

  test("that fail are told by verify, with where to read why, and in no plan", async () => {
    const begun = performance.now();
    await sql(container, "ALTER TABLE nc_users_v2 RENAME TO gone", database);
    await onHost(`systemctl start ${unit}.service || true`);
    const words = `the last run of ${unit} failed: \`journalctl -u ${unit}\` on the host says why\n`;
    expect(await verify()).toEqual([2, words]);
    expect(await onHost(`journalctl -u ${unit} --no-pager`)).toContain("holds no NocoDB");
    expect(await word()).toBe("new");
    await sql(container, "ALTER TABLE gone RENAME TO nc_users_v2", database);
    await onHost(`systemctl start ${unit}.service`);
    expect(await verify()).toEqual([0, expect.any(String)]);
    recordFault({
      cause: "the backup by schedule fails",
      command: "npm run verify",
      seen: words.trim().replaceAll(unit, "acme-nocodb-backup"),
      seconds: (performance.now() - begun) / 1000,
      preserved: "the backups there were; plans stay empty",
    });
  });

  test("that are more than two periods old are told by verify", async () => {
    await onHost(`sed -i "s/^made=.*/made=$(($(date +%s) - 200000))/" ${directory}/it*/*/about`);
    expect(await verify()).toEqual([
      2,
      expect.stringMatching(
        /^no backup since \S+ \S+ UTC, and they are to be made daily: `journalctl -u \S+` on the host says why\n$/,
      ),
    ]);
    // With a weekend in between, two periods are six days.
    await ensure({ schedule: "Mon..Fri 03:00" });
    expect((await verify())[0]).toBe(0);
  });

  test("end with the last trace of them when the schedule leaves", async () => {
    const removal = () => run(["common.sh", "schedule.sh", "remove-schedule.sh"], { ...place, key: "it", unit }, way);
    for (let time = 0; time < 2; time++) expect(await removal()).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(await onHost(`find / -xdev -name "*${unit}*" -not -path "/proc/*"; ls ${place.manifest}`)).toBe("");
    expect(await onHost(`systemctl list-units --all "${unit}*" --no-legend; rm -rf ${directory}`)).toBe("");
  });

  test("with a time that systemd does not know are refused in the plan", async () => {
    const { code, stderr } = await probe({ requirements: "schedule *-02-31 25:00" });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/backups\.schedule: systemd on the host does not know "\*-02-31 25:00"/),
    ]);
  });
});

test("on a host without systemd backups by schedule are refused in the plan", async () => {
  const begun = performance.now();
  const { code, stderr } = await run(PROBE, { ...place, requirements: "schedule daily" });
  const seen = /backups\.schedule needs systemd, and the host does not run it: take the setting out.*/.exec(
    stderr,
  )?.[0];
  expect([code, seen]).toEqual([1, expect.any(String)]);
  recordFault({
    cause: "backups.schedule on a host without systemd",
    command: "plan",
    seen: seen!,
    seconds: (performance.now() - begun) / 1000,
    preserved: "everything: nothing was changed",
  });
});
