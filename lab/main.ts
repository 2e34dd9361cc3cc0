/**
 * npm run lab -- COMMAND [--instance NAME]
 *
 *   start    brings the host up, deploys environment `lab` and checks it (npm start)
 *   up       brings the host up: engine, images, networks, PostgreSQL, Caddy, SSH, consumers
 *   images   pulls or builds the host's images
 *   down     removes the host with its files; with --images also the images that were built here
 *   status   lists the parts of the host
 *
 * The instances cluster1 and cluster2 are Docker Swarm clusters of three machines, the first of which is the host.
 */
import { parseArgs } from "node:util";
import { removeSeed } from "./cluster/node-data.js";
import { clusterStatus } from "./cluster/status.js";
import { CommandFailed } from "./command.js";
import { answeringEngine, readyEngine } from "./engine.js";
import { prepareImages, removeBuiltImages } from "./images.js";
import { instanceNamed } from "./instance.js";
import { LabProblem } from "./problem.js";
import { secondsSince } from "./progress.js";
import { start } from "./start.js";
import { status } from "./status.js";
import { down } from "./teardown.js";
import { up } from "./up.js";

const USAGE = "npm run lab -- start | up | images | down [--images] | status   [--instance lab | labtest | cluster1 …]";
const say = (line: string) => console.log(line);

async function main(): Promise<void> {
  const { command, instance, images } = given();
  if (command === "help") return say(`Usage: ${USAGE}`);
  const begin = performance.now();
  if (command === "start") await start(instance, say);
  else if (command === "up") await up(instance, say);
  else if (command === "images") await prepareImages(await readyEngine(say), say);
  else {
    if (!(await answeringEngine())) throw new LabProblem("No Docker engine answers", "npm run lab -- up starts one");
    if (command === "status") {
      const { cluster } = instance;
      return (await (cluster ? clusterStatus(instance, cluster) : status(instance))).forEach(say);
    }
    await down(instance, say);
    if (images) {
      await removeSeed();
      say(`images: ${(await removeBuiltImages()).join(", ") || "none"}`);
    }
  }
  say(`Finished all in ${secondsSince(begin).replace(" s", " seconds")}`);
}

function given() {
  try {
    const options = {
      instance: { type: "string" },
      images: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    } as const;
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [command, ...rest] = values.help ? ["help"] : positionals;
    if (command === undefined) throw new Error("A command is missing");
    if (!["start", "up", "images", "down", "status", "help"].includes(command) || rest.length > 0)
      throw new Error(`"${positionals.join(" ")}" is not a command`);
    return { command, instance: instanceNamed(values.instance), images: values.images ?? false };
  } catch (error) {
    if (error instanceof LabProblem) throw error;
    throw new LabProblem((error as Error).message, `Usage: ${USAGE}`);
  }
}

try {
  await main();
} catch (error) {
  // One red line names the problem; the lines under it are the last output of the command that failed.
  const known = error instanceof LabProblem || error instanceof CommandFailed;
  const [first, ...more] = (known ? (error as Error).message : String((error as Error).stack)).split("\n");
  console.error(process.stderr.isTTY ? `\u001b[31m${first}\u001b[0m` : first);
  for (const line of more) console.error(line);
  process.exitCode = 1;
}
