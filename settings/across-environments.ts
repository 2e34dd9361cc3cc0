import { settingOfPlace, statePlace } from "./backend.js";
import type { Environment } from "./defaults.js";
import type { Placed } from "./problems.js";

/**
 * What is wrong between an environment and the others. Of two that keep their state in one place each is told: which of
 * them has to move is not known here, and a deploy of one would take away what the other has made.
 */
export function acrossEnvironments(environment: Environment, all: readonly Environment[]): Placed[] {
  const { name, backend } = environment;
  const place = statePlace(backend);
  const other = all.find((each) => each.name !== name && statePlace(each.backend) === place);
  if (place === undefined || other === undefined) return [];
  const message = `leads to the state of ${other.name}, and each of the two would take away what the other has made`;
  return [[settingOfPlace(backend), { message, remedy: "write another one in one of the two files" }]];
}
