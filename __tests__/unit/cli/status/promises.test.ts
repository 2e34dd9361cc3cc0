import { expect, test } from "vitest";
import { promisesOf } from "../../../../cli/status/promises.js";
import { environment } from "../../support/stack-of.js";

const lab = environment("lab");
const rows = (engine: "container" | "swarm") =>
  promisesOf({ ...lab, engine, swarm: { ...lab.swarm, replicas: 3 } }).map(({ line }) => line);

test("a cluster is asked for its service where a host is asked for its container", () => {
  const networks = Object.values(lab.networks).map(({ name }) => name);
  const others = (lines: string[]) => lines.filter((line) => !rows("container").includes(line));
  expect(others(rows("swarm"))).toEqual([
    "service lab_nocodb 3",
    `service_image lab_nocodb nocodb ${lab.image}`,
    `service_memory lab_nocodb ${lab.memory}`,
    "service_health lab_nocodb",
    `service_networks lab_nocodb nocodb ${networks.join(" ")}`,
  ]);
});
