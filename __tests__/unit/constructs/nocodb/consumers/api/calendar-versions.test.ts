import { beforeEach, describe, expect, test } from "vitest";
import { ADMIN, Instance } from "./instance.js";

const READER = { n8n: ["role viewer", "bases editor Production"] };
const MAKER = { openclaw: ["role creator"] };

let nocodb: Instance;
beforeEach(async () => {
  nocodb = await new Instance().listen();
});

const mayCreate = async (name: string) =>
  (await nocodb.as(name, "POST", "/api/v2/meta/bases", { title: "its own" })).status;

describe("a consumer without the right to create bases", () => {
  test("gets its role in a base that the deploy creates, and sees no other base", async () => {
    await nocodb.base("Private");
    await nocodb.deploy(READER, ["Production"]);
    expect(nocodb.said).toEqual([
      "sign-up: closed",
      "base 'Production' created",
      "n8n token created",
      "n8n: token works",
    ]);
    expect(await nocodb.sees("n8n")).toEqual(["Production"]);
    expect(await mayCreate("n8n")).toBe(403);
  });

  test("has nothing in the workspace, although NocoDB gives a changed user a role there", async () => {
    await nocodb.deploy({ n8n: ["role creator"] }, ["Production"]);
    await nocodb.deploy(READER, ["Production"]);
    expect((await nocodb.user("n8n")).workspace_roles).toBe("workspace-level-no-access");
    await nocodb.base("Later");
    expect(await nocodb.sees("n8n")).toEqual(["Production"]);
  });
});

describe("a creator", () => {
  test("can create bases on a fresh instance without any base", async () => {
    await nocodb.deploy(MAKER);
    expect(await mayCreate("openclaw")).toBe(200);
    expect(await nocodb.sees("openclaw")).toEqual(["its own"]);
    expect((await nocodb.ask("GET", "/api/v2/meta/bases")).body.list).toHaveLength(1);
  });

  test("has nothing in the bases of others, and keeps its own", async () => {
    await nocodb.base("Private");
    await nocodb.deploy(MAKER);
    await mayCreate("openclaw");
    await nocodb.base("Later");
    await nocodb.deploy(MAKER);
    expect(await nocodb.sees("openclaw")).toEqual(["its own"]);
  });

  test("of 0.301.3 has nothing in bases that were made after the upgrade", async () => {
    const users = [
      { ...ADMIN, roles: "org-level-creator,super" },
      { email: "openclaw@consumers.invalid", roles: "org-level-creator", password: "x", tokens: ["T".repeat(40)] },
    ];
    nocodb = await new Instance({ migratedFrom: { users, bases: [{ title: "Old", owner: ADMIN.email }] } }).listen();
    await nocodb.base("New");
    nocodb.spoil("openclaw", "T".repeat(40));
    expect(await nocodb.sees("openclaw")).toEqual(["New"]);
    await nocodb.deploy(MAKER);
    expect(await nocodb.sees("openclaw")).toEqual([]);
  });
});

describe("what someone changes by hand is changed back:", () => {
  beforeEach(() => nocodb.deploy({ ...READER, ...MAKER }, ["Production"]));

  test.each([
    ["the role in the workspace", () => nocodb.setWorkspaceRole("n8n", "viewer")],
    ["the role in the workspace, to none", () => nocodb.setWorkspaceRole("openclaw", "no-access")],
    [
      "the role in a base",
      async () => {
        const [{ id }] = (await nocodb.ask("GET", "/api/v2/meta/bases")).body.list;
        await nocodb.ask("PATCH", `/api/v2/meta/bases/${id}/users/${(await nocodb.user("n8n")).id}`, {
          roles: "creator",
        });
      },
    ],
    [
      "a role in another base",
      async () => {
        const id = await nocodb.base("Private");
        await nocodb.ask("POST", `/api/v2/meta/bases/${id}/users`, { email: "n8n@consumers.invalid", roles: "viewer" });
      },
    ],
  ])("%s", async (_, change) => {
    await change();
    await nocodb.deploy({ ...READER, ...MAKER }, ["Production"]);
    expect(await nocodb.sees("n8n")).toEqual(["Production"]);
    expect((await nocodb.user("n8n")).workspace_roles).toBe("workspace-level-no-access");
    expect([await mayCreate("n8n"), await mayCreate("openclaw")]).toEqual([403, 200]);
    const [own] = (await nocodb.as("n8n", "GET", "/api/v2/meta/bases")).body.list;
    expect(own.project_role).toBe("editor");
    expect(nocodb.said).toContain("n8n token kept");
  });
});

describe("sessions", () => {
  test("a deploy with nothing to do signs nobody in or out", async () => {
    await nocodb.deploy(READER, ["Production"]);
    await nocodb.signInAgain();
    const before = nocodb.signIns();
    await nocodb.deploy(READER, ["Production"]);
    expect([nocodb.said, nocodb.signIns()]).toEqual([["n8n token kept"], before]);
    expect(await nocodb.statusOfPerson()).toBe(200);
  });

  test("a deploy goes on after the super admin's session was ended by a person's sign-in", async () => {
    const { answer } = nocodb.model;
    let between = 0;
    nocodb.model.answer = async (message, response) => {
      if (message.url === "/api/v1/tokens" && between++ === 0) await nocodb.signInAgain();
      return answer(message, response);
    };
    await nocodb.deploy(READER, ["Production"]);
    expect(nocodb.said).toContain("n8n: token works");
  });

  test("a sign-in that asks for a second factor stops the deploy", async () => {
    nocodb = await new Instance({ twoFactor: true }).listen();
    await expect(nocodb.deploy(READER, ["Production"])).rejects.toThrow(
      "NocoDB 2026.10.1 did not let the super admin sign in: it answered 200 to POST /api/v1/auth/user/signin without a session (is two-factor sign-in on?)",
    );
  });
});

describe("with a licence, where the super admin sees only its own tokens,", () => {
  test("tokens are kept, replaced, and deleted", async () => {
    nocodb = await new Instance({ licensed: true }).listen();
    await nocodb.deploy({ ...READER, ...MAKER }, ["Production"]);
    const before = nocodb.token("n8n");
    await nocodb.deploy({ ...READER, ...MAKER }, ["Production"], "n8n");
    expect(nocodb.said).toEqual(expect.arrayContaining(["n8n token replaced", "openclaw token kept"]));
    nocodb.spoil("n8n", before);
    expect((await nocodb.as("n8n", "GET", "/api/v2/meta/bases")).status).toBe(401);
    const [first] = nocodb.model.state.tokens;
    expect([first?.token === before, nocodb.model.state.tokens.length]).toEqual([false, 2]);
    await nocodb.remove();
    expect(nocodb.model.state.tokens).toEqual([]);
  });
});

test("an answer that another version might give stops the deploy with the request, the status and the version", async () => {
  await nocodb.deploy(READER, ["Production"]);
  const { answer } = nocodb.model;
  nocodb.model.answer = (message, response) => {
    if (!message.url?.startsWith("/api/v1/auth/user/me")) return answer(message, response);
    response.writeHead(418).end("{}");
    return Promise.resolve();
  };
  await expect(nocodb.deploy(READER, ["Production"])).rejects.toThrow(
    "NocoDB 2026.10.1 did not say whose token it is: it answered 418 to GET /api/v1/auth/user/me",
  );
});

test("a version that does not say the role in a base with the user says it in the list of bases", async () => {
  const { answer } = nocodb.model;
  nocodb.model.answer = (message, response) => {
    const end = response.end.bind(response);
    const changed = (text: string) => end(text.replace('"base_roles"', '"another_name"'));
    return answer(message, Object.assign(response, { end: changed }) as typeof response);
  };
  await nocodb.deploy(READER, ["Production"]);
  expect(nocodb.said).toContain("n8n: token works");
});

test("a version that creates a base without a title is noticed, and the base is deleted", async () => {
  await nocodb.deploy({ n8n: ["role viewer"] });
  const { answer } = nocodb.model;
  nocodb.model.answer = (message, response) => {
    if (message.method !== "POST" || message.url !== "/api/v2/meta/bases") return answer(message, response);
    response.writeHead(200).end('{"id":"pnew"}');
    return Promise.resolve();
  };
  await expect(nocodb.deploy({ n8n: ["role viewer"] })).rejects.toThrow("it may create bases");
  expect(nocodb.model.requests).toContain("DELETE /api/v2/meta/bases/pnew");
});

describe("bases", () => {
  test("are created once", async () => {
    await nocodb.deploy({}, ["Production", "CRM"]);
    await nocodb.deploy(READER, ["Production", "CRM"]);
    const titles = (await nocodb.ask("GET", "/api/v2/meta/bases")).body.list.map(
      ({ title }: { title: string }) => title,
    );
    expect(titles.sort()).toEqual(["CRM", "Production"]);
  });

  test("that were renamed in NocoDB are not created again", async () => {
    await nocodb.deploy(READER, ["Production"]);
    const [base] = nocodb.model.state.bases;
    Object.assign(base!, { title: "Sales" });
    await nocodb.deploy({ n8n: [...READER.n8n, "bases viewer CRM"] }, ["Production", "CRM"]);
    expect(nocodb.model.state.bases.map(({ title }) => title)).toEqual(["Sales", "CRM"]);
    expect(nocodb.said).toContain(
      "consumers.n8n.bases: base 'Production' was renamed to 'Sales' in NocoDB. Use that title here and in bases, or rename it back, and deploy again.",
    );
  });
});
