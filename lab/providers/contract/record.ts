/**
 * npm run lab:contract
 *
 * Records what the real providers do in every case of the contract, on the lab's instance `labtest`. They come from
 * where the caller's Terraform finds them (registry, mirror, plugin cache). Read the difference before committing it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { must } from "../../command.js";
import { up } from "../../host.js";
import { instanceNamed } from "../../instance.js";
import { terraformEnvironment } from "../../terraform.js";
import { cases } from "./cases.js";
import { Ground } from "./ground.js";
import { connectionTo, record, removeOthers } from "./recording.js";

const AT_ONCE = 3;

process.env.NOCODB_LAB_PROVIDERS = "real";
const instance = instanceNamed("labtest");
await up(instance, console.log);
const { env } = await terraformEnvironment(console.log);
const directory = await mkdtemp(join(tmpdir(), "contract-"));
try {
  const ground = await Ground.prepare({ directory, env, connection: connectionTo(instance) });
  const recorded = cases.filter((one) => !one.standInsOnly);
  const waiting = [...recorded];
  const work = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      await record(one.rule, await ground.run(one));
      console.log(one.rule);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await removeOthers(recorded.map((one) => one.rule));
  await must(["npx", "biome", "format", "--write", "lab/providers/contract/recordings"]);
} finally {
  await rm(directory, { recursive: true, force: true });
}
