// Bases and their users: bases.service.ts, base-users.service.ts and the models behind them.
import { randomUUID } from "node:crypto";
import { baseUserError, broken, forbidden, invalidBody, noUser, page } from "./answers.mjs";
import { BASE_ROLES, inherited, power, roleSet } from "./roles.mjs";
import { addBase, addUser, isSuperAdmin, rolesOf } from "./state.mjs";

/** @typedef {import("./model.mjs").Request} Request */
/** @typedef {import("./state.mjs").Base} Base */

/** @param {Request["state"]} state @param {Base} base */
function rowOf({ workspace }, { id, title, order, source, created_at }) {
  const own = { created_at, updated_at: created_at, fk_workspace_id: workspace.id };
  return {
    ...{ is_meta: true, id, title, prefix: "", status: null, description: null, meta: { iconColor: "#36BFFF" } },
    ...{ color: null, uuid: null, password: null, roles: null, deleted: false, order, type: "database", ...own },
    ...{ is_snapshot: false, fk_custom_url_id: null, version: 2, default_role: null },
    sources: [
      {
        ...{ id: source, base_id: id, alias: null, meta: null, is_meta: false, is_local: true, type: "pg", order: 1 },
        ...{ enabled: true, description: null, is_schema_readonly: false, is_data_readonly: false, ...own },
        ...{ fk_integration_id: null, integration_title: null },
      },
    ],
  };
}

/** The super admin sees all bases, others those with a role of their own or, without such a row, one by inheritance. */
function listBases(/** @type {Request} */ { state, caller, query }) {
  const user = caller?.user;
  if (!user) return page([], query);
  if (isSuperAdmin(user))
    return page(
      state.bases.map((base) => rowOf(state, base)),
      query,
    );
  const workspace_role = state.workspace.roles[user.id] ?? null;
  const rows = state.bases.flatMap((base) => {
    const project_role = state.baseRoles[base.id]?.[user.id] ?? null;
    const effective = project_role && project_role !== "inherit" ? project_role : inherited(workspace_role);
    if (effective === null || effective === "no-access") return [];
    return [{ ...rowOf(state, base), starred: null, project_role, workspace_role, last_accessed: base.created_at }];
  });
  return page(rows, query);
}

/** Titles are not unique. */
function createBase(/** @type {Request} */ { state, caller, body }) {
  if (typeof body.title !== "string" || body.title === "") throw invalidBody("", "must have required property 'title'");
  return rowOf(state, addBase(state, body.title, caller?.user?.id ?? ""));
}

const baseOf = (/** @type {Request} */ { state, params: [id] }) =>
  /** @type {Base} */ (state.bases.find((base) => base.id === id));

function deleteBase(/** @type {Request} */ request) {
  const base = baseOf(request);
  request.state.bases.splice(request.state.bases.indexOf(base), 1);
  delete request.state.baseRoles[base.id];
  return true;
}

/** Every member of the workspace has a row here; `roles` is null without a role of its own. */
function listBaseUsers(/** @type {Request} */ { state, params: [base = ""], query }) {
  const rows = state.users
    .filter(({ id }) => id in state.workspace.roles)
    .map(({ id, email, invite_token, roles, created_at }) => ({
      ...{ id, email, display_name: null, invite_token, main_roles: roles, created_at, meta: null, base_id: base },
      ...{ roles: state.baseRoles[base]?.[id] ?? null, workspace_roles: state.workspace.roles[id] },
    }));
  return { users: page(rows, query) };
}

/** @param {Request} request @param {import("./state.mjs").User | undefined} user */
function powerOf({ state, params: [base], cached }, user) {
  return user ? power(BASE_ROLES, rolesOf(state, user, base, cached).base_roles) : power(BASE_ROLES, roleSet("editor"));
}

/** @param {Request} request @param {string} why */
function checkBaseRole(request, why) {
  const role = `${request.body.roles}`;
  if (!BASE_ROLES.includes(role)) throw invalidBody("/roles", "must be equal to one of the allowed values");
  if (power(BASE_ROLES, roleSet(role)) > powerOf(request, request.caller?.user)) throw forbidden(why);
}

/** A base keeps an owner: a row, or a workspace owner without one, who then gets the row. */
function checkOtherOwner(/** @type {Request} */ { state, params: [base = ""] }, /** @type {string} */ user) {
  const roles = state.baseRoles[base] ?? {};
  const effective = (/** @type {string} */ id) => roles[id] ?? inherited(state.workspace.roles[id]);
  if (effective(user) !== "owner") return;
  const others = state.users.filter(({ id }) => id !== user && effective(id) === "owner");
  const [heir] = others;
  if (!heir) throw baseUserError("At least one owner is required");
  if (!others.some(({ id }) => roles[id] === "owner")) roles[heir.id] = "owner";
}

function inviteToBase(/** @type {Request} */ request) {
  const { state, body, params, cached } = request;
  checkBaseRole(request, "Insufficient privilege to invite with this role");
  const roles = state.baseRoles[params[0] ?? ""] ?? {};
  const email = `${body.email ?? ""}`.trim().toLowerCase();
  if (!email.includes("@")) throw baseUserError("Invalid email address");
  let user = state.users.find((each) => each.email === email);
  const own = user && roles[user.id];
  if (own) throw baseUserError(`${email} with role ${own} already exists in this base`);
  if (!user) {
    user = addUser(state, email, "org-level-viewer");
    user.invite_token = randomUUID();
    state.workspace.roles[user.id] = "workspace-level-no-access";
  }
  roles[user.id] = body.roles;
  delete cached[`${params[0]}/${user.id}`];
  return { msg: "The user has been invited successfully" };
}

/** For a user without a row it answers 200, and changes only the cache. */
function changeBaseUser(/** @type {Request} */ request) {
  const { state, body, params, cached, caller } = request;
  const [base = "", id = ""] = params;
  const user = state.users.find((each) => each.id === id);
  if (!BASE_ROLES.includes(`${body.roles}`)) throw invalidBody("/roles", "must be equal to one of the allowed values");
  if (!user) throw baseUserError(`User with id '${id}' doesn't exist`);
  checkOtherOwner(request, id);
  checkBaseRole(request, "Insufficient privilege to assign this role");
  if (powerOf(request, user) > powerOf(request, caller?.user)) throw forbidden("Insufficient privilege to update user");
  const roles = state.baseRoles[base] ?? {};
  if (id in roles) roles[id] = body.roles;
  else cached[`${base}/${id}`] = body.roles;
  return { msg: "The user has been updated successfully" };
}

/** A user without any role in the base, or with `inherit`, breaks it; the power of the caller does not matter. */
function deleteBaseUser(/** @type {Request} */ request) {
  const { state, params, cached, caller } = request;
  const [base = "", id = ""] = params;
  if (caller?.user?.id === id) throw baseUserError("Admin can't delete themselves!");
  const user = state.users.find((each) => each.id === id);
  if (!user) throw noUser(id);
  if (isSuperAdmin(user) && powerOf(request, caller?.user) < BASE_ROLES.indexOf("owner"))
    throw forbidden("Insufficient privilege to delete a super admin user.");
  if (rolesOf(state, user, base, cached).base_roles === null) throw broken();
  checkOtherOwner(request, id);
  delete state.baseRoles[base]?.[id];
  delete cached[`${base}/${id}`];
  return { msg: "The user has been deleted successfully" };
}

/** @param {string} permission @returns {import("./access.mjs").Access} */
const inBase = (permission) => ({ scope: "base", permission });

/** @type {import("./model.mjs").Route[]} */
export const BASE_ROUTES = [
  ["GET /api/v2/meta/bases", { scope: "workspace", permission: "baseList" }, listBases],
  ["POST /api/v2/meta/bases", { scope: "workspace", permission: "baseCreate" }, createBase],
  ["GET /api/v2/meta/bases/:base", inBase("baseGet"), (request) => rowOf(request.state, baseOf(request))],
  ["DELETE /api/v2/meta/bases/:base", inBase("baseDelete"), deleteBase],
  ["GET /api/v2/meta/bases/:base/users", inBase("baseUserList"), listBaseUsers],
  ["POST /api/v2/meta/bases/:base/users", inBase("userInvite"), inviteToBase],
  ["PATCH /api/v2/meta/bases/:base/users/:id", inBase("baseUserUpdate"), changeBaseUser],
  ["DELETE /api/v2/meta/bases/:base/users/:id", inBase("baseUserDelete"), deleteBaseUser],
];
