import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { program } from "../../constructs/remote-host/program.js";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { pem, selfSignedCertificate } from "../../lab/stand-in-providers/protocol/certificate.js";
import { recordFault } from "../fault.js";
import { watchCommandLines } from "./command-lines.js";
import { inContainer, ownName, remove, start } from "./containers.js";
import { instance, run } from "./host.js";
import { systemdHost } from "./systemd-host.js";

const directory = `${instance.baseDirectory}/it_alerts`;
const records = `${directory}/records`;
const alerts = `${directory}/alerts`;
const unit = "it-alerts";
const backupUnit = "it-alerts-backup";
const textfile = `${directory}/it.prom`;
const file = `${directory}/config.env`;
const host = systemdHost();
const shell = ["docker", "exec", "--interactive", host, "sh", "-s"];
const onHost = (text: string) => inContainer(host, ["sh", "-euc", text]);

/** A service that can be made to fail, and what stands for Caddy: it answers on 443 with a certificate. */
const service = ownName("alerts");
const SERVER = `
const { readFileSync } = require("node:fs");
const pair = () => ({ key: readFileSync("/tmp/key.pem"), cert: readFileSync("/tmp/cert.pem") });
const site = require("node:https").createServer(pair(), (_, response) => response.end()).listen(443);
const status = { health: 200, database: 200 };
require("node:http").createServer(({ url }, response) => {
  if (url === "/certificate") site.setSecureContext(pair());
  const [, path, code] = url.split("/");
  if (code) status[path] = Number(code);
  if (url === "/grow") for (const all = []; ; ) all.push(Buffer.alloc(1e7, 1));
  response.writeHead((!code && status[path]) || 200).end();
}).listen(8080);`;
const tell = (path: string) => inContainer(service, ["wget", "-q", "-O", "-", `http://127.0.0.1:8080/${path}`]);
const putCertificate = async (made: Date) => {
  const { key, certificate } = selfSignedCertificate(made);
  const text = `printf %s '${pem(certificate)}' >/tmp/cert.pem; printf %s '${key}' >/tmp/key.pem`;
  await inContainer(service, ["sh", "-c", text]);
};
const HOUR = 3_600_000;

interface Message {
  readonly [name: string]: string;
}

/** The receiver: it runs here, and containers reach it at their gateway. */
let answer = 200;
let messages: Message[] = [];
const received: string[] = [];
const receiver = createServer(async (request: IncomingMessage, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  received.push(`${request.method} ${request.url} ${request.headers["content-type"]}`);
  if (answer === 200) messages.push(JSON.parse(body));
  response.writeHead(answer).end();
});
const SECRET = 's3same"\\$1';
const address = () => `http://${instance.frontend.gateway}:${(receiver.address() as AddressInfo).port}/hooks/${SECRET}`;

const input = (over: Record<string, string> = {}) => ({
  ...{ environment: "prod", service: "it", alerts, webhook: "secret", command: "" },
  ...{ disk_percent: "90", certificate_days: "14", backup_hours: "1", textfile, deploy: "deploy again (npx deploy)" },
  ...{
    container: service,
    url: `http://${service}:8080/health`,
    database_url: `http://${service}:8080/database`,
    data_directory: `${directory}/data`,
  },
  ...{ backups: `${directory}/backups`, backup_units: backupUnit, schedule: "daily" },
  ...{ caddy: service, caddyfile: `${directory}/Caddyfile`, site: "localhost", health_path: "/" },
  ...over,
});
const apply = async (over: Record<string, string> = {}) => {
  const given = input(over);
  const packed_program = gzipSync(program("alerts/check").text).toString("base64");
  const own = { records, key: "it_alerts", status: "new", unit, packed_program };
  const all = { ...own, ...given, program_inputs: Object.keys(given).join(" ") };
  return run("alerts/apply", all, { shell });
};
const probe = async (requirements = "") => run("remote-host/probe", { records, requirements }, { shell });
const sendTest = (webhook = "secret", command = "") =>
  run("alerts/send-test", { environment: "prod", service: "it", alerts, webhook, command, records }, { shell });

/** One check, as the timer runs it, when no deploy is at work. @returns the messages of that check */
const check = async (): Promise<Message[]> => {
  messages = [];
  await onHost(`touch -d "10 minutes ago" /run/*.lock; /usr/local/sbin/${unit}`);
  return messages;
};
const told = (all: readonly Message[]) => all.map(({ state, cause }) => `${cause} ${state}`).sort();
const startBackup = (code: number) =>
  onHost(`echo 'echo "no room" >&2; exit ${code}' >${directory}/backup; systemctl start ${backupUnit}.service || true`);

const startService = async () => {
  const settings = ["--network", instance.frontend.name, "--memory", "100m", "--memory-swap", "100m"];
  // As in the vendor's image, the service is the child of a shell.
  const wait = `until [ -f /tmp/key.pem ]; do sleep 0.1; done; node -e '${SERVER}'; exit 1`;
  await start(service, IMAGES.nocodb, [...settings, "--restart", "unless-stopped"], ["sh", "-c", wait]);
  await putCertificate(new Date());
  await eventually(20, () => tell(""));
};

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, "0.0.0.0", resolve));
  await startService();
  await onHost(
    `rm -rf ${directory}; mkdir -p ${directory}/data ${directory}/backups/one ${records}; echo "made=$(date +%s)" >${directory}/backups/one/metadata`,
  );
  const backup = {
    task: "backup",
    reason: "on schedule",
    unit: backupUnit,
    schedule: "daily",
    backups: `${directory}/backups`,
    failure_unit: unit,
  };
  const policy = { service: "it", service_kind: "generic", keep: "3", database_container: "", superuser: "" };
  const more = { database: "", role: "", data_directory: "", secrets: "", pinned_secrets: "" };
  const schedule = { program_text: `. ${directory}/backup`, program_inputs: "backups", ...policy, ...more, ...backup };
  const outcome = await run(
    "backup/schedule/apply",
    { records, key: "it_backup", status: "new", ...schedule },
    { shell },
  );
  expect(outcome).toMatchObject({ code: 0, stderr: "" });
  const content = { path: file, content: "A=1\n", owner: "0:0", mode: "0600" };
  await run(
    "host-file/apply",
    { records, key: "it_file", status: "new", ...pick("host-file/apply", content) },
    { shell },
  );
});
/** Those of the inputs that a program expects. */
function pick(name: string, given: Record<string, string>) {
  return Object.fromEntries(Object.entries(given).filter(([each]) => program(name).inputs.includes(each)));
}
afterAll(async () => {
  receiver.close();
  await onHost(`umount ${directory}/data 2>/dev/null || true; rm -rf ${directory}`);
  await remove(service);
});
beforeEach(() => {
  answer = 200;
});

describe("alerts on a host with systemd", () => {
  test("are refused in the plan without the address of the webhook, or the directory of the figures", async () => {
    const begun = performance.now();
    const set = "npx nocodb-host secret set prod";
    const { code, stderr } = await probe(`alerts ${alerts} /no/where/it.prom ALERTS_WEBHOOK ${set}`);
    const seconds = (performance.now() - begun) / 1000;
    expect(code).toBe(1);
    const seen = `alerts.webhook: the host has no address for it: set it with \`${set} ALERTS_WEBHOOK\``;
    expect(stderr).toContain(seen);
    const cause = "alerts.webhook is secret, and the host has no address for it";
    recordFault({ cause, command: "plan", seen, seconds, preserved: "everything: nothing was changed" });
    expect(stderr).toContain("alerts.textfile: /no/where does not exist on the host: create it, or");
  });

  test("are a timer and a program that holds no secret; a healthy service causes no message, and no drift", async () => {
    const set = { secrets: alerts, expected: "ALERTS_WEBHOOK host address of alerts", name: "ALERTS_WEBHOOK" };
    const outcome = await run("service-secrets/set", { records, ...set, value: address() }, { shell });
    expect(outcome).toEqual({ code: 0, stdout: "set: address of alerts: the host uses it from now on\n", stderr: "" });
    expect((await probe(`alerts ${alerts} ${textfile} ALERTS_WEBHOOK npx set`)).code).toBe(0);
    expect(await apply()).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(await onHost(`systemctl is-active ${unit}.timer; systemctl stop ${unit}.timer`)).toBe("active");
    expect(await onHost(`stat -c "%a %U" /usr/local/sbin/${unit} ${alerts} ${alerts}/values`)).toBe(
      "700 root\n700 root\n600 root",
    );
    await onHost(`systemctl start ${unit}.timer`);
    expect(JSON.parse((await probe()).stdout)).toMatchObject({ it_alerts: "new" });
    await onHost(`systemctl stop ${unit}.timer`);
    expect(JSON.parse((await probe()).stdout)).toMatchObject({ it_alerts: `timer ${unit} stopped` });
    // The checks would report that.
    await onHost(`mv ${records}/it_alerts ${records}/.it_alerts`);
    expect(await check()).toEqual([]);
  });

  test("send a test message, which has everything that a reader needs", async () => {
    messages = [];
    const watched = watchCommandLines();
    expect(await sendTest()).toMatchObject({ code: 0, stderr: "" });
    expect(watched.stop()).not.toContain("s3same");
    expect(received.at(-1)).toMatch(/^POST \/hooks\/s3same.* application\/json$/);
    const name = await onHost("uname -n");
    expect(messages).toEqual([
      {
        ...{ id: expect.any(String), environment: "prod", service: "it", host: name, cause: "test" },
        ...{ state: "test", summary: "this is a test of the alerts", action: "nothing" },
        since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        text: expect.stringMatching(
          /^\[prod\] it on \S+: test: this is a test of the alerts\nSince: .* UTC\nTo do: nothing$/,
        ),
      },
    ]);
    answer = 404;
    expect(await sendTest()).toMatchObject({ code: 1, stderr: expect.stringContaining("the webhook answers 404") });
  });
});

describe("each cause is reported once, and its recovery:", () => {
  test("service, site, disk, backup and drift, with what is wrong and what to do", async () => {
    await tell("health/503");
    await putCertificate(new Date(Date.now() - 23 * HOUR));
    await tell("certificate");
    await onHost(
      `mount -t tmpfs -o size=1m tmpfs ${directory}/data; head -c 1000000 /dev/zero >${directory}/data/full; echo B=2 >>${file}; echo "made=$(($(date +%s) - 7200))" >${directory}/backups/one/metadata`,
    );
    await startBackup(1);
    // After a deploy, drift is checked as soon as it is quiet.
    await onHost(`touch -d "5 minutes ago" ${records}; sed -i "/drift_checked/d" ${alerts}/state`);
    const found = await check();
    expect(told(found)).toEqual([
      "backup:it-alerts-backup problem",
      "backup_age problem",
      `disk:${directory}/data problem`,
      "drift:it_file problem",
      "health problem",
      "site:certificate problem",
    ]);
    const text = Object.fromEntries(found.map((each) => [each.cause, `${each.summary}; ${each.action}`]));
    expect(text.health).toBe(
      `it does not answer at http://${service}:8080/health; docker logs --tail 50 ${service} on the host says why; deploy again (npx deploy), which starts it`,
    );
    expect(text["site:certificate"]).toMatch(/^the certificate of https:\/\/localhost ends in 0 days, at .* UTC, and/);
    expect(text[`disk:${directory}/data`]).toMatch(/^the disk at \S+ is 9\d % full \(0\.0 GiB free\); make room there/);
    expect(text["backup:it-alerts-backup"]).toMatch(/^the last run of it-alerts-backup failed: no room; journalctl/);
    expect(text.backup_age).toMatch(/^no backup since .* UTC, for more than 1 hours; journalctl -u it-alerts-backup/);
    expect(text["drift:it_file"]).toBe("it_file: file edited; deploy again (npx deploy), which corrects it");
    expect(await check()).toEqual([]);
  });

  test("exported as figures that everyone may read", async () => {
    expect(await onHost(`stat -c %a ${textfile}; ls -A ${directory} | grep -c prom`)).toBe("644\n1");
    const exported = await onHost(`cat ${textfile}`);
    const line = /^(?:# (?:HELP|TYPE) cdktf_service_\w+ .+|cdktf_service_\w+\{(?:\w+="[^"\\]*",?)+\} -?[0-9.]+)$/;
    for (const each of exported.trim().split("\n")) expect(each).toMatch(line);
    for (const each of [
      'up{environment="prod",service="it"} 0',
      `disk_used_percent{environment="prod",service="it",mount="${directory}/data"} 9`,
      'problem{environment="prod",service="it",cause="health"} 1',
      'backup_succeeded{environment="prod",service="it",unit="it-alerts-backup"} 0',
      'drift{environment="prod",service="it"} 1',
      'messages_waiting{environment="prod",service="it"} 0',
    ]) {
      expect(exported).toContain(`cdktf_service_${each}`);
    }
  });

  test("nothing is lost while the receiver fails, and the changes arrive in order", async () => {
    answer = 500;
    await tell("health/200");
    await putCertificate(new Date());
    await tell("certificate");
    await onHost(
      `umount ${directory}/data; printf 'A=1\\n' >${file}; echo "made=$(date +%s)" >${directory}/backups/one/metadata; sed -i "/drift_checked/d" ${alerts}/state`,
    );
    await startBackup(0);
    expect(await check()).toEqual([]);
    await must(["docker", "stop", "--time", "0", service]);
    expect(await check()).toEqual([]);
    answer = 200;
    await must(["docker", "start", service]);
    await eventually(20, () => tell(""));
    const found = await check();
    expect(told(found)).toEqual([
      "backup:it-alerts-backup recovered",
      "backup_age recovered",
      `disk:${directory}/data recovered`,
      "drift:it_file recovered",
      ...["health problem", "health recovered", "health recovered"],
      "site problem",
      "site recovered",
      "site:certificate recovered",
    ]);
    expect(found.filter(({ cause }) => cause === "health").map(({ state }) => state)).toEqual([
      ...["recovered", "problem", "recovered"],
    ]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    expect(found.find(({ cause, state }) => cause === "health" && state === "problem")!.summary).toMatch(/ is exited /);
    expect(await check()).toEqual([]);
  });

  test("a kill for memory, and the restart after it", async () => {
    await tell("grow").catch(() => "killed");
    await eventually(20, async () =>
      expect(await must(["docker", "inspect", "-f", "{{.RestartCount}}", service])).toBe("1"),
    );
    await eventually(20, () => tell(""));
    const found = await check();
    expect(told(found)).toEqual(["memory problem", "restarts problem"]);
    const texts = found.map(({ summary, action }) => `${summary}; ${action}`).sort();
    expect(texts).toEqual([
      `container ${service} restarted on its own, 1 times since it was started; docker logs --tail 100 ${service} on the host says why`,
      `container ${service} was killed for memory at 100 MiB; raise memory in the environment file, and deploy again (npx deploy)`,
    ]);
    await startService();
    await onHost(`sed -Ei 's/^(set\\t(restarted|killed)_at\\t).*/\\11/' ${alerts}/state`);
    expect(told(await check())).toEqual(["memory recovered", "restarts recovered"]);
  });

  test("a deploy at work, which stops the service for a while, is none", async () => {
    messages = [];
    await must(["docker", "stop", "--time", "0", service]);
    await onHost(`touch /run/*.lock; /usr/local/sbin/${unit}`);
    await onHost(`touch -d "10 minutes ago" /run/*.lock; touch ${records}/.waiting.it; /usr/local/sbin/${unit}`);
    expect(messages).toEqual([]);
    await onHost(`rm ${records}/.waiting.it`);
    await must(["docker", "start", service]);
    await eventually(20, () => tell(""));
  });
});

describe("the units", () => {
  test("report a failed backup at once, and what the timer finds", async () => {
    messages = [];
    await startBackup(1);
    await eventually(20, async () => expect(told(messages)).toEqual(["backup:it-alerts-backup problem"]));
    await startBackup(0);
    await onHost(
      `sed -i "s/^OnCalendar=.*/OnCalendar=*:*:0\\/2/" /etc/systemd/system/${unit}.timer; systemctl daemon-reload; systemctl start ${unit}.timer`,
    );
    await eventually(20, async () =>
      expect(told(messages)).toEqual(["backup:it-alerts-backup problem", "backup:it-alerts-backup recovered"]),
    );
    // Its changes in the tests above do not count.
    await onHost(`systemctl stop ${unit}.timer; sed -i "/health/d" ${alerts}/state; systemctl start ${unit}.timer`);
    await tell("database/503");
    await eventually(30, async () =>
      expect(messages.at(-1)?.summary).toBe(`it cannot use its database (http://${service}:8080/database)`),
    );
    await tell("database/200");
    await eventually(20, async () => expect(messages.at(-1)?.state).toBe("recovered"));
    // A check that is running is waited for.
    await onHost(`systemctl stop ${unit}.timer; systemctl start ${unit}.service`);
  });

  test("log only what fails, and the address is nowhere but in its file", async () => {
    answer = 503;
    await startBackup(1);
    await eventually(20, async () =>
      expect(await onHost(`journalctl -u ${unit} -o cat --no-pager`)).toContain(
        "alerts: 1 messages wait for the next check: the webhook answers 503",
      ),
    );
    const log = await onHost(`journalctl -u ${unit} -o cat --no-pager`);
    expect(log).not.toMatch(/Finished|Starting/);
    expect(await onHost("journalctl --no-pager")).not.toContain("s3same");
    expect(await onHost(`grep -rl s3same ${directory} /etc/systemd /usr/local/sbin /run/*.lock || true`)).toBe(
      `${alerts}/values`,
    );
  });

  test("say once that no room is left for the state of the checks", async () => {
    await onHost(
      `mkdir ${directory}/full; cp -a ${alerts}/. ${directory}/full; mount -t tmpfs -o size=128k tmpfs ${alerts}; cp -a ${directory}/full/values ${alerts}; head -c 1M /dev/zero >${alerts}/full 2>/dev/null || true`,
    );
    expect((await check()).map(({ cause, summary }) => [cause, summary])).toEqual([
      ["alerts", expect.stringMatching(/^the disk of \S+ is full, so the checks cannot keep what they find/)],
    ]);
    expect(await check()).toEqual([]);
    await onHost(`umount ${alerts}`);
  });

  test("may call a command instead, which gets the message", async () => {
    expect(
      await apply({ webhook: "", command: `cat >${directory}/said; env | grep ^ALERT_ >>${directory}/said` }),
    ).toMatchObject({ code: 0, stderr: "" });
    await onHost(`systemctl stop ${unit}.timer; mv ${records}/it_alerts ${records}/.it_alerts`);
    expect(await onHost(`ls ${alerts}/values 2>/dev/null || true`)).toBe("");
    await check();
    const said = await onHost(`cat ${directory}/said`);
    expect(said).toMatch(
      /^\[prod\] it on \S+: unstable: the last run of it-alerts-backup failed: no room, again and again; the next message comes when nothing has changed for 30 minutes\nSince: .*\nTo do: /,
    );
    expect(said).toContain("\nALERT_CAUSE=backup:it-alerts-backup\n");
    expect(said).toContain("\nALERT_STATE=unstable\n");
  });

  test("are removed without a trace; only the secret address may stay", async () => {
    await onHost(`echo ALERTS_WEBHOOK=hidden >${alerts}/values; mv ${records}/.it_alerts ${records}/it_alerts`);
    const removal = (keep_address: string) =>
      run("alerts/remove", { records, key: "it_alerts", unit, alerts, keep_address }, { shell });
    expect(await removal("yes")).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(await onHost(`ls -A ${alerts}`)).toBe("values");
    expect(await removal("no")).toMatchObject({ code: 0, stdout: "", stderr: "" });
    const left = `find / -xdev \\( -name "${unit}.*" -o -name ${unit} \\) -not -path "/proc/*"; ls ${alerts} ${textfile} 2>/dev/null || true`;
    expect(await onHost(left)).toBe("");
    expect(await onHost(`systemctl list-unit-files "${unit}.*" --no-legend || true`)).toBe("");
  });
});
