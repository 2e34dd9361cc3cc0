/**
 * npm run bench
 *
 * How much longer than NocoDB's own start a deploy takes, on the instance `labtest`, images present and `terraform init`
 * done. Three times, in turn:
 *
 *   - `terraform apply` of the synthesized stack, from nothing to proved;
 *   - `docker run` of the same image with the same limits and environment on an empty database, until it answers 200 on
 *     its health path, asked inside the container.
 *
 * Takes away what it made; an instance that was there before stays.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { lastLines, must, run } from "./command.js";
import { Deployment } from "./deployment.js";
import { inContainer } from "./docker.js";
import { up } from "./host.js";
import { type Instance, testInstance } from "./instance.js";
import { down, leavings } from "./leavings.js";
import { LabProblem } from "./problem.js";

const ROUNDS = 3;
/** Seconds that a deploy may take on top of NocoDB's own start. */
const BAR = 6;
/** Sign-ins of an apply that finds no connection open; the plain docker provider's number. */
const SIGN_INS = 3;

async function main(): Promise<void> {
  const [unknown] = process.argv.slice(2);
  if (unknown !== undefined) throw new LabProblem(`${unknown} is unknown`, "npm run bench takes no arguments");
  const instance = testInstance();
  const there = await leavings(instance).catch(() => undefined);
  if (there?.container.includes(instance.containers.nocodb)) {
    throw new LabProblem(`${instance.containers.nocodb} is there`, "Wait for the tests, or take it away");
  }
  await up(instance, console.log);
  try {
    await measure(instance);
  } finally {
    if (there?.container.length) await empty(instance);
    else await down(instance, console.log);
  }
}

async function measure(instance: Instance): Promise<void> {
  const deployment = new Deployment(instance);
  await deployment.begin();
  await deployment.synth();
  await deployment.init();
  const rounds: { own: number; apply: number; signIns: number }[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    await empty(instance);
    await deployment.disconnect();
    const before = await signIns(instance);
    const apply = await succeeding(deployment, "apply");
    const after = await signIns(instance);
    const own = await ownStart(instance);
    rounds.push({ own, apply, signIns: after - before });
    console.log(`round ${round}: own start ${own.toFixed(1)} s, apply ${apply.toFixed(1)} s`);
    await succeeding(deployment, "destroy");
  }
  await deployment.disconnect();
  const own = rounds.map((round) => round.own);
  const apply = rounds.map((round) => round.apply);
  const difference = median(apply) - median(own);
  console.log(`
NocoDB's own start, on an empty database     ${seconds(median(own))}   (${spread(own)})
terraform apply, from nothing to proved      ${seconds(median(apply))}   (${spread(apply)})
difference of the medians                    ${seconds(difference)}   the bar is ${BAR} s
SSH sign-ins of an apply                     ${String(median(rounds.map((round) => round.signIns))).padStart(5)}     the bar is ${SIGN_INS}

A start that differs from round to round by more than the difference drowns it: then measure on a quieter machine.
`);
}

/** @returns its wall clock, in seconds */
async function succeeding(deployment: Deployment, command: "apply" | "destroy"): Promise<number> {
  const ended = await deployment.terraform(command, "-auto-approve", "-input=false", "-no-color");
  if (ended.code !== 0)
    throw new LabProblem(`terraform ${command} failed:\n${lastLines(ended.said, 30)}`, deployment.log);
  return ended.seconds;
}

/** NocoDB's own start: the deployed container once more, as plain docker runs it, on an empty database. */
async function ownStart(instance: Instance): Promise<number> {
  const { nocodb } = instance.containers;
  const [{ Config, HostConfig, Mounts }] = JSON.parse(await must(["docker", "inspect", nocodb]));
  await must(["docker", "rm", "--force", nocodb]);
  await emptyDatabase(instance, "nocodb");
  await onHost(instance, 'find "$1" -mindepth 1 -delete', Mounts[0].Source);
  const variables = (Config.Env as string[]).map((line) => [line.replace(/=.*/s, ""), line.replace(/^[^=]*=/, "")]);
  const argv = [
    ...["docker", "run", "--detach", "--name", nocodb, "--network", instance.backend.name],
    ...["--memory", `${HostConfig.Memory}b`, "--memory-swap", `${HostConfig.MemorySwap}b`],
    ...["--memory-reservation", `${HostConfig.MemoryReservation}b`, "--cpus", String(HostConfig.NanoCpus / 1e9)],
    ...["--security-opt", HostConfig.SecurityOpt[0], "--cap-drop", "ALL"],
    ...HostConfig.CapAdd.flatMap((name: string) => ["--cap-add", name]),
    ...["--volume", `${Mounts[0].Source}:${Mounts[0].Destination}`],
    ...variables.flatMap(([name]) => ["--env", name!]),
    Config.Image,
  ];
  const start = performance.now();
  await must(argv, { env: Object.fromEntries(variables) });
  const ask = ["docker", "exec", nocodb, "wget", "-q", "-t", "1", "-T", "2", "-O", "/dev/null"];
  while ((await run([...ask, "http://127.0.0.1:8080/api/v1/health"])).code !== 0) {
    if (performance.now() - start > 180_000) throw new LabProblem("NocoDB did not start", `See: docker logs ${nocodb}`);
    await sleep(300);
  }
  const taken = (performance.now() - start) / 1000;
  await must(["docker", "rm", "--force", nocodb]);
  return taken;
}

/** Nothing of NocoDB: no container, no role, no database, no directory. */
async function empty(instance: Instance): Promise<void> {
  await run(["docker", "rm", "--force", instance.containers.nocodb]);
  await sql(instance, "DROP DATABASE IF EXISTS nocodb WITH (FORCE)");
  await sql(instance, "DROP ROLE IF EXISTS nocodb");
  await onHost(instance, 'rm -rf "$1/configs/nocodb" "$1/data/nocodb"', instance.baseDirectory);
}

async function emptyDatabase(instance: Instance, name: string): Promise<void> {
  await sql(instance, `DROP DATABASE ${name} WITH (FORCE)`);
  await sql(instance, `CREATE DATABASE ${name} OWNER ${name}`);
}

function sql(instance: Instance, statement: string): Promise<string> {
  return inContainer(instance.containers.postgresql, ["psql", "-X", "-q", "-U", "postgres", "-c", statement]);
}

function onHost(instance: Instance, script: string, word: string): Promise<string> {
  return inContainer(instance.containers.sshd, ["sh", "-euc", script, "-", word]);
}

async function signIns(instance: Instance): Promise<number> {
  const { stdout, stderr } = await run(["docker", "logs", instance.containers.sshd]);
  return (stdout + stderr).split("Accepted publickey").length - 1;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function spread(values: readonly number[]): string {
  return values.map((value) => value.toFixed(1)).join(", ");
}

function seconds(value: number): string {
  return `${value.toFixed(1).padStart(5)} s`;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
