/**
 * `npm run interrupt -- [ROUNDS [SEED [FIRST]]]`: cuts applies on the lab off at random moments (200 without a number), and
 * looks each time whether the next one puts it right. Without SEED another one each time; the same SEED does the same
 * rounds again, from FIRST on. It ends with the first round that was not put right, and says how to have that one again.
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
