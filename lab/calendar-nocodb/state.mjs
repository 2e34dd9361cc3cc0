// What an instance knows, in memory and (if it has a data folder) in a JSON file, so that a restart keeps it.
import { randomBytes, randomUUID, scryptSync } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { inherited, roleSet } from "./roles.mjs";

/**
 * @typedef {object} User
 * @property {string} id
 * @property {string} email
 * @property {string} roles organization roles, with commas
 * @property {string | null} password hashed; null until an invited user signs up
 * @property {string} token_version a session is valid as long as it carries this
 * @property {string | null} invite_token
 * @property {string | null} reset_password_token
 * @property {string} created_at
 *
 * @typedef {{ id: string, title: string, order: number, source: string, created_at: string }} Base
 * @typedef {{ id: number, token: string, description: string, fk_user_id: string | null, created_at: string }} Token
 * @typedef {Record<string, string | null>} Roles role by user; null is a row without a role
 *
 * @typedef {object} State
 * @property {string} secret signs sessions
 * @property {{ id: string, roles: Record<string, string> }} workspace the default workspace
 * @property {User[]} users
 * @property {Base[]} bases
 * @property {Record<string, Roles>} baseRoles by base
 * @property {Token[]} tokens
 * @property {number} lastToken
 * @property {Record<string, unknown>} settings
 */

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

/** @param {string} prefix @param {number} length */
export const newId = (prefix, length) =>
  prefix + [...randomBytes(length)].map((byte) => ALPHABET[byte % ALPHABET.length]).join("");

/** @returns {State} */
export const emptyState = () => ({
  secret: randomUUID(),
  workspace: { id: newId("w", 7), roles: {} },
  users: [],
  bases: [],
  baseRoles: {},
  tokens: [],
  lastToken: 0,
  settings: { invite_only_signup: false, restrict_workspace_creation: false },
});

/** @param {string | undefined} file @returns {State | undefined} */
export const savedState = (file) =>
  file !== undefined && existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;

/** @param {string | undefined} file @param {State} state */
export function saveState(file, state) {
  if (file === undefined) return;
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 1), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** @param {string} password @param {string} [salt] */
export function hashed(password, salt = randomBytes(8).toString("hex")) {
  // A cheap setting: tests sign in often, and nothing here is worth an attack.
  return `${salt}:${scryptSync(password, salt, 16, { N: 2, r: 1, p: 1 }).toString("hex")}`;
}

/** @param {User} user @param {string} password */
export const hasPassword = (user, password) =>
  user.password !== null && user.password === hashed(password, user.password.split(":")[0]);

export const newVersion = () => randomBytes(40).toString("hex");

/** @param {State} state @param {string} email @param {string} roles @returns {User} */
export function addUser(state, email, roles) {
  const user = {
    ...{ id: newId("us", 14), email: email.toLowerCase(), roles, password: null, token_version: newVersion() },
    ...{ invite_token: null, reset_password_token: null, created_at: new Date().toISOString() },
  };
  state.users.push(user);
  return user;
}

/** @param {State} state @param {string} title @param {string} owner @returns {Base} */
export function addBase(state, title, owner) {
  const created_at = new Date().toISOString();
  const base = { id: newId("p", 14), title, order: state.bases.length + 1, source: newId("b", 14), created_at };
  state.bases.push(base);
  state.baseRoles[base.id] = { [owner]: "owner" };
  return base;
}

/** @param {State} state @param {string | null} owner @param {string} description @returns {Token} */
export function addToken(state, owner, description) {
  const token = randomBytes(30).toString("base64url");
  state.lastToken += 1;
  const row = { id: state.lastToken, token, description, fk_user_id: owner, created_at: new Date().toISOString() };
  state.tokens.push(row);
  return row;
}

/** @param {User} user */
export const isSuperAdmin = (user) => user.roles.split(",").includes("super");

/**
 * User.getWithRoles: the role of its own in a base, or else the one that the workspace gives.
 * @param {State} state @param {User} user
 * @param {string | undefined} base without one, the inherited role is answered all the same
 * @param {Record<string, string>} [cached] roles by `base/user` that only the cache has
 */
export function rolesOf(state, user, base, cached = {}) {
  const roles = roleSet(user.roles);
  if (isSuperAdmin(user))
    return { roles, workspace_roles: roleSet("workspace-level-owner"), base_roles: base ? roleSet("owner") : null };
  const own = base && (state.baseRoles[base]?.[user.id] || cached[`${base}/${user.id}`]);
  const workspace = state.workspace.roles[user.id];
  const effective = own && own !== "inherit" ? own : inherited(workspace);
  return { roles, workspace_roles: roleSet(workspace), base_roles: roleSet(effective) };
}
