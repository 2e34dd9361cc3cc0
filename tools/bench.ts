/**
 * npm run bench
 *
 * Measures how much longer a deploy takes than NocoDB's own start, on the instance of the tests, with all images present
 * and `terraform init` done. Three rounds of both:
 *
 *   - `terraform apply` of the synthesized stack, from nothing to the passed smoke test;
 *   - `docker run` of the same image with the same limits and variables on an empty database, until its health path
 *     answers 200 inside the container.
 *
 * Removes everything that it created; an instance that existed before stays.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { lastLines, must, run } from "../lab/command.js";
import { Deployment } from "../lab/deployment.js";
import { inContainer } from "../lab/docker.js";
import { up } from "../lab/host.js";
import { type Instance, testInstance } from "../lab/instance.js";
import { LabProblem } from "../lab/problem.js";
import { down, engineObjects } from "../lab/teardown.js";

const ROUNDS = 3;
/** The seconds that a deploy may take on top of NocoDB's own start. */
const LIMIT = 6;
/** The SSH sign-ins of an apply without an open connection; as many as the docker provider alone makes. */
const SIGN_INS = 3;

async function main(): Promise<void> {
  const [unknown] = process.argv.slice(2);
  if (unknown !== undefined) throw new LabProblem(`${unknown} is unknown`, "npm run bench takes no arguments");
  const instance = testInstance();
  const there = await engineObjects(instance).catch(() => undefined);
  if (there?.container.includes(instance.containers.nocodb)) {
    throw new LabProblem(`Container ${instance.containers.nocodb} exists`, "Wait for the tests, or remove it");
  }
  await up(instance, console.log);
  try {
    await measure(instance);
  } finally {
    if (there?.container.length) await removeNocodb(instance);
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
    await removeNocodb(instance);
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
terraform apply, from nothing to smoke test  ${seconds(median(apply))}   (${spread(apply)})
difference of the medians                    ${seconds(difference)}   the limit is ${LIMIT} s
SSH sign-ins of an apply                     ${String(median(rounds.map((round) => round.signIns))).padStart(5)}     the limit is ${SIGN_INS}

If the starts of the rounds differ by more than the difference, measure again on a quieter machine.
`);
}

/** Runs a Terraform command that has to succeed. @returns its wall clock, in seconds */
async function succeeding(deployment: Deployment, command: "apply" | "destroy"): Promise<number> {
  const ended = await deployment.terraform(command, "-auto-approve", "-input=false", "-no-color");
  if (ended.code !== 0)
    throw new LabProblem(`terraform ${command} failed:\n${lastLines(ended.said, 30)}`, deployment.log);
  return ended.seconds;
}

/** NocoDB's own start: the deployed container, started by plain docker on an empty database. */
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

/** Removes NocoDB: container, database, role and directories. */
async function removeNocodb(instance: Instance): Promise<void> {
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
