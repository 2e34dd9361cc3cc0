// Sign-in, sign-up, passwords, and who one is: users.service.ts and auth.controller.ts.
import { randomUUID } from "node:crypto";
import { callerOf, callerRoles, sessionOf } from "./access.mjs";
import { bad, invalidBody, noBase } from "./answers.mjs";
import { addUser, hashed, hasPassword, isSuperAdmin, newVersion } from "./state.mjs";

/** @typedef {import("./model.mjs").Request} Request */

const SHORTEST = 8;

/** @param {unknown} password @returns {string} */
function valid(password) {
  if (typeof password !== "string" || password.length < SHORTEST)
    throw invalidBody("/password", `must NOT have fewer than ${SHORTEST} characters`);
  return password;
}

/** A sign-in ends every other session of the user. With two-factor sign-in it only opens the second step. */
function signIn(/** @type {Request} */ { state, body, twoFactor }) {
  const user = state.users.find(({ email }) => email === body.email?.toLowerCase());
  if (user && user.password === null)
    throw bad("If invited, sign up via the email link; otherwise, use forgot password or contact the super admin.");
  if (!user || !hasPassword(user, body.password ?? "")) throw bad("Invalid credentials");
  if (twoFactor && isSuperAdmin(user)) return { mfa_required: true };
  user.token_version = newVersion();
  return { token: sessionOf(user, state.secret) };
}

function signUp(/** @type {Request} */ { state, body }) {
  const password = valid(body.password);
  const email = `${body.email ?? ""}`.toLowerCase();
  if (email.split("@")[0]?.includes("+")) throw bad('Email aliases with "+" are not allowed');
  const invited = state.users.find((user) => user.email === email);
  if (invited && !body.token) throw bad("User already exist");
  if (invited && invited.invite_token !== body.token) throw bad("Invalid invite url");
  if (!invited && state.settings.invite_only_signup) throw bad("Not allowed to signup, contact super admin.");
  const user = invited ?? addUser(state, email, "org-level-viewer");
  state.workspace.roles[user.id] ??= "workspace-level-no-access";
  Object.assign(user, { password: hashed(password), invite_token: null });
  return { token: sessionOf(user, state.secret) };
}

function signOut(/** @type {Request} */ { caller }) {
  if (caller?.user) caller.user.token_version = newVersion();
  return { msg: "Signed out successfully" };
}

/** Ends the user's sessions, too. API tokens stay valid. */
export function resetToken(/** @type {import("./state.mjs").User} */ user) {
  const token = randomUUID();
  Object.assign(user, { reset_password_token: token, token_version: newVersion() });
  return token;
}

function resetPassword(/** @type {Request} */ { state, body, params: [token] }) {
  const user = state.users.find((each) => each.reset_password_token === token);
  if (!user) throw bad("Invalid reset url");
  const password = hashed(valid(body.password));
  Object.assign(user, { password, reset_password_token: null, token_version: newVersion() });
  return { msg: "Password has been reset successfully" };
}

/** Open to everybody: without a valid credential one is a guest. */
function me(/** @type {Request} */ { state, headers, query, cached }) {
  const base = query.get("base_id") ?? undefined;
  if (base !== undefined && !state.bases.some(({ id }) => id === base)) throw noBase(base);
  const caller = callerOf(state, headers);
  if (!caller) return { roles: { guest: true }, workspace_roles: null, base_roles: null };
  const { user, byToken } = caller;
  const identity = user && { id: user.id, email: user.email, display_name: null, is_new_user: true };
  const kind = byToken ? { is_api_token: true } : { token_version: user?.token_version };
  return { ...kind, ...identity, ...callerRoles(state, caller, base, cached), isAuthorized: true };
}

/** @type {import("./model.mjs").Route[]} */
export const ACCOUNT_ROUTES = [
  ["POST /api/v1/auth/user/signin", null, signIn],
  ["POST /api/v1/auth/user/signup", null, signUp],
  ["POST /api/v1/auth/user/signout", { scope: "org", permission: "apiTokenList" }, signOut],
  ["POST /api/v1/auth/password/reset/:token", null, resetPassword],
  ["GET /api/v1/auth/user/me", null, me],
];
