// A minimal consumer of NocoDB's API: lists the bases that it may see, with the address and token in its env.
//
//   node call.mjs        calls every ten seconds and prints each answer that differs from the last one
//   node call.mjs once   calls once and prints the answer; exit code 0 for 200, else 1
//
// An answer is an HTTP status, or the reason why there is none. The token is never printed.
import { request as http } from "node:http";
import { request as https } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";

const SECONDS_BETWEEN = 10;
const SECONDS_TO_WAIT = 5;

/** A consumer in Docker, which the VPN gate refuses, has NocoDB's internal address, too. */
const { NOCODB_INTERNAL_URL, NOCODB_BASE_URL, NOCODB_API_TOKEN } = process.env;
const address = NOCODB_INTERNAL_URL || NOCODB_BASE_URL;

async function answer() {
  if (!address) return "NOCODB_BASE_URL is not set";
  if (!NOCODB_API_TOKEN) return "NOCODB_API_TOKEN is not set";
  try {
    return String(await status(new URL("/api/v2/meta/bases", address)));
  } catch (error) {
    return error.code ?? error.name; // not its message, which could contain the token
  }
}

function status(url) {
  const request = url.protocol === "https:" ? https : http;
  // A new connection each time: NocoDB's stop would wait for one that is kept alive.
  const options = { agent: false, headers: { "xc-token": NOCODB_API_TOKEN } };
  return new Promise((resolve, reject) => {
    const late = Object.assign(new Error(), { code: `no answer within ${SECONDS_TO_WAIT} s` });
    const asking = request(url, options, (response) => {
      response.resume().on("error", reject);
      response.on("end", () => resolve(response.statusCode));
    });
    asking.setTimeout(SECONDS_TO_WAIT * 1000, () => asking.destroy(late));
    asking.on("error", reject);
    asking.end();
  });
}

if (process.argv[2] === "once") {
  const said = await answer();
  console.log(said);
  process.exitCode = said === "200" ? 0 : 1;
} else {
  for (let before; ; await sleep(SECONDS_BETWEEN * 1000)) {
    const now = await answer();
    if (now !== before) console.log(`${new Date().toISOString()} GET /api/v2/meta/bases: ${now}`);
    before = now;
  }
}
