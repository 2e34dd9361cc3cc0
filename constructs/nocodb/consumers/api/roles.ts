import { type Base, giveRole } from "./bases.js";
import type { Consumer } from "./input.js";
import type { Roles } from "./rights.js";
import type { SuperAdmin } from "./super-admin.js";
import { emailOf, readUsers, type User } from "./users.js";

/** What there is. */
interface Present {
  readonly users: User[];
  /** The roles that the consumer should have in bases. */
  readonly given: Roles;
  readonly bases: readonly Base[];
  /** The id of the default workspace, if NocoDB says it. */
  readonly workspace: string | undefined;
}

/**
 * Ensures that a consumer's user exists, and has its role in the organization and in every base.
 *
 * NocoDB has two models. Until 0.301.x a role in the organization says who may create bases. In calendar versions the
 * role in the workspace counts, and every base inherits it for a user without a role of its own. They are told apart by
 * the field workspace_roles in the list of users.
 */
export async function ensureUser(admin: SuperAdmin, consumer: Consumer, { users, given, bases, workspace }: Present) {
  const orgRole = `org-level-${consumer.role}`;
  const { user, users: all } = await findOrAdd(admin, emailOf(consumer.name), orgRole, users);
  const inherits = user.workspace_roles !== undefined;
  if (!inherits && user.roles !== orgRole) {
    const body = { email: user.email, roles: orgRole };
    await admin.ask(`change the role of user ${user.email} to ${orgRole}`, "PATCH", `/api/v1/users/${user.id}`, body);
  }
  // Before the workspace's role, so that no base is open meanwhile. Bases that others create later inherit it until the
  // next deploy.
  const elsewhere = inherits && consumer.role === "creator" ? "no-access" : undefined;
  for (const base of bases) await giveRole(admin, base, user, given.get(base.id) ?? elsewhere);
  if (inherits) {
    const id = () => (workspace ? Promise.resolve(workspace) : findWorkspace(admin, bases));
    await setWorkspaceRole(admin, user, consumer.role === "creator" ? "creator" : "no-access", id);
  }
  return { user, users: all };
}

async function findOrAdd(admin: SuperAdmin, email: string, orgRole: string, users: User[]) {
  const present = users.find((each) => each.email === email);
  if (present !== undefined) return { user: present, users };
  await admin.ask(`add user ${email}`, "POST", "/api/v1/users", { email, roles: orgRole });
  const all = await readUsers(admin);
  const user = all.find((each) => each.email === email);
  if (user === undefined) throw new Error(`NocoDB does not list the user ${email} that it has just added.`);
  return { user, users: all };
}

/** An organization's PATCH of a user is avoided, because it also changes this role. */
async function setWorkspaceRole(admin: SuperAdmin, user: User, role: string, workspace: () => Promise<string>) {
  const roles = `workspace-level-${role}`;
  const current = user.workspace_roles ?? "workspace-level-no-access";
  if (current === roles) return;
  const path = `/api/v1/workspaces/${await workspace()}`;
  const action = `make user ${user.email} ${roles}`;
  if (user.workspace_roles) await admin.ask(action, "PATCH", `${path}/users/${user.id}`, { roles });
  else await admin.ask(action, "POST", `${path}/invitations`, { email: user.email, roles });
}

/** If NocoDB does not say which its default workspace is, only a base names it. */
async function findWorkspace(admin: SuperAdmin, bases: readonly Base[]): Promise<string> {
  const known = bases.find((base) => base.fk_workspace_id)?.fk_workspace_id;
  if (known) return known;
  const action = "create a base to learn the workspace's id";
  const base = await admin.ask(action, "POST", "/api/v2/meta/bases", { title: "Removed at once (kept by cdktf)" });
  await admin.ask("delete that base", "DELETE", `/api/v2/meta/bases/${base.id}`);
  return base.fk_workspace_id;
}
