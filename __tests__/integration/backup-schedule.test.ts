import { describe, expect, test } from "vitest";
import { program } from "../../constructs/remote-host/program.js";
import { eventually } from "../../lab/site.js";
import { recordFault } from "../fault.js";
import { inContainer, ownPostgresql, sql } from "./containers.js";
import { instance, run } from "./host.js";
import { systemdHost } from "./systemd-host.js";

const directory = `${instance.baseDirectory}/it_schedule`;
const database = "it_schedule";
const unit = "it-schedule-backup";
const container = ownPostgresql();
const host = systemdHost();

const shell = ["docker", "exec", "--interactive", host, "sh", "-s"];
const onHost = (program: string) => inContainer(host, ["sh", "-euc", program]);
const records = `${directory}/records`;
const policy = {
  ...{ backups: `${directory}/it's "here"`, keep: "3", database_container: container, superuser: "postgres" },
  ...{
    database,
    role: database,
    reason: "on schedule",
    data_directory: `${directory}/data`,
    secrets: `${directory}/secrets`,
  },
  ...{ service: "it", service_kind: "nocodb", pinned_secrets: "NC_CONNECTION_ENCRYPT_KEY" },
};
const apply = (schedule = "daily", task: "backup" | "restore test" = "backup") =>
  run(
    "backup/schedule/apply",
    {
      ...{ records, key: "it", status: "new", unit, schedule, task, ...policy, backup: "latest" },
      program_text: program(task === "backup" ? "backup/create" : "backup/verify").text,
      program_inputs: [...Object.keys(policy), "backup"].join(" "),
    },
    { shell },
  );
const probe = (requirements = "") => run("remote-host/probe", { records, requirements }, { shell });
const status = async () => JSON.parse((await probe()).stdout).it;
const reportDrift = async () => {
  const { code, stdout } = await run("remote-host/report-drift", { records }, { shell });
  return [code, stdout];
};
const backups = async () => (await onHost(`ls "${directory}/it's \\"here\\"" 2>/dev/null || true`)).split("\n");

describe("scheduled backups on a host with systemd", () => {
  test("are made by a timer and a program that belongs only to root and holds no secret, without drift", async () => {
    await sql(container, `CREATE ROLE ${database} LOGIN`);
    await sql(container, `CREATE DATABASE ${database} OWNER ${database}`);
    await sql(container, "CREATE TABLE nc_users_v2 (email text)", database);
    await onHost(
      `rm -rf ${directory}; mkdir -p ${directory}/data ${directory}/records ${directory}/secrets; echo NC_CONNECTION_ENCRYPT_KEY=s3cr3t-key >${directory}/secrets/values`,
    );
    expect(await apply("*:*:0/2")).toMatchObject({ code: 0, stdout: "", stderr: "" });
    await eventually(30, async () => expect((await backups()).length).toBeGreaterThan(1));
    expect(await onHost(`stat -c "%a %U" /usr/local/sbin/${unit}`)).toBe("700 root");
    expect(await onHost(`cat /usr/local/sbin/${unit} ${directory}/it*/*/metadata`)).not.toContain("s3cr3t-key");
    expect(await onHost(`cat ${directory}/it*/*/metadata`)).toContain("reason=on schedule");
    expect((await apply()).stderr).toBe("");
    expect(await status()).toBe("new");
    expect(await reportDrift()).toEqual([0, "no drift in 1 records\n"]);
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
  ])("%s: the plan shows it, and a deploy corrects it", async (_, change, words) => {
    await onHost(change);
    expect(await status()).toBe(words);
    expect((await apply()).code).toBe(0);
    expect(await status()).toBe("new");
  });

  test("that fail are reported by drift, with where to read the reason, and in no plan", async () => {
    const begun = performance.now();
    await sql(container, "ALTER TABLE nc_users_v2 RENAME TO gone", database);
    await onHost(`systemctl start ${unit}.service || true`);
    const words = `the last run of ${unit} failed: \`journalctl -u ${unit}\` on the host says why\n`;
    expect(await reportDrift()).toEqual([2, words]);
    expect(await onHost(`journalctl -u ${unit} --no-pager`)).toContain("holds no data");
    expect(await status()).toBe("new");
    await sql(container, "ALTER TABLE gone RENAME TO nc_users_v2", database);
    await onHost(`systemctl start ${unit}.service`);
    expect(await reportDrift()).toEqual([0, expect.any(String)]);
    recordFault({
      cause: "the scheduled backup fails",
      command: "npx nocodb-host drift",
      seen: words.trim().replaceAll(unit, "acme-nocodb-backup"),
      seconds: (performance.now() - begun) / 1000,
      preserved: "the existing backups; plans stay empty",
    });
  });

  test("that are more than two periods old are reported by drift", async () => {
    await onHost(`sed -i "s/^made=.*/made=$(($(date +%s) - 200000))/" ${directory}/it*/*/metadata`);
    expect(await reportDrift()).toEqual([
      2,
      expect.stringMatching(
        /^no backup since \S+ \S+ UTC, although the schedule is daily: `journalctl -u \S+` on the host says why\n$/,
      ),
    ]);
    // With a weekend in between, two periods are six days.
    await apply("Mon..Fri 03:00");
    expect((await reportDrift())[0]).toBe(0);
  });

  test("that is a restore test records its result, and drift reports a failed and an overdue one", async () => {
    expect(await apply("daily", "restore test")).toMatchObject({ code: 0, stderr: "" });
    await onHost(`systemctl start ${unit}.service`);
    const result = (words: string) => expect.stringMatching(words);
    expect(await onHost(`cat ${records}/.restore-test-it`)).toEqual(
      result("^restore-test=\\S+ \\S+ passed 1 tables with 0 rows, as in the service's database"),
    );
    expect(await reportDrift()).toEqual([0, "no drift in 1 records\n"]);
    await onHost(`sed -i "s/^rows=0/rows=1/" ${directory}/it*/*/metadata; systemctl start ${unit}.service || true`);
    expect(await reportDrift()).toEqual([
      2,
      result("^the last restore test failed: .* failed 1 of the tables .*noted: 1, restored: 0.*`journalctl -u"),
    ]);
    await onHost(`sed -i "s/^rows=1/rows=0/" ${directory}/it*/*/metadata; systemctl start ${unit}.service`);
    await onHost(`sed -i "s/=[^ ]* /=2020-01-01T00:00:00Z /" ${records}/.restore-test-it`);
    expect(await reportDrift()).toEqual([2, result("^no restore test since 2020-01-01 00:00 UTC, although")]);
    await onHost(`rm ${records}/.restore-test-it`);
  });

  test("are removed without a trace together with the schedule", async () => {
    const removal = () => run("backup/schedule/remove", { records, key: "it", unit }, { shell });
    for (let time = 0; time < 2; time++) expect(await removal()).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(await onHost(`find / -xdev -name "*${unit}*" -not -path "/proc/*"; ls ${records}`)).toBe("");
    expect(await onHost(`systemctl list-units --all "${unit}*" --no-legend; rm -rf ${directory}`)).toBe("");
  });

  test("with a time that systemd does not understand are refused in the plan", async () => {
    const { code, stderr } = await probe("schedule backups.schedule create *-02-31 25:00");
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/backups\.schedule: systemd on the host does not understand "\*-02-31 25:00"/),
    ]);
  });
});

test("scheduled backups are refused in the plan if the host's /usr/local is read-only", async () => {
  await onHost("mount --bind /usr/local /usr/local && mount -o remount,bind,ro /usr/local");
  const begun = performance.now();
  const { code, stderr } = await probe("schedule backups.schedule create daily");
  const seconds = (performance.now() - begun) / 1000;
  await onHost("umount /usr/local");
  const seen =
    "backups.schedule needs a program in /usr/local/sbin and units in /etc/systemd/system, and /usr/local/sbin is read-only on the host";
  expect([code, stderr]).toEqual([1, expect.stringContaining(seen)]);
  expect((await probe("schedule backups.schedule create daily")).code).toBe(0);
  const preserved = "everything: nothing was changed";
  recordFault({
    cause: "backups.schedule on a host with a read-only /usr/local",
    command: "plan",
    seen,
    seconds,
    preserved,
  });
});

test("on a host without systemd scheduled backups are refused in the plan", async () => {
  const begun = performance.now();
  const { code, stderr } = await run("remote-host/probe", {
    records,
    requirements: "schedule backups.schedule create daily",
  });
  const seen = /backups\.schedule needs systemd, and the host does not run it: remove the setting.*/.exec(stderr)?.[0];
  expect([code, seen]).toEqual([1, expect.any(String)]);
  recordFault({
    cause: "backups.schedule on a host without systemd",
    command: "plan",
    seen: seen!,
    seconds: (performance.now() - begun) / 1000,
    preserved: "everything: nothing was changed",
  });
});
