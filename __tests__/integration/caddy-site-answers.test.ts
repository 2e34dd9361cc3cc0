import { afterAll, beforeAll, expect, test } from "vitest";
import { renderSite } from "../../constructs/caddy-site/render.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { ownCaddy, siteName } from "./caddy.js";
import { inContainer, ownName, remove, start } from "./containers.js";
import { asRoot, instance } from "./host.js";

// What the rendered site makes of a service's answers.

const caddy = ownCaddy("answers");
const site = siteName("answers");
const service = ownName("answering");
const PARAGRAPH = "<p>compress me</p>";
const PAGE = PARAGRAPH.repeat(10_000);

/** A service with a page, parts of it, a stream whose second event comes after 5 s, and an upgrade that echoes. */
const SERVICE = `
const page = Buffer.from("${PARAGRAPH}".repeat(10000));
require("http").createServer((request, response) => {
  const type = (value, more) => ({ "content-type": value, "content-security-policy": "sandbox", ...more });
  if (request.url === "/stream") {
    response.writeHead(200, type("text/event-stream"));
    response.write("data: " + "x".repeat(2000) + "\\n\\n");
    setTimeout(() => response.end("data: last\\n\\n"), 5000);
  } else if (request.headers.range) {
    response.writeHead(206, type("text/html", { "content-range": "bytes 0-999/" + page.length, "content-length": 1000 }));
    response.end(page.subarray(0, 1000));
  } else {
    response.writeHead(200, type(request.url === "/file" ? "text/csv" : "text/html", { "content-length": page.length }));
    response.end(page);
  }
}).on("upgrade", (_, socket) => {
  socket.write("HTTP/1.1 101 Switching Protocols\\r\\nconnection: upgrade\\r\\nupgrade: websocket\\r\\n\\r\\n");
  socket.once("data", (data) => socket.end("echo " + data));
}).listen(8080)`;

beforeAll(async () => {
  await start(service, IMAGES.nocodb, ["--network", instance.frontend.name, "--entrypoint", "node"], ["-e", SERVICE]);
});
afterAll(() => remove(service));

const text = (allowedOrigins?: readonly string[]) =>
  renderSite({ host: site, upstream: `${service}:8080`, healthPath: "/", hold: 20, allowedOrigins });

beforeAll(async () => {
  expect(await caddy.apply(site, text())).toMatchObject({ code: 0 });
  await eventually(20, async () => expect((await curl("/")).startsWith("<p>")).toBe(true));
});

/** Runs curl on the host; `more` are further words of shell. */
const curl = (path: string, more = ""): Promise<string> =>
  asRoot(
    `curl -sS -m 20 --cacert "$1/root.crt" --connect-to "$2:443:$3:443" ${more} "https://$2$4" || true`,
    ...[caddy.directory, site, caddy.container, path],
  );

test.each(["gzip", "zstd"])("a page is compressed by %s for a client that accepts it", async (encoding) => {
  const head = await curl("/", `-o /dev/null -D - -w '%{size_download}' -H 'accept-encoding: ${encoding}'`);
  expect(head.toLowerCase()).toContain(`content-encoding: ${encoding}\r\n`);
  expect(head.toLowerCase()).toContain("vary: accept-encoding\r\n");
  expect(Number(head.split("\n").at(-1))).toBeLessThan(PAGE.length / 50);
});

test("a page is the same after decompression, and for a client that accepts no compression", async () => {
  expect(await curl("/", "--compressed -H 'accept-encoding: gzip'")).toBe(PAGE);
  expect(await curl("/")).toBe(PAGE);
});

test.each([
  ["a part of a page", "/", "-H 'range: bytes=0-999'", "206 1000"],
  ["a file to download", "/file", "", `200 ${PAGE.length}`],
])("%s keeps its bytes and its length", async (_, path, more, expected) => {
  const head = await curl(
    path,
    `${more} -H 'accept-encoding: zstd, gzip' -o /dev/null -D - -w '%{http_code} %{size_download}'`,
  );
  expect(head.toLowerCase()).not.toContain("content-encoding");
  expect(head.toLowerCase()).toContain(`content-length: ${expected.split(" ")[1]}\r\n`);
  expect(head.split("\n").at(-1)).toBe(expected);
});

test("the first event of a stream arrives at once", async () => {
  const first = await curl("/stream", "-N -m 3 -H 'accept-encoding: zstd, gzip' 2>/dev/null");
  expect(first.trim()).toBe(`data: ${"x".repeat(2000)}`);
});

test("a websocket is opened and carries data", async () => {
  // The certificate is from this Caddy's own authority, and other tests check certificates.
  const program = `
    const socket = require("tls").connect({ host: ${JSON.stringify(caddy.container)}, port: 443, servername: "${site}", rejectUnauthorized: false }, () =>
      socket.write("GET /socket HTTP/1.1\\r\\nhost: ${site}\\r\\nconnection: upgrade\\r\\nupgrade: websocket\\r\\naccept-encoding: gzip\\r\\n\\r\\n"));
    socket.once("data", (data) => { console.log(String(data).split("\\r\\n")[0]); socket.write("hello"); socket.on("data", (more) => console.log(String(more))); });
    socket.setTimeout(10000, () => socket.destroy());`;
  const said = await inContainer(service, ["node", "-e", program]);
  expect(said.trim().split("\n")).toEqual(["HTTP/1.1 101 Switching Protocols", "echo hello"]);
});

test("a policy is added to that of the service", async () => {
  expect(await caddy.apply(site, text(["https://s3.example.com"]))).toMatchObject({ code: 0 });
  const head = await eventually(20, async () => {
    const answer = await curl("/", "-o /dev/null -D -");
    expect(answer).toContain("200");
    return answer;
  });
  const policies = head.split("\r\n").filter((line) => line.toLowerCase().startsWith("content-security-policy: "));
  expect(policies.map((line) => line.replace(/^[^:]*: /, "")).sort()).toEqual([
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob: https://s3.example.com",
    "sandbox",
  ]);
});
