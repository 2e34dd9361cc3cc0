import { randomBytes } from "node:crypto";
import type { Answer, Client } from "./client.js";
import { type SuperAdmin, sessionIn, signIn } from "./super-admin.js";

/** A domain that receives no mail (RFC 2606), so no one else has such an account. */
const DOMAIN = "consumers.invalid";

export const emailOf = (consumer: string): string => `${consumer}@${DOMAIN}`;

/** The consumer that a user's address stands for. */
export const consumerOf = ({ email }: User): string => email.slice(0, email.lastIndexOf("@"));

export interface User {
  readonly id: string;
  readonly email: string;
  /** Roles in the organization, with commas between them. */
  readonly roles: string;
  readonly invite_token?: string | null;
  /** Calendar versions: the role in the default workspace. */
  readonly workspace_roles?: string | null;
}

/** The users of the app. With mail set up, an invitation stands only in this list. */
export async function readUsers(admin: SuperAdmin): Promise<User[]> {
  const list = await admin.list("list its users", `/api/v1/users?limit=1000&query=%40${DOMAIN}`);
  return list.filter(({ email }: User) => email.endsWith(`@${DOMAIN}`));
}

/** Requests as one user. */
export interface Session {
  /** The id of the user. */
  readonly id: string;
  /** Of a consumer's user, for the next phase. The super admin carries its own. */
  readonly value?: string;
  send(method: string, path: string, body?: object): Promise<Answer>;
}

export function sessionOf(client: Client, id: string, value: string): Session {
  return { id, value, send: (method, path, body) => client.send(method, path, { "xc-auth": value }, body) };
}

/**
 * A session of a user. Nobody knows or needs its password. An invitation is used up, because everyone who can list the
 * users of a base can read it.
 */
export async function openSession(
  client: Client,
  admin: SuperAdmin,
  { id, email, invite_token }: User,
): Promise<Session> {
  const password = randomBytes(24).toString("hex");
  if (invite_token) {
    const signUp = { email, password, token: invite_token };
    const answer = await client.send("POST", "/api/v1/auth/user/signup", {}, signUp);
    if (answer.status === 200) return sessionOf(client, id, sessionIn(client, answer, `let user ${email} sign up`));
  }
  const action = `let the password of user ${email} be set`;
  const { reset_password_token: reset } = await admin.ask(action, "POST", `/api/v1/users/${id}/generate-reset-url`);
  await admin.ask(`set the password of user ${email}`, "POST", `/api/v1/auth/password/reset/${reset}`, { password });
  return sessionOf(client, id, sessionIn(client, await signIn(client, email, password), `let user ${email} sign in`));
}
