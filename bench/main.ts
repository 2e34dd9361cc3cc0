/**
 * npm run bench [-- ROW… --rounds N]
 *
 * Measures the app against its floors and against what a user would do instead, on an instance of the tests, and writes
 * docs/performance.md and docs/performance.svg. Rows that are not named keep their last results, in bench/results.json.
 *
 * hyperfine is not used, because it runs all rounds of one command before the next: on a busy machine that compares two
 * different hours. Here the commands alternate. Needs a quiet machine for results that mean something.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { must } from "../lab/command.js";
import { type Instance, testInstance } from "../lab/instance.js";
import { LabProblem } from "../lab/problem.js";
import { down, engineObjects } from "../lab/teardown.js";
import { availableTerraform } from "../lab/terraform.js";
import { up } from "../lab/up.js";
import { Ansible } from "./ansible/ansible.js";
import { chart } from "./chart.js";
import { Compose } from "./compose/compose.js";
import { Flat } from "./flat/flat.js";
import { dropDatabase, placeSites } from "./ground.js";
import { succeeding } from "./measure.js";
import { withResults } from "./page.js";
import { Product } from "./product.js";
import { readResults, writeResults } from "./results.js";
import type { Ground, Row } from "./row.js";
import { backup } from "./rows/backup.js";
import { change } from "./rows/change.js";
import { deploy } from "./rows/deploy.js";
import { drift } from "./rows/drift.js";
import { latency } from "./rows/latency.js";
import { lostContainer } from "./rows/lost-container.js";
import { nothingToDo } from "./rows/nothing-to-do.js";
import { plan } from "./rows/plan.js";
import { synth } from "./rows/synth.js";
import { wrongPassword } from "./rows/wrong-password.js";

/** In the order of the table. */
const ROWS: readonly Row[] = [
  ...[deploy, plan, nothingToDo, change, wrongPassword, lostContainer],
  ...[synth, drift, latency, backup],
];
const PAGE = fileURLToPath(new URL("../docs/performance.md", import.meta.url));
const CHART = fileURLToPath(new URL("../docs/performance.svg", import.meta.url));

async function main(): Promise<void> {
  const { rows, rounds } = given();
  const instance = testInstance();
  const there = await engineObjects(instance).catch(() => undefined);
  if (there?.container.includes(instance.containers.nocodb)) {
    throw new LabProblem(`Container ${instance.containers.nocodb} exists`, "Wait for the tests, or remove it");
  }
  await up(instance, console.log);
  let ground: Ground | undefined;
  try {
    ground = await prepare(instance, rounds);
    for (const row of rows) await measure(row, ground);
  } finally {
    if (there?.container.length) await leave(ground);
    else await down(instance, console.log);
  }
}

function given(): { rows: readonly Row[]; rounds: number } {
  const usage = `npm run bench [-- ROW… --rounds N]; rows: ${ROWS.map(({ name }) => name).join(", ")}`;
  const { values, positionals } = parseArgs({
    options: { rounds: { type: "string", default: "5" } },
    allowPositionals: true,
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new LabProblem(`--rounds ${values.rounds} is not a count`, usage);
  const unknown = positionals.filter((word) => !ROWS.some(({ name }) => name === word));
  if (unknown.length > 0) throw new LabProblem(`${unknown.join(", ")}: not a row`, usage);
  return { rows: positionals.length > 0 ? ROWS.filter(({ name }) => positionals.includes(name)) : ROWS, rounds };
}

/** Finds the contenders, and deploys product and flat app. */
async function prepare(instance: Instance, rounds: number): Promise<Ground> {
  const { kind, env } = await availableTerraform();
  const terraform: { terraform_version: string } = JSON.parse(
    await must([env.TERRAFORM_BINARY_NAME ?? "terraform", "version", "-json"], { env }),
  );
  const engine = await must(["docker", "version", "--format", "{{.Server.Version}}"]);
  const product = new Product(instance, terraform.terraform_version);
  const flat = new Flat(instance, env, terraform.terraform_version);
  const found = { "docker compose": await Compose.find(instance), Ansible: await Ansible.find(instance) };
  const peers = Object.values(found).filter((peer) => peer !== undefined);
  const leftOut = Object.entries(found).flatMap(([name, peer]) => (peer ? [] : [`${name} (not installed)`]));
  const machine = {
    ...{ processors: String(cpus().length), Linux: release(), "Node.js": process.versions.node },
    ...{ Terraform: terraform.terraform_version, providers: kind, "Docker Engine": engine },
    ...Object.fromEntries(peers.map((peer) => [peer.name, peer.version])),
  };
  writeResults({ ...readResults(), machine, leftOut });
  console.log(`left out: ${leftOut.join(", ") || "nothing"}`);
  await placeSites(instance, ["flat", ...peers.map(({ name }) => name)]);
  for (const peer of [flat, ...peers]) await peer.remove();
  await product.begin();
  await product.remove();
  console.log("deploying the product and the flat app");
  await succeeding(product.apply());
  await succeeding(flat.apply());
  return { instance, product, flat, peers, rounds };
}

async function measure(row: Row, ground: Ground): Promise<void> {
  const load = loadavg()[0]!;
  console.log(`${row.name}, at a load average of ${load.toFixed(1)}`);
  const entries = await row.measure(ground);
  const { rows, ...others } = readResults();
  const date = new Date().toISOString().slice(0, 10);
  const all = { ...rows, [row.name]: { date, load: Math.round(load * 10) / 10, entries } };
  const ordered = ROWS.flatMap(({ name }) => (all[name] ? [[name, all[name]] as const] : []));
  const results = { ...others, rows: Object.fromEntries(ordered) };
  writeResults(results);
  writeFileSync(PAGE, withResults(readFileSync(PAGE, "utf8"), results));
  writeFileSync(CHART, chart(results));
}

/** Removes what the bench created, in an instance that existed before. */
async function leave(ground: Ground | undefined): Promise<void> {
  if (ground === undefined) return;
  const { instance, product, flat, peers } = ground;
  await product.destroy();
  for (const peer of [flat, ...peers]) {
    await peer.remove();
    await dropDatabase(instance, peer.name);
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
