import type { Environment } from "../defaults.js";
import type { Placed } from "../diagnostics/problems.js";
import { statePlace } from "./backend.js";

/**
 * Compares an environment with the others. If two keep their state in one place, both are refused: the app cannot know
 * which one has to move, and a deploy of one would destroy what the other made.
 */
export function crossEnvironment({ name, backend }: Environment, all: readonly Environment[]): Placed[] {
  const place = statePlace(backend);
  const other = all.find((each) => each.name !== name && statePlace(each.backend) === place);
  if (place === undefined || other === undefined) return [];
  const message = `is also the place of ${other.name}'s state, and each would destroy what the other made`;
  return [[["backend"], { message, remedy: "change it in one of the two files" }]];
}
