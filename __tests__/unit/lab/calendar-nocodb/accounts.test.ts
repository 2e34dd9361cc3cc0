import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ADMIN, started } from "./calendar-nocodb.js";

test("a sign-in ends the other session of the user, and no API token", async () => {
  const { ask, status, signedIn } = await started();
  const first = await signedIn();
  const { token } = (await ask(first, "POST /api/v1/tokens", { description: "kept" })).body;
  expect(token).toMatch(/^[\w-]{40}$/);
  const second = await signedIn();
  expect(await ask(first, "GET /api/v1/tokens")).toMatchObject({
    status: 401,
    body: { message: "Authentication required - Token Expired. Please login again." },
  });
  expect(await status(first, "GET /api/v1/users")).toBe(401);
  expect(await status(second, "GET /api/v1/users")).toBe(200);
  expect(await status({ "xc-token": token }, "GET /api/v2/meta/bases")).toBe(200);
});

test("with two factors, the super admin's sign-in answers 200 without a token and ends no session", async () => {
  const { model, ask, status, signedIn } = await started();
  const session = await signedIn();
  model.switches.twoFactor = true;
  const answer = await ask({}, "POST /api/v1/auth/user/signin", ADMIN);
  expect(answer.status).toBe(200);
  expect(answer.body).not.toHaveProperty("token");
  expect(await status(session, "GET /api/v1/users")).toBe(200);
});

test("a user is invited once, and signs up with the invitation only", async () => {
  const { ask, signedIn } = await started();
  const admin = await signedIn();
  const user = { email: "n8n@example.com", roles: "org-level-viewer" };
  const { invite_token: token } = (await ask(admin, "POST /api/v1/users", user)).body;
  expect((await ask(admin, "POST /api/v1/users", user)).body).toEqual({ msg: "User already exist" });
  const signUp = (extra: object) =>
    ask({}, "POST /api/v1/auth/user/signup", { email: user.email, password: "password-1", ...extra });
  expect((await signUp({ token: "another" })).body.msg).toBe("Invalid invite url");
  expect((await signUp({ token, password: "short" })).status).toBe(400);
  expect((await signUp({ token })).status).toBe(200);
  expect((await ask(admin, "GET /api/v1/users")).body.list[1]).toMatchObject({
    ...user,
    workspace_roles: "workspace-level-no-access",
  });
});

test("strangers sign up until the setting forbids it", async () => {
  const { ask, status, signedIn } = await started();
  const stranger = (name: string) => ({ email: `${name}@example.com`, password: "password-1" });
  expect(await status({}, "POST /api/v1/auth/user/signup", stranger("one"))).toBe(200);
  await ask(await signedIn(), "POST /api/v1/app-settings", { invite_only_signup: true });
  expect((await ask({}, "GET /api/v1/db/meta/nocodb/info")).body.inviteOnlySignup).toBe(true);
  expect(await ask({}, "POST /api/v1/auth/user/signup", stranger("two"))).toEqual({
    status: 400,
    body: { msg: "Not allowed to signup, contact super admin." },
  });
});

test("a password reset ends sessions, and keeps tokens", async () => {
  const { ask, status, signedIn, consumer } = await started();
  const admin = await signedIn();
  const { id, email, session, token } = await consumer(admin, "n8n", "org-level-viewer");
  const { reset_password_token: reset } = (await ask(admin, `POST /api/v1/users/${id}/generate-reset-url`)).body;
  expect(await status(session, "GET /api/v1/tokens")).toBe(401);
  const request = `POST /api/v1/auth/password/reset/${reset}`;
  expect(await status({}, request, { password: "new-password" })).toBe(200);
  expect(await status({}, request, { password: "new-password" })).toBe(400);
  expect(await status(await signedIn(email, "new-password"), "GET /api/v1/tokens")).toBe(200);
  expect(await status(token, "GET /api/v2/meta/bases")).toBe(200);
});

test("a deleted user's token opens nothing, and stays in the list without its creator", async () => {
  const { ask, status, signedIn, consumer } = await started();
  const admin = await signedIn();
  const { id, token } = await consumer(admin, "n8n", "org-level-viewer");
  expect(await status(admin, `DELETE /api/v1/users/${id}`)).toBe(200);
  expect(await status(token, "GET /api/v2/meta/bases")).toBe(401);
  expect((await ask(admin, "GET /api/v1/tokens")).body.list).toMatchObject([{ fk_user_id: id, created_by: null }]);
});

test("/me answers everybody: roles for a token, a guest for an invalid one", async () => {
  const { ask, signedIn, consumer } = await started();
  const { token } = await consumer(await signedIn(), "n8n", "org-level-viewer");
  expect((await ask(token, "GET /api/v1/auth/user/me")).body).toMatchObject({
    is_api_token: true,
    roles: { "org-level-viewer": true },
    workspace_roles: { "workspace-level-no-access": true },
    base_roles: null,
  });
  const guest = { roles: { guest: true }, workspace_roles: null, base_roles: null };
  expect(await ask({ "xc-token": "nonsense" }, "GET /api/v1/auth/user/me")).toEqual({ status: 200, body: guest });
  expect((await ask(token, "GET /api/v1/auth/user/me?base_id=pnothing")).status).toBe(404);
});

test("a licence takes everybody's tokens out of the super admin's list", async () => {
  const { model, ask, signedIn, consumer } = await started();
  const admin = await signedIn();
  await consumer(admin, "n8n", "org-level-viewer");
  await ask(admin, "POST /api/v1/tokens", { description: "own" });
  const listed = async () =>
    (await ask(admin, "GET /api/v1/tokens")).body.list.map((token: { description: string }) => token.description);
  expect(await listed()).toEqual(["n8n", "own"]);
  model.switches.licensed = true;
  expect((await ask({}, "GET /api/v1/db/meta/nocodb/info")).body).toMatchObject({ ee: true, version: "2026.10.1" });
  expect(await listed()).toEqual(["own"]);
});

test("an upgrade shuts old creators out of the bases there are, and not out of later ones", async () => {
  const admin = { ...ADMIN, roles: "org-level-creator,super" };
  const creator = { email: "openclaw@example.com", roles: "org-level-creator", password: "password-1" };
  const viewer = { email: "n8n@example.com", roles: "org-level-viewer", password: "password-1" };
  const { ask, base, signedIn, titles } = await started({
    migratedFrom: {
      users: [admin, { ...creator, tokens: ["c".repeat(40)] }, { ...viewer, tokens: ["v".repeat(40)] }],
      bases: [
        { title: "Mine", owner: creator.email },
        { title: "Production", owner: admin.email, roles: { [viewer.email]: "editor" } },
      ],
    },
  });
  const tokens = ["c", "v"].map((letter) => ({ "xc-token": letter.repeat(40) }));
  expect(await Promise.all(tokens.map(titles))).toEqual([["Mine"], ["Production"]]);
  await base(await signedIn(), "Later");
  expect(await Promise.all(tokens.map(titles))).toEqual([["Mine", "Later"], ["Production"]]);
  const [users] = [(await ask(await signedIn(), "GET /api/v1/users")).body.list];
  expect(users.map((user: { workspace_roles: string }) => user.workspace_roles)).toEqual([
    "workspace-level-owner",
    "workspace-level-creator",
    "workspace-level-no-access",
  ]);
});

test("a restart keeps everything but the cache, and applies the admin's settings", async () => {
  const folder = await mkdtemp(join(tmpdir(), "calendar-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "calendar-nocodb.json");
  const before = await started({ file });
  const session = await before.signedIn();
  await before.base(session, "Production");
  expect((await stat(file)).mode & 0o777).toBe(0o600);

  const same = await started({ file });
  expect(await same.titles(session)).toEqual(["Production"]);
  const changed = await started({ file, admin: { ...ADMIN, password: "another-password" } });
  expect(await changed.status(session, "GET /api/v1/users")).toBe(401);
  expect(await changed.titles(await changed.signedIn(ADMIN.email, "another-password"))).toEqual(["Production"]);
});
