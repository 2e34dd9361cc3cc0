// A steady stream of requests to NocoDB's API, for as long as standard input is open: by turns one reads a row, one writes
// a row, with the title <STREAM_NAME>-<number>. Each has a connection of its own, and none is sent twice.
//
// Expects, in the environment: STREAM_ADDRESS (a URL), STREAM_SITE (name and port asked for there, may be missing),
// STREAM_NAME, STREAM_TABLE (its id), STREAM_PER_SECOND, NOCODB_API_TOKEN.
// Prints one JSON line for each request when all are answered: number, method, status or the reason why there is none, time of sending
// (ms since 1970), ms until its answer.
import { request as http } from "node:http";
import { request as https } from "node:https";

const { STREAM_ADDRESS, STREAM_SITE, STREAM_NAME, STREAM_TABLE, STREAM_PER_SECOND, NOCODB_API_TOKEN } = process.env;
const path = `/api/v2/tables/${STREAM_TABLE}/records`;
const address = new URL(STREAM_ADDRESS);
const request = address.protocol === "https:" ? https : http;
const site = STREAM_SITE && { servername: STREAM_SITE.replace(/:\d+$/, ""), headers: { host: STREAM_SITE } };
const SECONDS_TO_WAIT = 70;

function send(number) {
  const method = number % 2 === 0 ? "GET" : "POST";
  const headers = { ...site?.headers, "xc-token": NOCODB_API_TOKEN, "content-type": "application/json" };
  const sent = Date.now();
  return new Promise((resolve) => {
    const end = (answer) => resolve({ number, method, answer, sent, took: Date.now() - sent });
    const url = new URL(method === "GET" ? `${path}?limit=1` : path, address);
    const asking = request(url, { ...site, method, headers, agent: false }, (response) => {
      response.resume().on("error", (error) => end(error.code ?? error.name));
      response.on("end", () => end(response.statusCode));
    });
    asking.setTimeout(SECONDS_TO_WAIT * 1000, () => asking.destroy(Object.assign(new Error(), { code: "too late" })));
    asking.on("error", (error) => end(error.code ?? error.name));
    asking.end(method === "GET" ? undefined : JSON.stringify({ Title: `${STREAM_NAME}-${number}` }));
  });
}

const sent = [];
const timer = setInterval(() => sent.push(send(sent.length)), 1000 / Number(STREAM_PER_SECOND));
process.stdin.resume().on("end", async () => {
  clearInterval(timer);
  for (const each of await Promise.all(sent)) console.log(JSON.stringify(each));
});
