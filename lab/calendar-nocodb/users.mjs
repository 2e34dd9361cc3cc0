// Users of the instance and of the workspace: org-users.service.ts and workspace-users.service.ts.
import { randomUUID } from "node:crypto";
import { resetToken } from "./accounts.mjs";
import { bad, broken, invalidBody, noUser, orgUserError, page } from "./answers.mjs";
import { ORG_ROLES, power, roleSet, WORKSPACE_ROLES } from "./roles.mjs";
import { addUser, isSuperAdmin } from "./state.mjs";

/** @typedef {import("./model.mjs").Request} Request */
/** @typedef {import("./state.mjs").User} User */

const OWNER = "workspace-level-owner";

function listUsers(/** @type {Request} */ { state, query }) {
  const count = (/** @type {string} */ id) => Object.values(state.baseRoles).filter((roles) => id in roles).length;
  const rows = state.users.map(({ id, email, roles, invite_token, created_at }) => ({
    ...{ id, email, email_verified: null, invite_token, created_at, updated_at: created_at, roles },
    ...{ display_name: null, is_new_user: true, meta: null, projectsCount: count(id) },
    workspace_roles: state.workspace.roles[id] ?? null,
  }));
  return page(rows, query);
}

function checkOrgRole(/** @type {unknown} */ role) {
  if (role !== undefined && !ORG_ROLES.includes(`${role}`))
    throw invalidBody("/roles", "must be equal to one of the allowed values");
}

/** An invited user gets no role in the workspace, whatever its role in the organization is. */
function inviteUser(/** @type {Request} */ { state, body }) {
  checkOrgRole(body.roles);
  const email = `${body.email ?? ""}`.trim().toLowerCase();
  if (!/^[^@\s,]+@[^@\s,]+\.[^@\s,]+$/.test(email)) throw bad("Invalid email address");
  if (state.users.some((user) => user.email === email)) throw bad("User already exist");
  const user = addUser(state, email, body.roles ?? "org-level-viewer");
  user.invite_token = randomUUID();
  state.workspace.roles[user.id] = "workspace-level-no-access";
  return { invite_token: user.invite_token, email };
}

/** A changed organization role changes the workspace role as well, and with it the rights in every base. */
function changeUser(/** @type {Request} */ { state, body, params: [id = ""] }) {
  checkOrgRole(body.roles);
  const user = state.users.find((each) => each.id === id);
  if (!user) throw broken();
  if (isSuperAdmin(user)) throw bad("Cannot update super admin roles");
  if (body.roles === undefined) return user;
  user.roles = body.roles;
  if (id in state.workspace.roles)
    state.workspace.roles[id] = `workspace-level-${body.roles === "org-level-creator" ? "creator" : "viewer"}`;
  return user;
}

/** Bases that it owned are left without an owner, and its tokens stay in the list without their creator. */
function deleteUser(/** @type {Request} */ { state, params: [id = ""] }) {
  const user = state.users.find((each) => each.id === id);
  if (!user) throw orgUserError("Bad Request");
  if (isSuperAdmin(user)) throw bad("Cannot delete super admin");
  for (const roles of Object.values(state.baseRoles)) delete roles[id];
  delete state.workspace.roles[id];
  state.users.splice(state.users.indexOf(user), 1);
  return { msg: "The user has been deleted successfully" };
}

function resetUrl(/** @type {Request} */ { state, headers, params: [id = ""] }) {
  const user = state.users.find((each) => each.id === id);
  if (!user) throw noUser(id);
  const token = resetToken(user);
  return { reset_password_token: token, reset_password_url: `http://${headers.host}/dashboard/#/reset/${token}` };
}

/** @param {Request["state"]} state @param {User} user */
const member = (state, { id, email, roles, created_at }) => ({
  ...{ id, email, display_name: null, created_at, main_roles: roles, fk_workspace_id: state.workspace.id },
  ...{ fk_user_id: id, roles: state.workspace.roles[id], invite_token: null, deleted: false },
});

function listMembers(/** @type {Request} */ { state, query }) {
  return page(
    state.users.filter(({ id }) => id in state.workspace.roles).map((user) => member(state, user)),
    query,
  );
}

/** @param {Request} request @param {string} role @param {string} action */
function checkWorkspaceRole({ state, caller }, role, action) {
  const of = (/** @type {string | undefined} */ name) => power(WORKSPACE_ROLES, roleSet(name));
  if (!WORKSPACE_ROLES.includes(role)) throw bad("Invalid role");
  const user = caller?.user;
  if (user && !isSuperAdmin(user) && of(role) > of(state.workspace.roles[user.id]))
    throw bad(`Insufficient privilege to ${action}`);
}

/** @param {Request} request @returns {User} */
function memberToChange({ state, params: [workspace, id = ""] }) {
  const user = state.users.find((each) => each.id === id);
  if (!user || workspace !== state.workspace.id || !(id in state.workspace.roles)) throw noUser(id);
  return user;
}

function checkOtherOwner(/** @type {Request} */ { state }, /** @type {User} */ { id }) {
  const owners = Object.values(state.workspace.roles).filter((role) => role === OWNER);
  if (state.workspace.roles[id] === OWNER && owners.length <= 1) throw bad("At least one owner should be there");
}

/** Answers the member as it was before the change. */
function changeMember(/** @type {Request} */ request) {
  const { state, body } = request;
  const user = memberToChange(request);
  checkWorkspaceRole(request, state.workspace.roles[user.id] ?? "", "update user");
  checkWorkspaceRole(request, `${body.roles}`, "update user with this role");
  checkOtherOwner(request, user);
  const before = member(state, user);
  state.workspace.roles[user.id] = body.roles;
  return before;
}

function removeMember(/** @type {Request} */ request) {
  const user = memberToChange(request);
  checkOtherOwner(request, user);
  checkWorkspaceRole(request, request.state.workspace.roles[user.id] ?? "", "delete user");
  delete request.state.workspace.roles[user.id];
  return true;
}

function inviteMember(/** @type {Request} */ request) {
  const { state, body } = request;
  checkWorkspaceRole(request, `${body.roles}`, "invite with this role");
  const email = `${body.email ?? ""}`.trim().toLowerCase();
  const invite_token = randomUUID();
  const known = state.users.find((each) => each.email === email);
  const user = known ?? Object.assign(addUser(state, email, "org-level-viewer"), { invite_token });
  const error = user.id in state.workspace.roles ? [{ email, msg: `${email} already exists in this workspace` }] : [];
  state.workspace.roles[user.id] ??= body.roles;
  return error.length === 0 ? { msg: "success", invite_token } : { invite_token, emails: [email], error };
}

/** @param {string} permission @returns {import("./access.mjs").Access} */
const ofOrg = (permission) => ({ scope: "org", permission, noToken: true });
/** @param {string} permission @returns {import("./access.mjs").Access} */
const ofWorkspace = (permission) => ({ scope: "workspace", permission, sessionOnly: true });

/** @type {import("./model.mjs").Route[]} */
export const USER_ROUTES = [
  ["GET /api/v1/users", ofOrg("userList"), listUsers],
  ["POST /api/v1/users", ofOrg("userAdd"), inviteUser],
  ["PATCH /api/v1/users/:id", ofOrg("userUpdate"), changeUser],
  ["DELETE /api/v1/users/:id", ofOrg("userDelete"), deleteUser],
  ["POST /api/v1/users/:id/generate-reset-url", ofOrg("generateResetUrl"), resetUrl],
  ["GET /api/v1/workspaces/:ws/users", ofWorkspace("workspaceUserList"), listMembers],
  ["PATCH /api/v1/workspaces/:ws/users/:id", ofWorkspace("workspaceUserUpdate"), changeMember],
  ["DELETE /api/v1/workspaces/:ws/users/:id", ofWorkspace("workspaceUserDelete"), removeMember],
  ["POST /api/v1/workspaces/:ws/invitations", ofWorkspace("workspaceInvite"), inviteMember],
];
