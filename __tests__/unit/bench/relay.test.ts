import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { expect, test } from "vitest";
import { Relay } from "../../../bench/relay.js";

test("the relay passes bytes on in order, an answer after the round trip", async () => {
  const server = createServer((socket) => socket.pipe(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const relay = await Relay.to((server.address() as AddressInfo).port, 100);
  const client = connect(relay.port, "127.0.0.1");
  const start = performance.now();
  client.write("one ");
  client.end("two");
  let answer = "";
  for await (const data of client) answer += data;
  expect(answer).toBe("one two");
  expect(performance.now() - start).toBeGreaterThan(95);
  await relay.close();
  server.close();
});
