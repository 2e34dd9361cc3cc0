import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { recordFault } from "../fault.js";
import { BEGINNING, play } from "./interrupted-deployment.js";
import { INTERRUPTIONS } from "./interruptions.js";
import { buildAnotherImage, deployment, host, neighbours } from "./lifecycle.js";
import { type Round, roundsOf } from "./rounds.js";

/** `npm run interrupt` sets them, for more rounds or to repeat some. */
const { INTERRUPT_ROUNDS = "6", INTERRUPT_SEED = randomBytes(4).toString("hex"), INTERRUPT_FIRST = "1" } = process.env;
const rounds = roundsOf(INTERRUPT_SEED, Number(INTERRUPT_FIRST), Number(INTERRUPT_ROUNDS));

const title = ({ number, change, interruption, moment }: Round) =>
  `${number}: ${change}, ${interruption.name} at ${Math.round(moment.part * 100)}% + ${moment.seconds.toFixed(1)} s`;

describe(`an apply that is interrupted at any moment (seed ${INTERRUPT_SEED})`, () => {
  /** Seconds of the applies that corrected an interrupted one. */
  const recovered: number[] = [];

  beforeAll(async () => {
    await deployment.begin();
    await deployment.set(BEGINNING);
    await neighbours.begin();
    await buildAnotherImage();
  });

  afterAll(async () => {
    const { code, said } = await deployment.terraform("destroy", "-auto-approve", "-input=false", "-no-color");
    await deployment.disconnect();
    expect(code, said).toBe(0);
    await host.empty();
  });

  it.each(rounds.map((round) => [title(round), round] as const))(
    "is corrected by the next one: %s",
    async (_, round) => {
      onTestFailed(() => console.log(`To repeat this round: npm run interrupt -- 1 ${INTERRUPT_SEED} ${round.number}`));
      const { interrupted, seconds } = await play(round);
      console.log(`${title(round)}: ${interrupted ? "" : "had ended before; "}corrected in ${seconds.toFixed(1)} s`);
      if (interrupted) recovered.push(seconds);
    },
  );

  it("was interrupted in at least a third of the rounds, which is a row of the table of faults", () => {
    expect(recovered.length).toBeGreaterThanOrEqual(rounds.length / 3);
    recordFault({
      cause: `an apply is interrupted at a random moment: ${INTERRUPTIONS.map(({ name }) => name).join(", ")}`,
      command: "deploy, again",
      seen: "Apply complete!",
      seconds: Math.max(...recovered),
      preserved: "rows, tokens, the Caddyfile, the other site; no half-written or leftover files, second plan empty",
    });
  });
});
