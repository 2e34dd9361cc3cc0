import { expect, test } from "vitest";
import { overlap, takenPort } from "../../../lab/docker.js";

test.each([
  ["10.220.1.0/24", true],
  ["10.220.0.0/16", true],
  ["10.0.0.0/8", true],
  ["0.0.0.0/0", true],
  ["10.220.1.128/25", true],
  ["10.220.2.0/24", false],
  ["10.220.0.0/24", false],
  ["172.17.0.0/16", false],
])("%s and 10.220.1.0/24 have a common address: %s", (subnet, expected) => {
  expect(overlap(subnet, "10.220.1.0/24")).toBe(expected);
  expect(overlap("10.220.1.0/24", subnet)).toBe(expected);
});

test.each([
  ["Bind for 127.0.0.1:20443 failed: port is already allocated"],
  ["Error starting userland proxy: listen tcp4 127.0.0.1:20443: bind: address already in use"],
])("the port that cannot be published is found in: %s", (message) => {
  expect(takenPort(`Error response from daemon: driver failed programming external connectivity: ${message}`)).toBe(
    "20443",
  );
  expect(takenPort("Error response from daemon: no such image")).toBeUndefined();
});
