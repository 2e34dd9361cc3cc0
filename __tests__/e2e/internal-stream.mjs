// Asks NocoDB for the bases, again and again, from inside the container of a consumer and with its token.
//
//   node internal-stream.mjs TIMES   that often a second, until standard input ends
//
// Prints a line for each answer: the time in ms since 1970, and the HTTP status or the reason why there is none.
import { request } from "node:http";

const SECONDS_TO_WAIT = 5;
const headers = { "xc-token": process.env.NOCODB_API_TOKEN };

function ask() {
  const tell = (answer) => console.log(`${Date.now()} ${answer}`);
  const late = Object.assign(new Error(), { code: "late" });
  const asking = request("http://nocodb:8080/api/v2/meta/bases", { agent: false, headers }, (response) => {
    response.resume().on("error", ({ code }) => tell(code));
    response.on("end", () => tell(response.statusCode));
  });
  asking.setTimeout(SECONDS_TO_WAIT * 1000, () => asking.destroy(late));
  asking.on("error", ({ code }) => tell(code));
  asking.end();
}

const stream = setInterval(ask, 1000 / Number(process.argv.at(-1)));
process.stdin.resume().on("end", () => clearInterval(stream));
