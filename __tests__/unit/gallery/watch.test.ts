import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Watch } from "../../gallery/watch.js";

const fine: RequestListener = (_, response) => response.writeHead(200, { "X-App": "one" }).end("hello\n");
let server: Server;
let answer: RequestListener;
let watch: Watch;

beforeEach(async () => {
  answer = fine;
  server = createServer((request, response) => answer(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  watch = new Watch([{ site: "one", scheme: "http" }], { http: port, https: 1 }, "example.com");
  await watch.begin();
});
afterEach(() => server.close());

/** The first trouble of some work during which the neighbour answers in another way. */
async function troubleWith(other: RequestListener): Promise<string | undefined> {
  await watch.during("work", async () => {
    answer = other;
  });
  return watch.troubles[0];
}

test("equal answers are fine, and are counted", async () => {
  expect(await troubleWith(fine)).toBeUndefined();
  expect(watch.answers).toBeGreaterThan(1);
});

test.each<[string, RequestListener, string]>([
  ["another byte of the body", (_, response) => response.writeHead(200, { "X-App": "one" }).end("hello"), "hello"],
  ["another header", (_, response) => response.writeHead(200, { "X-App": "two" }).end("hello\n"), "X-App: two"],
  ["another status", (_, response) => response.writeHead(503, { "X-App": "one" }).end("hello\n"), " 503 "],
  ["a connection that is always lost", (request) => request.destroy(), "no answer"],
])("%s is named, with the answer from before", async (_, other, words) => {
  const trouble = await troubleWith(other);
  expect(trouble).toContain(words);
  expect(trouble).toContain("instead of\nhttp://one.example.com/ 200 OK");
});

test("a connection that is lost once is opened once more", async () => {
  let lost = 0;
  const other: RequestListener = (request, response) => (lost++ === 0 ? request.destroy() : fine(request, response));
  expect(await troubleWith(other)).toBeUndefined();
});
