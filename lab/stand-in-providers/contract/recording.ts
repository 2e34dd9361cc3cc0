import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cases } from "./cases.js";
import { Ground, type GroundProps, type Recorded } from "./ground.js";

export const RECORDINGS = fileURLToPath(new URL("recordings", import.meta.url));

const AT_ONCE = 3;

/** The name of a case's recording. */
const fileName = (rule: string) =>
  `${rule
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")}.json`;

/** What the real providers did in a case, step by step. */
export async function recording(rule: string): Promise<Recorded[]> {
  return JSON.parse(await readFile(join(RECORDINGS, fileName(rule)), "utf8"));
}

/** Runs every case and writes its recording; removes the recordings of cases that no longer exist. */
export async function recordCases(props: GroundProps, report: (rule: string) => void): Promise<void> {
  const ground = await Ground.prepare(props);
  const recorded = cases.filter((one) => !one.standInsOnly);
  const waiting = [...recorded];
  await mkdir(RECORDINGS, { recursive: true });
  const work = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      const steps = await ground.run(one);
      await writeFile(join(RECORDINGS, fileName(one.rule)), `${JSON.stringify(steps, null, 2)}\n`);
      report(one.rule);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const kept = recorded.map(({ rule }) => fileName(rule));
  const others = (await readdir(RECORDINGS)).filter((file) => !kept.includes(file));
  await Promise.all(others.map((file) => rm(join(RECORDINGS, file))));
}
