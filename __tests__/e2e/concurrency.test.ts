import { spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { must, type Outcome, run } from "../../lab/command.js";
import { root } from "../../lab/deployment.js";
import { recordFault } from "../fault.js";
import { BEGINNING } from "./interrupted-deployment.js";
import { deployment, expectEmptyPlan, health, host, instance, neighbours } from "./lifecycle.js";

const FLAGS = ["-auto-approve", "-input=false", "-no-color"];

beforeAll(async () => {
  await deployment.begin();
  await deployment.set(BEGINNING);
  await neighbours.begin();
  const { code, said } = await deployment.apply();
  expect(code, said).toBe(0);
});

afterAll(async () => {
  const { code, said } = await deployment.terraform("destroy", ...FLAGS);
  await deployment.disconnect();
  expect(code, said).toBe(0);
  await host.empty();
});

describe("two commands at once", () => {
  it("a second deploy of the same state is refused by Terraform's lock, and the first succeeds", async () => {
    await deployment.set({ "variables.NC_ROUND": "at once" });
    await deployment.synth();
    const first = deployment.begun("apply", ...FLAGS);
    expect(await first.until((said) => said.includes("Destroying..."))).toBe(true);
    const second = await deployment.deploy();
    expect(second.code).toBe(1);
    expect(second.line).toContain("Error acquiring the state lock");
    expect(await first.ended, first.said).toBe(0);
    await expectEmptyPlan();
    recordFault({
      ...{ cause: "a second deploy begins while one is at work", command: "deploy", seconds: second.seconds },
      ...{ seen: "Error acquiring the state lock", preserved: "the first one succeeds; the second plan is empty" },
    });
  });

  it("a plan that begins while another command works on the host names it, and how to end it if it hangs", async () => {
    const lock = `/run/${host.configDirectory.slice(1).replaceAll("/", "-")}-records.lock`;
    const hold =
      'exec 8>>"$1"; flock 8; echo "a restore, process 1, since today" >"$1"; echo held; exec cat >/dev/null';
    const holder = spawn("docker", ["exec", "-i", instance.containers.sshd, "sh", "-c", hold, "-", lock]);
    await new Promise((resolve) => holder.stdout.once("data", resolve));
    const plan = await deployment.plan();
    holder.stdin.end();
    expect(plan.code).toBe(1);
    expect(plan.line).toContain(
      "Another command has been at work on this host for more than 12 s: a restore, process 1, since today.",
    );
    expect(plan.line).toContain("sudo kill 1");
    await expectEmptyPlan();
    recordFault({
      ...{ cause: "a deploy begins while a restore is at work on the host", command: "deploy", seconds: plan.seconds },
      ...{
        seen: "Another command has been at work on this host for more than 12 s: a restore, process 1",
        preserved: "everything",
      },
    });
  });

  it("a deploy and two backups, then two rotations: all of them succeed", async () => {
    await deployment.set({ "variables.NC_ROUND": "with others", "consumers.n8n.role": "viewer" });
    await deployment.synth();
    const deploying = deployment.terraform("apply", ...FLAGS);
    const others = await Promise.all([deployment.nocodbHost("backup create"), deployment.nocodbHost("backup create")]);
    expect(others.map(({ code, stderr }) => [code, stderr])).toEqual(others.map(() => [0, expect.any(String)]));
    const deployed = await deploying;
    expect(deployed.code, deployed.said).toBe(0);
    const rotated = await Promise.all([
      deployment.nocodbHost("rotate token", "n8n"),
      deployment.nocodbHost("rotate token", "openclaw"),
    ]);
    expect(rotated.map(({ code }) => code)).toEqual([0, 0]);
    await expectEmptyPlan();
    expect(await health()).toBe(200);
    expect(neighbours.troubles).toEqual([]);
  });
});

describe("a host that is gone for good", () => {
  let discarded: Outcome;

  beforeAll(async () => {
    await deployment.disconnect();
    // It accepts connections, but never answers.
    await host.freeze();
  });

  afterAll(() => run(["docker", "unpause", instance.containers.sshd]).then(() => undefined));

  it("fails a destroy within seconds, with the command that discards the state", async () => {
    const ended = await deployment.terraform("destroy", ...FLAGS);
    expect(ended.code).toBe(1);
    expect(ended.line).toContain("If the host is gone for good: npx nocodb-host state discard ENVIRONMENT");
    expect(ended.seconds).toBeLessThan(30);
    recordFault({
      ...{ cause: "the host is gone for good", command: "destroy", seconds: ended.seconds },
      ...{
        seen: "ssh could not reach the host … If the host is gone for good: npx nocodb-host state discard ENVIRONMENT",
        preserved: "the state",
      },
    });
  });

  it("keeps its state without a yes", async () => {
    const { code, stdout, stderr } = await deployment.nocodbHost("state discard");
    expect([code, stderr]).toEqual([
      64,
      "Stopped, because there is no terminal to ask on: Is 127.0.0.1 gone for good? Add --yes to answer yes.\n",
    ]);
    expect((await deployment.terraform("state", "list")).said).toContain("docker_container");
    expect(stdout).toContain(
      "Lost with the host: database, data directory, secrets, the consumers' tokens, and the backups in ",
    );
  });

  it("has its state discarded without a connection; a copy is kept, readable only by its owner", async () => {
    const before = await deployment.terraform("state", "list");
    expect(before.said).toContain("docker_container");
    discarded = await deployment.nocodbHost("state discard", "--yes");
    expect([discarded.code, discarded.stderr]).toEqual([0, ""]);
    expect((await deployment.terraform("state", "list")).said).toBe("");
    const copy = /The state as it was: (.*)/.exec(discarded.stdout)![1]!;
    const path = copy.startsWith("/") ? copy : `${root}/${copy}`;
    expect(await must(["stat", "-c", "%a", path])).toBe("600");
    expect(await must(["grep", "-c", "docker_container", path])).not.toBe("0");
  });

  it("is then not asked by a destroy", async () => {
    const ended = await deployment.terraform("destroy", ...FLAGS);
    expect(ended.code, ended.said).toBe(0);
    expect(ended.seconds).toBeLessThan(10);
  });

  it("is replaced by a new host of the same name, on which a deploy starts over", async () => {
    await host.thaw();
    await must(["docker", "rm", "--force", instance.containers.nocodb]);
    await host.empty();
    // A new host has neither the app's site nor its lines.
    const files = [instance.caddyfile, ...Object.values(instance.envFiles)];
    for (const file of files)
      await host.sh(
        'sed "/^# BEGIN .*kept by cdktf/,/^# END .*kept by cdktf/d" "$1" >"$1.new"; cat "$1.new" >"$1"; rm "$1.new"',
        file,
      );
    await must(["docker", "restart", "--time", "1", instance.containers.caddy]);
    const { code, said } = await deployment.apply();
    expect(code, said).toBe(0);
    await expectEmptyPlan();
    expect(await health()).toBe(200);
  });
});
