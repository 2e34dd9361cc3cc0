import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dockerOn } from "../../../lab/cluster/engines.js";
import { must } from "../../../lab/command.js";
import type { Ended } from "../../../lab/deployment.js";
import { copyImages } from "../../../lab/engine-in-container.js";
import { apply, deployment, expectEmptyPlan, failingDeploy, health, image, secrets } from "../../e2e/lifecycle.js";
import { cluster, second, third } from "../cluster.js";
import { allRun, notes, taskIds } from "../deployed.js";

const broken = `${image}-broken`;
const listed = async () => (await deployment.nocodbHost("backup list")).stdout.match(/^\d{4}-\d\d-\d\dT.*$/gm) ?? [];

describe("an image whose program ends at its start", () => {
  let rows: string;
  let tasks: string[];
  let backups: string[];
  let ended: Ended;

  beforeAll(async () => {
    const print = "printf 'migration 0099 failed: '; sed -n s/^DATABASE_PASSWORD=//p /run/nocodb/values";
    const dockerfile = `FROM ${image}\nENTRYPOINT ["sh", "-c", "{ ${print}; } >&2; exit 7"]\n`;
    await must(["docker", "build", "--quiet", "--tag", broken, "-"], { input: dockerfile });
    for (const node of [second, third]) await copyImages([broken], node.socket);
    [rows, tasks, backups] = await Promise.all([notes(), taskIds(), listed()]);
    await deployment.set({ image: broken });
    ended = await failingDeploy();
    console.log(`an image that exits: ${ended.seconds.toFixed(0)} s`);
  });

  afterAll(async () => {
    for (const node of cluster.nodes) await dockerOn(node, ["rmi", "--force", broken]);
  });

  it("fails the deploy with the task's last words, its exit code and what the engine does, and no secret", () => {
    expect(ended.line).toContain("migration 0099 failed: ********");
    expect(ended.line).toMatch(/(has taken|is taking) it back: the former version serves .*non-zero exit \(7\)/);
    expect(ended.line).toContain(`return to ${image} with the backup from before`);
    expect(secrets.foundIn(ended.said)).toEqual([]);
  });

  it("made a backup before, and lost nothing", async () => {
    expect((await listed()).length).toBe(backups.length + 1);
    expect(await notes()).toBe(rows);
    expect(await health()).toBe(200);
  });

  it("is taken back by the engine, without a former task replaced", async () => {
    await allRun();
    expect(await taskIds()).toEqual(tasks);
  });

  it("is a difference in the next plan, and the former image is none", async () => {
    await deployment.synth();
    expect((await deployment.plan()).changes).toContain("docker_service.nocodb_service: update");
    await deployment.set({ image });
    await apply();
    await expectEmptyPlan();
    expect(await taskIds()).toEqual(tasks);
  });
});

describe("an image that no registry has", () => {
  it("is refused within 10 s, and changes no task", async () => {
    const tasks = await taskIds();
    await deployment.set({ image: "registry.invalid/nocodb:0.301.3" });
    await deployment.synth();
    const ended = await deployment.terraform("apply", "-auto-approve", "-input=false", "-no-color");
    await deployment.set({ image });
    await deployment.synth();
    expect(ended.code, ended.said).toBe(1);
    expect(ended.line).toContain("registry.invalid/nocodb:0.301.3");
    expect(ended.seconds).toBeLessThan(10);
    expect(await taskIds()).toEqual(tasks);
    await apply();
    await expectEmptyPlan();
    expect(await taskIds()).toEqual(tasks);
  });
});
