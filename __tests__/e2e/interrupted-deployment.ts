import { copyFile, stat } from "node:fs/promises";
import { expect } from "vitest";
import { must } from "../../lab/command.js";
import type { Ended } from "../../lab/deployment.js";
import type { Running } from "../../lab/running.js";
import { interrupt, partOfApply } from "./interruptions.js";
import { anotherImage, deployment, health, host, image, instance, neighbours, signInAsAdmin } from "./lifecycle.js";
import type { Change, Round } from "./rounds.js";
import { managedTokens } from "./work.js";

/** The settings that the changes start from; with a whole core a start takes half as long. */
export const BEGINNING = {
  cpus: 1,
  memory: "320M",
  "variables.NODE_OPTIONS": "--max-old-space-size=256",
  "backups.keep": 2,
};

/** Rows in NocoDB's database, which an interrupted deploy must not change. */
const ROWS = "CREATE TABLE kept_rows AS SELECT n, md5(n::text) AS text FROM generate_series(1, 500) AS n";
const COUNT = "SELECT count(*) || ' ' || md5(string_agg(text, ',' ORDER BY n)) FROM kept_rows";

const SETTINGS: Readonly<Record<Change, (random: () => number) => Record<string, unknown>>> = {
  site: (random) => ({ "caddy.snippets": random() < 0.5 ? ["vpn_only"] : ["vpn_error_page", "vpn_only"] }),
  roles: (random) => ({ "consumers.n8n.role": random() < 0.5 ? "viewer" : "creator" }),
  limits: (random) => ({ memory: `${300 + Math.floor(random() * 60)}M` }),
  variable: (random) => ({ "variables.NC_ROUND": `${random()}` }),
  image: (random) => ({ image: random() < 0.5 ? image : anotherImage, "variables.NC_ROUND": `${random()}` }),
  off: () => ({ subdomain: "" }),
  on: () => ({ subdomain: "noco" }),
  "first deploy": () => ({ subdomain: "noco" }),
  "deploy again": () => ({ subdomain: "noco" }),
  "destroy, then destroy again": () => ({}),
  "destroy, then deploy": () => ({}),
  restore: () => ({}),
  rotation: () => ({}),
};

/** Seconds that a restore takes without its deploy. */
const RESTORE = 8;

type Next = Pick<Ended, "code" | "said" | "seconds">;

/** The outcome of a round. */
export interface Recovered {
  readonly interrupted: boolean;
  readonly said: string;
  /** Of the next apply, which must correct everything. */
  readonly seconds: number;
}

/** Interrupts a change, applies it again, and checks everything that the interruption could have damaged. */
export async function play(round: Round): Promise<Recovered> {
  const { change, random } = round;
  if (change === "first deploy") await host.empty();
  await deployment.set(SETTINGS[change](random));
  await deployment.synth();
  await deployment.init();
  const before = await rows();

  const rotated = change === "rotation" ? await rotate(random) : {};
  if (change === "restore") expect(await deployment.nocodbHost("backup create")).toMatchObject({ code: 0 });
  const { begin, again } = commandsOf(change);
  const running = begin();
  // It ends before the next round begins, even if this one fails.
  const interrupted = await interruptRound(running, round).finally(() => running.ended);
  await expectCompleteFiles();
  await restoreState();

  const next = await neighbours.duringAll(change, again());
  expect(next.code, `${running.said}\n--- the next one:\n${next.said}`).toBe(0);
  if (change === "destroy, then destroy again") await expectGone();
  else await expectThere(next);
  expect(await rows()).toBe(before === "" ? await rows() : before);
  expect(await host.secrets()).toMatchObject(rotated);
  expect(await leftovers()).toEqual([]);
  expect(neighbours.troubles).toEqual([]);
  if (change === "first deploy") await host.sql(ROWS, "nocodb");
  return { interrupted, said: running.said, seconds: next.seconds };
}

/** Rotates one of the secrets. @returns its new value, which the next deploy puts into use */
async function rotate(random: () => number): Promise<Record<string, string>> {
  const names = ["database", "admin", "jwt"];
  expect(await deployment.rotateSecret(names[Math.floor(random() * names.length)]!)).toMatchObject({ code: 0 });
  const pending = await host.secrets("pending");
  expect(Object.keys(pending)).toHaveLength(1);
  return pending;
}

/** The command to interrupt, and the one that then corrects everything. */
function commandsOf(change: Change): { begin: () => Running; again: () => Promise<Next> } {
  if (change === "restore")
    return { begin: () => deployment.nocodbHostBegun("backup restore", "--yes"), again: restore };
  const flags = ["-auto-approve", "-input=false", "-no-color"];
  const first = change.startsWith("destroy") ? "destroy" : "apply";
  const then = change === "destroy, then destroy again" ? "destroy" : "apply";
  return { begin: () => deployment.begun(first, ...flags), again: () => deployment.terraform(then, ...flags) };
}

async function restore(): Promise<Next> {
  const start = performance.now();
  const { code, stdout, stderr } = await deployment.nocodbHost("backup restore", "--yes");
  const seconds = (performance.now() - start) / 1000;
  // It sets the image in the environment file.
  await deployment.synth();
  return { code, said: stdout + stderr, seconds };
}

async function interruptRound(
  running: Running,
  { change, interruption, moment: { part, seconds } }: Round,
): Promise<boolean> {
  if (change !== "restore") return interrupt(running, deployment, interruption, partOfApply(part), seconds);
  const begins = (said: string) => said.includes("image then: ");
  return interrupt(running, deployment, interruption, begins, Math.max(0, part) * RESTORE + seconds);
}

/** Terraform empties the state file before it writes it, and treats an empty file as no state: see docs/state.md. */
async function restoreState(): Promise<void> {
  const [state, backup] = [deployment.stateFile, `${deployment.stateFile}.backup`];
  const size = async (file: string) => (await stat(file).catch(() => ({ size: 0 }))).size;
  if ((await size(state)) > 0 || (await size(backup)) === 0) return;
  console.log("the kill has left an empty state file: it is replaced by its backup");
  await copyFile(backup, state);
}

async function rows(): Promise<string> {
  const there = await host.sql("SELECT count(*) FROM pg_database WHERE datname = 'nocodb'");
  if (there.trim() !== "1") return "";
  const table = await host.sql("SELECT to_regclass('kept_rows') IS NOT NULL", "nocodb");
  return table.trim() === "t" ? host.sql(COUNT, "nocodb") : "";
}

async function expectThere(next: Next): Promise<void> {
  const plan = await deployment.plan();
  expect(plan.changes, `${next.said}\n--- the second plan:\n${plan.said}`).toEqual([]);
  const outputs = await deployment.outputs();
  const on = outputs.url!.value !== "";
  const container = await host.container();
  expect(container?.Id).toBe(on ? outputs.container_id!.value : undefined);
  expect(await managedTokens()).toHaveLength(on ? 2 : 0);
  expect(await loadedSites()).toEqual(on ? ["hello", "noco"] : ["hello"]);
  if (!on) return;
  expect(await health()).toBe(200);
  expect(await signInAsAdmin()).toBe(200);
}

async function expectGone(): Promise<void> {
  expect(await host.container()).toBeUndefined();
  expect(await loadedSites()).toEqual(["hello"]);
  expect((await deployment.terraform("state", "list")).said).toBe("");
}

/** The sites of the instance that Caddy has loaded, by their first label. */
async function loadedSites(): Promise<string[]> {
  const argv = ["docker", "exec", instance.containers.caddy, "wget", "-qO-", "http://localhost:2019/config/"];
  const hosts = (await must(argv)).matchAll(new RegExp(`"([a-z]+)\\.${instance.domain.replace(".", "\\.")}"`, "g"));
  return [...new Set([...hosts].map(([, label]) => label!))].sort();
}

/** Whenever it was interrupted, every file is complete. */
async function expectCompleteFiles(): Promise<void> {
  for (const file of Object.values(instance.envFiles)) {
    expect(await host.text(file)).toMatch(/^(?![\s\S]*kept by cdktf)|# BEGIN .+\n(NOCODB_\w+=.+\n)+# END .+\n/);
  }
  const there = await host.sh('[ ! -f "$1" ] || cat "$1"', host.envFile);
  expect(there).toMatch(/^$|^NC_DB=[\s\S]*^NODE_OPTIONS=.+$/m);
  const secrets = Object.values(await host.secrets());
  expect([0, 4]).toContain(secrets.length);
  expect(secrets).not.toContain("");
}

/** Files, databases and containers that exist only while a command is at work. */
async function leftovers(): Promise<string[]> {
  const find = `find "$1" "$1/../" /tmp -maxdepth 5 \\( -name ".scratch.*" -o -name ".writing*" -o -name ".waiting*" -o -name ".*.new.??????" \\
    -o -name ".*.nocodb.??????" -o -name ".unfinished.*" -o -name ".smoke-test-*" -o -name ".restoring*" \\
    -o -name pending -o -name ".values.??????" -o -name ".pending.??????" -o -name ".secrets.cjs.??????" -o -path "/tmp/tmp.*" \\) -print`;
  const files = await host.sh(`${find} 2>/dev/null || true`, instance.baseDirectory);
  const databases = await host.sql("SELECT datname FROM pg_database WHERE datname ~ 'restoring|replaced'");
  const containers = await must([
    ...["docker", "ps", "-a", "--filter", `name=^/${instance.containers.nocodb}`, "--format", "{{.Names}}"],
  ]);
  const others = containers.split("\n").filter((name) => name !== "" && name !== instance.containers.nocodb);
  return [files, databases, ...others].flatMap((each) => each.split("\n")).filter((each) => each !== "");
}
