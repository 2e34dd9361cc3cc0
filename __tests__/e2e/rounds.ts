import { INTERRUPTIONS, type Interruption } from "./interruptions.js";

/** What an operator changes in a round, with its frequency. The rarer ones take longer. */
const CHANGES = {
  site: 4,
  roles: 3,
  limits: 3,
  variable: 3,
  image: 3,
  off: 2,
  restore: 2,
  rotation: 3,
  "destroy, then destroy again": 1,
  "destroy, then deploy": 2,
} as const;

export type Change = keyof typeof CHANGES | "on" | "first deploy" | "deploy again";

export interface Round {
  readonly number: number;
  readonly change: Change;
  readonly interruption: Interruption;
  /** How far it gets: a part of its steps (negative: before the first one), and seconds after that. */
  readonly moment: { readonly part: number; readonly seconds: number };
  /** Chooses the values of the change. */
  readonly random: () => number;
}

/**
 * The rounds of a seed, the same in every run: what is changed, and how and when that is interrupted. The change of the
 * first one is a first deploy.
 */
export function roundsOf(seed: string, first: number, count: number): Round[] {
  const rounds: Round[] = [];
  let there: "on" | "off" | "destroyed" | "nothing" = "nothing";
  for (let number = first; number < first + count; number++) {
    const random = generator(`${seed}/${number}`);
    const change = changeAt(there, random);
    there = after(change);
    const interruption = INTERRUPTIONS[Math.floor(random() * INTERRUPTIONS.length)]!;
    // One in twenty comes before any change; most come soon after a step, some within a long one.
    const moment = { part: random() - 0.05, seconds: random() ** 8 * 6 };
    rounds.push({ number, change, interruption, moment, random });
  }
  return rounds;
}

function changeAt(there: string, random: () => number): Change {
  if (there === "nothing") return "first deploy";
  if (there === "off") return "on";
  if (there === "destroyed") return random() < 0.5 ? "first deploy" : "deploy again";
  const deck = (Object.entries(CHANGES) as [Change, number][]).flatMap(([change, times]) => Array(times).fill(change));
  return deck[Math.floor(random() * deck.length)];
}

function after(change: Change): "on" | "off" | "destroyed" {
  if (change === "off") return "off";
  return change === "destroy, then destroy again" ? "destroyed" : "on";
}

/** Numbers from 0 to 1, the same for the same text (FNV-1a, then mulberry32). */
export function generator(text: string): () => number {
  let state = [...text].reduce((hash, char) => Math.imul(hash ^ char.charCodeAt(0), 16777619), 2166136261);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
