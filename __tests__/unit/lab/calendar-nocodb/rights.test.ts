import { expect, test } from "vitest";
import { started } from "./calendar-nocodb.js";

async function withBases() {
  const nocodb = await started();
  const admin = await nocodb.signedIn();
  const production = await nocodb.base(admin, "Production");
  await nocodb.base(admin, "Other");
  return { ...nocodb, admin, production, users: `/api/v2/meta/bases/${production}/users` };
}

test("a new creator may not create a base: its role in the organization does not count", async () => {
  const { ask, consumer, admin, titles } = await withBases();
  const { token } = await consumer(admin, "openclaw", "org-level-creator");
  const refused = await ask(token, "POST /api/v2/meta/bases", { title: "Mine" });
  expect(refused).toMatchObject({ status: 403, body: { error: "ERR_FORBIDDEN" } });
  expect(await titles(token)).toEqual([]);
});

test("a creator in the workspace may create bases, and is creator in every base without a row of its own", async () => {
  const { ask, status, consumer, admin, titles, base, setWorkspaceRole, production } = await withBases();
  const { id, token } = await consumer(admin, "openclaw", "org-level-creator");
  expect(await setWorkspaceRole(admin, id, "workspace-level-creator")).toBe(200);
  await base(token, "Mine");
  expect(await titles(token)).toEqual(["Production", "Other", "Mine"]);
  const [inherits, , owns] = (await ask(token, "GET /api/v2/meta/bases")).body.list;
  expect(inherits).toMatchObject({ project_role: null, workspace_role: "workspace-level-creator" });
  expect(owns).toMatchObject({ project_role: "owner", workspace_role: "workspace-level-creator" });
  const me = await ask(token, `GET /api/v1/auth/user/me?base_id=${production}`);
  expect(me.body).toMatchObject({
    base_roles: { creator: true },
    workspace_roles: { "workspace-level-creator": true },
  });
  expect(await status(token, `DELETE /api/v2/meta/bases/${production}`)).toBe(403);
});

test("a row with no-access hides a base from a creator in the workspace", async () => {
  const { ask, status, consumer, admin, titles, setWorkspaceRole, production, users } = await withBases();
  const { id, email, token } = await consumer(admin, "openclaw", "org-level-creator");
  await setWorkspaceRole(admin, id, "workspace-level-creator");
  expect(await status(admin, `POST ${users}`, { email, roles: "no-access" })).toBe(200);
  expect(await titles(token)).toEqual(["Other"]);
  expect(await status(token, `GET /api/v2/meta/bases/${production}`)).toBe(403);
  const me = await ask(token, `GET /api/v1/auth/user/me?base_id=${production}`);
  expect(me.body.base_roles).toEqual({ "no-access": true });
});

test.each([
  ["org-level-viewer", "workspace-level-viewer", { viewer: true }],
  ["org-level-creator", "workspace-level-creator", { creator: true }],
])("changing a user to %s makes it %s, which opens every base", async (roles, workspaceRole, baseRoles) => {
  const { ask, status, consumer, admin, titles, production } = await withBases();
  const { id, token } = await consumer(admin, "n8n", "org-level-viewer");
  expect(await titles(token)).toEqual([]);
  expect(await status(admin, `PATCH /api/v1/users/${id}`, { roles })).toBe(200);
  expect(await titles(token)).toEqual(["Production", "Other"]);
  const { list } = (await ask(admin, "GET /api/v1/users")).body;
  expect(list[1]).toMatchObject({ id, roles, workspace_roles: workspaceRole });
  const me = await ask(token, `GET /api/v1/auth/user/me?base_id=${production}`);
  expect(me.body.base_roles).toEqual(baseRoles);
});

test("removing a base user brings back the role in the workspace", async () => {
  const { status, consumer, admin, titles, setWorkspaceRole, users } = await withBases();
  const { id, email, token } = await consumer(admin, "n8n", "org-level-viewer");
  await setWorkspaceRole(admin, id, "workspace-level-viewer");
  await status(admin, `POST ${users}`, { email, roles: "no-access" });
  expect(await titles(token)).toEqual(["Other"]);
  expect(await status(admin, `DELETE ${users}/${id}`)).toBe(200);
  expect(await titles(token)).toEqual(["Production", "Other"]);
});

test("a user without any role in a base cannot be removed from it", async () => {
  const { status, consumer, admin, users } = await withBases();
  const { id } = await consumer(admin, "n8n", "org-level-viewer");
  expect(await status(admin, `DELETE ${users}/${id}`)).toBe(500);
});

test("changing a base user without a row changes the cache only", async () => {
  const { ask, status, consumer, admin, titles, production, users } = await withBases();
  const { id, token } = await consumer(admin, "n8n", "org-level-viewer");
  const roles = async () => (await ask(token, `GET /api/v1/auth/user/me?base_id=${production}`)).body.base_roles;
  expect(await status(admin, `PATCH ${users}/${id}`, { roles: "editor" })).toBe(200);
  expect(await roles()).toEqual({ editor: true });
  expect(await titles(token)).toEqual([]);
  expect(await status(admin, "DELETE /api/v2/meta/cache")).toBe(200);
  expect(await roles()).toBe(null);
});

test("a base creator manages users up to its own power, and may not delete the base", async () => {
  const { ask, status, consumer, admin, production, users } = await withBases();
  const creator = await consumer(admin, "openclaw", "org-level-viewer");
  const other = await consumer(admin, "n8n", "org-level-viewer");
  await status(admin, `POST ${users}`, { email: creator.email, roles: "creator" });
  const { token } = creator;
  expect(await status(token, `POST ${users}`, { email: other.email, roles: "owner" })).toBe(403);
  expect(await status(token, `POST ${users}`, { email: other.email, roles: "editor" })).toBe(200);
  expect(await status(token, `POST ${users}`, { email: other.email, roles: "viewer" })).toBe(422);
  expect(await status(token, `PATCH ${users}/${other.id}`, { roles: "viewer" })).toBe(200);
  const list = (await ask(token, `GET ${users}`)).body.users.list;
  expect(list.map(({ roles }: { roles: string }) => roles)).toEqual(["owner", "creator", "viewer"]);
  expect(await status(token, `DELETE /api/v2/meta/bases/${production}`)).toBe(403);
  expect(await status(other.token, `PATCH ${users}/${creator.id}`, { roles: "viewer" })).toBe(403);
});

test("a base keeps an owner: the super admin, if nobody else has a row", async () => {
  const { ask, status, consumer, admin, base, setWorkspaceRole } = await withBases();
  const { id, token } = await consumer(admin, "openclaw", "org-level-creator");
  await setWorkspaceRole(admin, id, "workspace-level-creator");
  const users = `/api/v2/meta/bases/${await base(token, "Mine")}/users`;
  expect(await status(admin, `PATCH ${users}/${id}`, { roles: "creator" })).toBe(200);
  const list = (await ask(admin, `GET ${users}`)).body.users.list;
  expect(list.map(({ roles }: { roles: string }) => roles)).toEqual(["owner", "creator"]);
  const adminId = list[0].id;
  const last = await ask(admin, `PATCH ${users}/${adminId}`, { roles: "viewer" });
  expect(last).toMatchObject({ status: 422, body: { message: "At least one owner is required" } });
});

test("a token is refused where only the super admin or a session may ask", async () => {
  const { status, consumer, admin, production } = await withBases();
  const { token, session } = await consumer(admin, "openclaw", "org-level-creator");
  for (const request of ["GET /api/v1/users", "GET /api/v1/app-settings", "GET /api/v1/tokens"])
    expect([request, await status(token, request)]).toEqual([request, 401]);
  expect(await status(token, "POST /api/v1/app-settings", { invite_only_signup: false })).toBe(401);
  expect(await status(token, `GET /api/v2/meta/bases/${production}`)).toBe(403);
  expect(await status(token, "GET /api/v2/meta/bases/pnothing")).toBe(404);
  expect(await status({ "xc-token": "nonsense" }, "GET /api/v2/meta/bases")).toBe(401);
  expect(await status(session, "GET /api/v1/users")).toBe(403);
  expect(await status(session, "GET /api/v1/tokens")).toBe(200);
});

test("titles of bases are not unique, and a base needs one", async () => {
  const { status, admin, titles } = await withBases();
  expect(await status(admin, "POST /api/v2/meta/bases", { title: "Production" })).toBe(200);
  expect(await titles(admin)).toEqual(["Production", "Other", "Production"]);
  expect(await status(admin, "POST /api/v2/meta/bases", {})).toBe(400);
});
