// What an instance starts with: the super admin of its environment, or what an upgrade from 0.301.3 makes.
import { addBase, addToken, addUser, emptyState, hashed, hasPassword, isSuperAdmin, newVersion } from "./state.mjs";

/**
 * An instance of 0.301.3 before the upgrade.
 * @typedef {object} OldInstance
 * @property {{ email: string, roles: string, password: string, tokens?: string[] }[]} users the first is the super admin
 * @property {{ title: string, owner: string, roles?: Record<string, string> }[]} bases roles by email
 */

/**
 * NC_ADMIN_EMAIL and NC_ADMIN_PASSWORD: another password ends the sessions, another email renames the super admin and
 * deletes the user that has it.
 * @param {import("./state.mjs").State} state @param {{ email: string, password: string }} admin
 */
export function startWithAdmin(state, { email, password }) {
  const user = state.users.find(isSuperAdmin) ?? addUser(state, email, "org-level-creator,super");
  state.users = state.users.filter((each) => each === user || each.email !== email.toLowerCase());
  user.email = email.toLowerCase();
  state.workspace.roles[user.id] = "workspace-level-owner";
  if (!hasPassword(user, password)) Object.assign(user, { password: hashed(password), token_version: newVersion() });
}

/**
 * The upgrade: creators become creators in the workspace, with a row that shuts them out of each base there is. Bases
 * made later have no such row.
 * @param {OldInstance} old @returns {import("./state.mjs").State}
 */
export function migrated(old) {
  const state = emptyState();
  for (const { email, roles, password, tokens = [] } of old.users) {
    const user = addUser(state, email, roles);
    user.password = hashed(password);
    const creator = roles.includes("org-level-creator");
    state.workspace.roles[user.id] = `workspace-level-${creator ? "creator" : "no-access"}`;
    for (const token of tokens) Object.assign(addToken(state, user.id, "kept"), { token });
  }
  const idOf = (/** @type {string} */ email) => state.users.find((user) => user.email === email)?.id ?? "";
  for (const { title, owner, roles = {} } of old.bases) {
    const base = addBase(state, title, idOf(owner));
    const rows = state.baseRoles[base.id] ?? {};
    for (const [email, role] of Object.entries(roles)) rows[idOf(email)] = role;
    for (const user of state.users)
      if (user.roles.includes("org-level-creator") && !isSuperAdmin(user)) rows[user.id] ??= "no-access";
  }
  return state;
}
