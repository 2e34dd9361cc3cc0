/**
 * `npm run interrupt -- [ROUNDS [SEED [FIRST]]]`: interrupts applies on the lab at random moments, 200 times by default,
 * and checks each time that the next apply repairs the host. The same SEED repeats the same rounds, from round FIRST on;
 * the default is a random one. Ends with the first round that was not repaired, and prints the command that repeats it.
 */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";

function main([rounds = "200", seed = randomBytes(4).toString("hex"), first = "1"]: readonly string[]): number {
  if (![rounds, first].every((each) => /^[1-9]\d*$/.test(each))) {
    console.error("usage: npm run interrupt -- [ROUNDS [SEED [FIRST]]], such as: npm run interrupt -- 200 a1b2c3d4 17");
    return 2;
  }
  console.log(`seed ${seed}, rounds ${first} to ${Number(first) + Number(rounds) - 1}`);
  const vitest = ["vitest", "run", "--project", "e2e", "--bail", "1", "__tests__/e2e/interrupted.test.ts"];
  const env = { ...process.env, INTERRUPT_ROUNDS: rounds, INTERRUPT_SEED: seed, INTERRUPT_FIRST: first };
  return spawnSync("npx", ["--no-install", ...vitest], { stdio: "inherit", env }).status ?? 1;
}

process.exitCode = main(process.argv.slice(2));
