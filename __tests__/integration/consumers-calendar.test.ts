import { beforeAll, describe, expect, test } from "vitest";
import { ADMIN, emailOf, ownCalendarNocodb, type Wanted } from "./nocodb.js";

const nocodb = ownCalendarNocodb("calendar");
const wanted: readonly Wanted[] = [
  { name: "openclaw", role: "viewer", bases: { Production: "creator" } },
  { name: "maker" },
];
const deploy = () => nocodb.apply(wanted, { bases: "Production" });

/** A person who uses the super admin's account: a deploy that signs in ends the session. */
const person = async () => nocodb.signIn(ADMIN.email, ADMIN.password);

let production = "";

beforeAll(async () => {
  await nocodb.baseByHand("Private");
  expect(await deploy()).toMatchObject({ code: 0, stderr: "" });
  const { body } = await nocodb.ask("GET", "/api/v2/meta/bases", undefined, await person());
  production = body.list.find(({ title }: { title: string }) => title === "Production").id;
});

test("a second deploy and a plan change nothing, and end nobody's session", async () => {
  const session = await person();
  const { code, stdout } = await deploy();
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/^maker: token kept, in .*\nopenclaw: token kept, in .*\n/),
  ]);
  expect(await nocodb.status()).toBe("new");
  expect((await nocodb.ask("GET", "/api/v1/users", undefined, session)).status).toBe(200);
});

describe("a plan shows what someone changed by hand, and the next deploy changes it back:", () => {
  const user = async (name: string, session: Awaited<ReturnType<typeof person>>) => {
    const { body } = await nocodb.ask("GET", "/api/v1/users?limit=1000", undefined, session);
    return body.list.find(({ email }: { email: string }) => email === emailOf(name)).id;
  };

  test.each([
    [
      "a role in the workspace",
      async (session: object, id: string) => {
        const { body } = await nocodb.ask("GET", "/api/v2/meta/bases", undefined, session);
        const path = `/api/v1/workspaces/${body.list[0].fk_workspace_id}/users/${id}`;
        return nocodb.ask("PATCH", path, { roles: "workspace-level-viewer" }, session);
      },
      /^roles of openclaw are org-level-viewer,workspace-level-viewer instead of org-level-viewer,workspace-level-no-access, openclaw is viewer in base 'Private', which it was not given$/,
    ],
    [
      "a role in its base",
      (session: object, id: string) =>
        nocodb.ask("PATCH", `/api/v2/meta/bases/${production}/users/${id}`, { roles: "viewer" }, session),
      /^openclaw is viewer in base 'Production', not creator$/,
    ],
    [
      "its base",
      (session: object, id: string) =>
        nocodb.ask("PATCH", `/api/v2/meta/bases/${production}/users/${id}`, { roles: "no-access" }, session),
      /^openclaw is nobody in base 'Production', not creator$/,
    ],
  ])("%s", async (_, change, drift) => {
    const session = await person();
    expect(await change(session, await user("openclaw", session))).toMatchObject({ status: 200 });
    expect(await nocodb.status()).toMatch(drift);
    expect(await deploy()).toMatchObject({ code: 0, stderr: "" });
    expect(await nocodb.status()).toBe("new");
  });

  test("a base that others created, in which a creator inherits the role", async () => {
    await nocodb.ask("POST", "/api/v2/meta/bases", { title: "Later" }, await person());
    expect(await nocodb.status()).toBe("maker is creator in base 'Later', which it was not given");
    expect(await deploy()).toMatchObject({ code: 0, stderr: "" });
    expect(await nocodb.status()).toBe("new");
  });
});
