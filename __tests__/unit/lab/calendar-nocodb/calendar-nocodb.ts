import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";
import { CalendarNocodb, type Options } from "../../../../lab/calendar-nocodb/model.mjs";

export const ADMIN = { email: "admin@example.com", password: "admin-password" };
const PASSWORD = "a-password-of-a-user";

export type Credential = { readonly "xc-auth": string } | { readonly "xc-token": string } | Record<string, never>;

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of another program
  readonly body: any;
}

/** A model on a port of its own, and what tests ask of it. */
export async function started(options: Partial<Options> = {}) {
  const model = new CalendarNocodb({ admin: ADMIN, ...options });
  const server = createServer(model.answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  afterAll(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function ask(credential: Credential, request: string, body?: object): Promise<Answer> {
    const [method = "GET", path] = request.split(" ");
    const headers = { "content-type": "application/json", connection: "close", ...credential };
    const response = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  }

  const status = async (credential: Credential, request: string, body?: object) =>
    (await ask(credential, request, body)).status;

  async function signedIn(email = ADMIN.email, password = ADMIN.password): Promise<Credential> {
    return { "xc-auth": (await ask({}, "POST /api/v1/auth/user/signin", { email, password })).body.token };
  }

  /** A user that was invited, signed up and made a token, as the app makes its consumers. */
  async function consumer(admin: Credential, name: string, roles: string) {
    const email = `${name}@example.com`;
    const { invite_token: token } = (await ask(admin, "POST /api/v1/users", { email, roles })).body;
    const signedUp = await ask({}, "POST /api/v1/auth/user/signup", { email, password: PASSWORD, token });
    const session = { "xc-auth": signedUp.body.token };
    const { token: value } = (await ask(session, "POST /api/v1/tokens", { description: name })).body;
    const { list } = (await ask(admin, "GET /api/v1/users")).body;
    const id: string = list.find((user: { email: string }) => user.email === email).id;
    return { id, email, session, token: { "xc-token": value } };
  }

  const base = async (by: Credential, title: string): Promise<string> =>
    (await ask(by, "POST /api/v2/meta/bases", { title })).body.id;

  /** The titles of the bases that a caller lists. */
  const titles = async (by: Credential): Promise<string[]> =>
    (await ask(by, "GET /api/v2/meta/bases")).body.list.map(({ title }: { title: string }) => title);

  /** Changes the role in the workspace. */
  const setWorkspaceRole = (admin: Credential, id: string, roles: string) =>
    status(admin, `PATCH /api/v1/workspaces/${model.state.workspace.id}/users/${id}`, { roles });

  return { model, url, ask, status, signedIn, consumer, base, titles, setWorkspaceRole };
}
