/**
 * npm run lab:contract
 *
 * Records what the real providers do in every case of the contract, on the instance of the tests. The providers come from
 * where the caller's Terraform finds them (registry, mirror, plugin cache). Read the difference before you commit it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { must } from "./command.js";
import { contractGround } from "./contract-ground.js";
import { testInstance } from "./instance.js";
import { RECORDINGS, recordCases } from "./stand-in-providers/contract/recording.js";
import { availableTerraform } from "./terraform.js";
import { up } from "./up.js";

process.env.NOCODB_LAB_PROVIDERS = "real";
const instance = testInstance();
await up(instance, console.log);
const { env } = await availableTerraform(console.log);
const directory = await mkdtemp(join(tmpdir(), "contract-"));
try {
  await recordCases({ directory, env, ...contractGround(instance) }, console.log);
  await must(["npx", "biome", "format", "--write", RECORDINGS]);
} finally {
  await rm(directory, { recursive: true, force: true });
}
