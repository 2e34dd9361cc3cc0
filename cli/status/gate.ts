import { request } from "node:https";
import { versionOf } from "../../constructs/nocodb/version.js";
import type { Environment } from "../../settings/environment.js";
import { siteUrlOf } from "../../settings/places.js";
import type { Row } from "./rows.js";

/** How long this machine waits for the site, in milliseconds. */
const PATIENCE = 5000;

/** What the site answers to someone who asked: a status, `refused` for a closed connection, or why there is no answer. */
export interface Asked {
  readonly who: string;
  readonly answer: string;
}

/** Asks the site from this machine, as a visitor would. Its certificate is judged on the host. */
export function askFromHere(environment: Environment): Promise<Asked> {
  const url = new URL(versionOf(environment.image).healthPath, siteUrlOf(environment));
  // The names below localhost are this machine, also where its resolver does not know them (RFC 6761).
  const hostname = url.hostname.endsWith(".localhost") ? "127.0.0.1" : url.hostname;
  const address = { hostname, port: url.port || 443, path: url.pathname, servername: url.hostname };
  return new Promise((resolve) => {
    const say = (answer: string) => resolve({ who: "this machine", answer });
    const options = { ...address, headers: { host: url.host }, rejectUnauthorized: false, agent: false };
    const asking = request({ ...options, timeout: PATIENCE }, (response) => {
      response.resume();
      say(String(response.statusCode));
    });
    asking.on("timeout", () => asking.destroy(new Error(`no answer within ${PATIENCE / 1000} s`)));
    asking.on("error", (error: NodeJS.ErrnoException) => say(error.code === "ECONNRESET" ? "refused" : error.message));
    asking.end();
  });
}

/** What the host's addresses were answered: words CODE:ADDRESS. */
function askedByHost(words: string): Asked[] {
  return words.split(" ").map((word) => {
    const [answer = "", ...address] = word.split(":");
    return { who: `the host as ${address.join(":")}`, answer };
  });
}

const isRefusal = ({ answer }: Asked) => ["401", "403", "404", "refused"].includes(answer);
const isAdmission = (asked: Asked) => /^\d+$/.test(asked.answer) && !isRefusal(asked);

/**
 * The rows of the VPN gate. Nobody knows whose address is inside the VPN but Caddy, so every answer counts: somebody must
 * be let in, and somebody must be refused.
 *
 * @param host the row of status_gate
 * @param snippets what the site imports; without one, it is open to everyone
 */
export function gateRows(host: Row, here: Asked, snippets: readonly string[]): Row[] {
  const all = [here, ...(host.result === "ok" ? askedByHost(host.detail) : [])];
  const [admitted, refused] = [all.filter(isAdmission), all.filter(isRefusal)];
  return [insideRow(admitted, host, here), outsideRow(admitted, refused, host, snippets)];
}

function insideRow(admitted: readonly Asked[], host: Row, here: Asked): Row {
  const name = "VPN inside";
  if (admitted.length > 0) return { name, result: "ok", detail: `lets in ${listed(admitted)}`, fix: "" };
  if (host.result !== "ok") return { name, result: "unknown", detail: host.detail, fix: "" };
  const why = `the host's addresses are refused, and this machine gets: ${here.answer}`;
  return { name, result: "unknown", detail: why, fix: "ask again from a machine in the VPN" };
}

function outsideRow(
  admitted: readonly Asked[],
  refused: readonly Asked[],
  host: Row,
  snippets: readonly string[],
): Row {
  const name = "VPN outside";
  if (snippets.length === 0)
    return { name, result: "ok", detail: "open to everyone: caddy.snippets is empty", fix: "" };
  if (refused.length > 0) return { name, result: "ok", detail: `refuses ${listed(refused)}`, fix: "" };
  if (host.result !== "ok") return { name, result: "unknown", detail: host.detail, fix: "" };
  const detail = `refuses nobody who asked: lets in ${listed(admitted)}`;
  return { name, result: "wrong", detail, fix: `correct (${snippets.join(") or (")}) in the Caddyfile` };
}

const listed = (asked: readonly Asked[]) => asked.map(({ who, answer }) => `${who} (${answer})`).join(", ");
