// One instance: routes, and the state behind them. server.mjs puts it on a port.
import { setTimeout } from "node:timers/promises";
import { admit } from "./access.mjs";
import { ACCOUNT_ROUTES } from "./accounts.mjs";
import { noBase, Refusal } from "./answers.mjs";
import { BASE_ROUTES } from "./bases.mjs";
import { INSTANCE_ROUTES } from "./instance.mjs";
import { migrated, startWithAdmin } from "./start-state.mjs";
import { emptyState, savedState, saveState } from "./state.mjs";
import { USER_ROUTES } from "./users.mjs";

/**
 * @typedef {object} Options
 * @property {{ email: string, password: string }} admin NC_ADMIN_EMAIL and NC_ADMIN_PASSWORD, applied at every start
 * @property {string} [version]
 * @property {boolean} [licensed] whether /info says `ee: true`
 * @property {boolean} [twoFactor] whether the super admin signs in with two factors
 * @property {string} [file] where the state is kept
 * @property {import("./start-state.mjs").OldInstance} [migratedFrom] an instance of 0.301.3 that this one upgrades
 *
 * @typedef {object} Request
 * @property {import("./state.mjs").State} state
 * @property {Record<string, string>} cached roles in bases that only the cache has
 * @property {string} version
 * @property {boolean} licensed
 * @property {boolean} twoFactor
 * @property {import("node:http").IncomingHttpHeaders} headers
 * @property {URLSearchParams} query
 * @property {string[]} params
 * @property {any} body
 * @property {import("./access.mjs").Caller} [caller]
 *
 * @typedef {[pattern: string, access: import("./access.mjs").Access | null, act: (request: Request) => unknown]} Route
 */

const ROUTES = [...ACCOUNT_ROUTES, ...USER_ROUTES, ...BASE_ROUTES, ...INSTANCE_ROUTES].map(
  ([pattern, access, act]) => ({
    ...{ access, act, hasBase: pattern.includes(":base") },
    pattern: new RegExp(`^${pattern.replaceAll(/:\w+/g, "([^/]+)")}/?$`),
  }),
);

/** @param {import("node:http").IncomingMessage} message */
async function bodyOf(message) {
  let text = "";
  for await (const chunk of message) text += chunk;
  return text === "" ? {} : JSON.parse(text);
}

export class CalendarNocodb {
  /** Every request so far, as `GET /path?query`. */
  requests = /** @type {string[]} */ ([]);

  /** @param {Options} options */
  constructor({ admin, version = "2026.10.1", licensed = false, twoFactor = false, file, migratedFrom }) {
    this.file = file;
    this.state = savedState(file) ?? (migratedFrom ? migrated(migratedFrom) : emptyState());
    this.switches = { version, licensed, twoFactor, cached: /** @type {Record<string, string>} */ ({}) };
    startWithAdmin(this.state, admin);
    saveState(file, this.state);
  }

  /**
   * The listener of an HTTP server. A header `x-delay-ms` makes an answer slow.
   * @param {import("node:http").IncomingMessage} message
   * @param {import("node:http").ServerResponse} response
   */
  answer = async (message, response) => {
    const { status, body } = await this.#outcome(message).catch((error) =>
      error instanceof Refusal ? error : { status: 500, body: { msg: error.message } },
    );
    await setTimeout(Number(message.headers["x-delay-ms"] ?? 0));
    response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
    response.end(body === undefined ? "" : JSON.stringify(body));
  };

  /** @param {import("node:http").IncomingMessage} message @returns {Promise<{ status: number, body: unknown }>} */
  async #outcome(message) {
    const { method, url = "/", headers } = message;
    this.requests.push(`${method} ${url}`);
    const body = await bodyOf(message);
    const { pathname, searchParams: query } = new URL(url, "http://localhost");
    const route = ROUTES.find(({ pattern }) => pattern.test(`${method} ${pathname}`));
    if (!route) throw new Refusal(404, { msg: `Cannot ${method} ${pathname}` });
    const params = route.pattern.exec(`${method} ${pathname}`)?.slice(1) ?? [];
    const base = route.hasBase ? params[0] : undefined;
    // Before the caller is known: an unknown base is 404 for everybody.
    if (base !== undefined && !this.state.bases.some(({ id }) => id === base)) throw noBase(base);
    const request = { state: this.state, headers, query, params, body, ...this.switches };
    const caller = route.access && admit(this.state, headers, route.access, base, this.switches.cached);
    const answered = route.act({ ...request, ...(caller && { caller }) });
    if (method !== "GET") saveState(this.file, this.state);
    return { status: 200, body: answered };
  }
}
