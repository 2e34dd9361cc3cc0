// Roles and what they permit: utils/acl.ts of a calendar version, for the requests of this model.

/** @typedef {"org" | "workspace" | "base"} Scope */
/** @typedef {Readonly<Record<string, boolean>> | null} RoleSet as NocoDB answers roles: `{"editor": true}` */

/** In ascending order of power. */
export const BASE_ROLES = ["inherit", "no-access", "viewer", "commenter", "editor", "creator", "owner"];
export const WORKSPACE_ROLES = ["no-access", "viewer", "commenter", "editor", "creator", "owner"].map(
  (name) => `workspace-level-${name}`,
);
export const ORG_ROLES = ["org-level-creator", "org-level-viewer"];

const OF_MEMBERS = ["apiTokenList", "apiTokenCreate", "apiTokenDelete"];
const OF_VIEWERS = ["baseList", "workspaceUserList", "workspaceInvite"];
const OF_CREATORS = [...OF_VIEWERS, "baseCreate", "workspaceUserUpdate", "workspaceUserDelete"];
const IN_BASE = ["baseGet", "baseUserList", "userInvite"];

/** What each role permits. A list is complete; `except` permits everything else in its scope. */
const PERMISSIONS = /** @type {Readonly<Record<string, { only?: string[], except?: string[] }>>} */ ({
  super: { except: [] },
  // Both organization roles permit the same: "org-level roles are ignored".
  "org-level-creator": { only: OF_MEMBERS },
  "org-level-viewer": { only: OF_MEMBERS },
  "workspace-level-no-access": { only: ["baseList"] },
  "workspace-level-viewer": { only: OF_VIEWERS },
  "workspace-level-commenter": { only: OF_VIEWERS },
  "workspace-level-editor": { only: OF_VIEWERS },
  "workspace-level-creator": { only: OF_CREATORS },
  "workspace-level-owner": { except: [] },
  viewer: { only: IN_BASE },
  commenter: { only: IN_BASE },
  editor: { only: IN_BASE },
  creator: { except: ["baseDelete"] },
  owner: { except: [] },
});

/** @param {RoleSet} roles @param {string} permission */
export function permits(roles, permission) {
  return Object.keys(roles ?? {}).some((name) => {
    const { only, except } = PERMISSIONS[name] ?? { only: [] };
    return only ? only.includes(permission) : !except?.includes(permission);
  });
}

/** @param {string | null | undefined} roles as stored: names with commas @returns {RoleSet} */
export const roleSet = (roles) => (roles ? Object.fromEntries(roles.split(",").map((name) => [name, true])) : null);

/**
 * The role in a base that a role in the workspace gives to members without a role of their own there.
 * @param {string | null | undefined} workspaceRole
 * @returns {string | null}
 */
export function inherited(workspaceRole) {
  const name = workspaceRole?.replace("workspace-level-", "");
  return name === undefined || name === "no-access" ? null : name;
}

/** @param {readonly string[]} order @param {RoleSet} roles */
export const power = (order, roles) => Math.max(-1, ...Object.keys(roles ?? {}).map((name) => order.indexOf(name)));
