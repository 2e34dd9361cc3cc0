// Who is asking, and may it: the guards and the ACL middleware.
import { createHmac } from "node:crypto";
import { forbidden, noApiToken, noSession, unauthenticated } from "./answers.mjs";
import { permits, roleSet } from "./roles.mjs";
import { rolesOf } from "./state.mjs";

/**
 * @typedef {object} Caller
 * @property {import("./state.mjs").User} [user] missing for a token without an owner
 * @property {boolean} byToken
 *
 * @typedef {object} Access what a request needs
 * @property {import("./roles.mjs").Scope} scope
 * @property {string} permission
 * @property {boolean} [noToken] refuses API tokens
 * @property {boolean} [sessionOnly] looks for a session only
 */

const encoded = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const signed = (/** @type {string} */ text, /** @type {string} */ secret) =>
  `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;

/** @param {import("./state.mjs").User} user @param {string} secret */
export function sessionOf({ id, email, roles, token_version }, secret) {
  const exp = Math.floor(Date.now() / 1000) + 10 * 3600;
  return signed(
    `${encoded({ alg: "HS256", typ: "JWT" })}.${encoded({ id, email, roles, token_version, exp })}`,
    secret,
  );
}

/**
 * @param {import("./state.mjs").State} state @param {string | undefined} session
 * @returns {import("./state.mjs").User | "expired" | undefined}
 */
function userOfSession(state, session) {
  const [head, payload] = session?.split(".") ?? [];
  if (!payload || signed(`${head}.${payload}`, state.secret) !== session) return undefined;
  const { email, token_version, exp } = JSON.parse(Buffer.from(payload, "base64url").toString());
  const user = state.users.find((each) => each.email === email);
  return user?.token_version === token_version && exp * 1000 > Date.now() ? user : "expired";
}

/**
 * A session takes precedence; an invalid one counts as none.
 * @param {import("./state.mjs").State} state @param {import("node:http").IncomingHttpHeaders} headers
 * @returns {Caller | undefined}
 */
export function callerOf(state, headers) {
  const session = userOfSession(state, /** @type {string | undefined} */ (headers["xc-auth"]));
  if (session && session !== "expired") return { user: session, byToken: false };
  const value = headers["xc-token"] ?? headers.authorization?.replace(/^bearer /i, "");
  const token = state.tokens.find((each) => each.token === value);
  if (!token) return undefined;
  if (token.fk_user_id === null) return { byToken: true };
  const user = state.users.find(({ id }) => id === token.fk_user_id);
  return user && { user, byToken: true };
}

/** @param {import("./state.mjs").State} state @param {import("node:http").IncomingHttpHeaders} headers */
function sessionCaller(state, headers) {
  const session = userOfSession(state, /** @type {string | undefined} */ (headers["xc-auth"]));
  if (session === "expired") throw unauthenticated("Token Expired. Please login again.");
  if (!session) throw noSession();
  return { user: session, byToken: false };
}

/**
 * @param {import("./state.mjs").State} state
 * @param {Caller} caller
 * @param {string | undefined} base
 * @param {Record<string, string>} cached
 */
export const callerRoles = (state, { user }, base, cached) =>
  user ? rolesOf(state, user, base, cached) : { roles: null, workspace_roles: null, base_roles: roleSet("editor") }; // a token without an owner

/**
 * In the order of the ACL middleware, because the order decides between 401 and 403.
 * @param {import("./state.mjs").State} state
 * @param {import("node:http").IncomingHttpHeaders} headers
 * @param {Access} access
 * @param {string | undefined} base
 * @param {Record<string, string>} cached
 * @returns {Caller}
 */
export function admit(state, headers, { scope, permission, noToken, sessionOnly }, base, cached) {
  const caller = sessionOnly ? sessionCaller(state, headers) : callerOf(state, headers);
  if (!caller) throw unauthenticated("Invalid token");
  const all = callerRoles(state, caller, base, cached);
  const roles = { org: all.roles, workspace: all.workspace_roles, base: all.base_roles }[scope];
  if (!roles) throw forbidden("Unauthorized access");
  if (caller.byToken && noToken) throw noApiToken();
  if (!permits(roles, permission))
    throw forbidden(`You do not have permission to perform the action "${permission}" with the roles: .`);
  return caller;
}
