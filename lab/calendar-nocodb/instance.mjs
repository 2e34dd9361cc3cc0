// What concerns the whole instance: tokens, cache, settings, health and /info.
import { broken, page, Refusal } from "./answers.mjs";
import { addToken, isSuperAdmin } from "./state.mjs";

/** @typedef {import("./model.mjs").Request} Request */
/** @typedef {import("./state.mjs").Token} Token */

/**
 * Own tokens. The super admin's list has everybody's, or, with a licence, those without an owner besides its own.
 */
function listTokens(/** @type {Request} */ { state, caller, licensed, query }) {
  const user = caller?.user;
  const admin = user !== undefined && isSuperAdmin(user);
  const listed = (/** @type {Token} */ { fk_user_id }) =>
    fk_user_id === user?.id || (admin && (!licensed || fk_user_id === null));
  const rows = state.tokens.filter(listed).map(({ id, token, description, fk_user_id, created_at }) => ({
    ...{ id, token, description, fk_user_id, fk_sso_client_id: null, base_id: null },
    ...{ created_at, updated_at: created_at },
    created_by: state.users.find((each) => each.id === fk_user_id)?.email ?? null,
  }));
  return page(rows, query);
}

function createToken(/** @type {Request} */ { state, caller, body }) {
  const row = addToken(state, caller?.user?.id ?? null, `${body.description ?? ""}`);
  return {
    ...{ ...row, base_id: null, db_alias: null, permissions: null, expiry: null, enabled: true },
    ...{ fk_workspace_id: null, fk_sso_client_id: null, updated_at: row.created_at },
  };
}

function deleteToken(/** @type {Request} */ { state, caller, params: [id] }) {
  const token = state.tokens.find((each) => `${each.id}` === id);
  if (!token) throw broken();
  const user = caller?.user;
  if (user && !isSuperAdmin(user) && token.fk_user_id !== user.id) throw new Refusal(404, { msg: "Token not found" });
  state.tokens.splice(state.tokens.indexOf(token), 1);
}

function clearCache(/** @type {Request} */ { cached }) {
  for (const key of Object.keys(cached)) delete cached[key];
  return true;
}

function changeSettings(/** @type {Request} */ { state, body }) {
  Object.assign(state.settings, body);
  return { msg: "The app settings have been saved" };
}

function info(/** @type {Request} */ { state, version, licensed, headers }) {
  return {
    ...{ authType: "jwt", baseHasAdmin: true, firstUser: false, type: "rest", env: "production" },
    ...{ version, ee: licensed, isOnPrem: licensed, isCloud: false, defaultLimit: 25, ncMin: false },
    inviteOnlySignup: state.settings.invite_only_signup === true,
    ncSiteUrl: `http://${headers.host}`,
    ncDefaultWorkspaceId: state.workspace.id,
  };
}

const health = () => ({ message: "OK", timestamp: Date.now(), uptime: process.uptime() });

/** @param {string} permission @returns {import("./access.mjs").Access} */
const ofTokens = (permission) => ({ scope: "org", permission, sessionOnly: true });
/** @param {string} permission @returns {import("./access.mjs").Access} */
const ofOrg = (permission) => ({ scope: "org", permission, noToken: true });

/** @type {import("./model.mjs").Route[]} */
export const INSTANCE_ROUTES = [
  ["GET /api/v1/tokens", ofTokens("apiTokenList"), listTokens],
  ["POST /api/v1/tokens", ofTokens("apiTokenCreate"), createToken],
  ["DELETE /api/v1/tokens/:id", ofTokens("apiTokenDelete"), deleteToken],
  ["GET /api/v1/app-settings", ofOrg("appSettingsGet"), ({ state }) => state.settings],
  ["POST /api/v1/app-settings", ofOrg("appSettingsSet"), changeSettings],
  ["DELETE /api/v2/meta/cache", ofOrg("cacheDelete"), clearCache],
  ["GET /api/v1/health", null, health],
  ["GET /api/v1/db/meta/nocodb/info", null, info],
];
