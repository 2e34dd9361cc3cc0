import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { recordFault } from "../fault.js";
import { BEGINNING, play } from "./interrupted-deployment.js";
import { INTERRUPTIONS } from "./interruptions.js";
import { type Round, roundsOf } from "./rounds.js";
import { buildAnotherImage, deployment, host, neighbours } from "./lifecycle.js";

/** `npm run interrupt` sets them, for more rounds or the same ones again. */
const { INTERRUPT_ROUNDS = "20", INTERRUPT_SEED = randomBytes(4).toString("hex"), INTERRUPT_FIRST = "1" } = process.env;
const rounds = roundsOf(INTERRUPT_SEED, Number(INTERRUPT_FIRST), Number(INTERRUPT_ROUNDS));

const told = ({ number, change, interruption, moment }: Round) =>
  `${number}: ${change}, ${interruption.name} at ${Math.round(moment.part * 100)}% + ${moment.seconds.toFixed(1)} s`;

describe(`an apply that is cut off at any moment (seed ${INTERRUPT_SEED})`, () => {
  /** Seconds of the applies that put right what had been cut off. */
  const healed: number[] = [];

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

  it.each(rounds.map((round) => [told(round), round] as const))(
    "is put right by the next one: %s",
    async (_, round) => {
      onTestFailed(() =>
        console.log(`To have this round again: npm run interrupt -- 1 ${INTERRUPT_SEED} ${round.number}`),
      );
      const { interrupted, seconds } = await play(round);
      console.log(`${told(round)}: ${interrupted ? "" : "had ended before; "}put right in ${seconds.toFixed(1)} s`);
      if (interrupted) healed.push(seconds);
    },
  );

  it("was cut off in at least a third of the rounds, which is a row of the table of faults", () => {
    expect(healed.length).toBeGreaterThanOrEqual(rounds.length / 3);
    recordFault({
      cause: `an apply is cut off at a random moment: ${INTERRUPTIONS.map(({ name }) => name).join(", ")}`,
      command: "deploy, again",
      seen: "Apply complete!",
      seconds: Math.max(...healed),
      preserved:
        "rows, tokens, the Caddyfile, the other site; nothing half written, nothing left behind, second plan empty",
    });
  });
});
