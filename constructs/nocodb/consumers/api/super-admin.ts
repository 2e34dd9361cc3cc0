import { type Answer, type Client, type Credential, type Info, listIn, NoAnswer } from "./client.js";
import type { Input } from "./input.js";
import type { Session } from "./users.js";

/**
 * The super admin. Calendar versions allow one session a user: a sign-in ends the one of the person who uses that
 * account. So it signs in at its first request, and once more only if its session was ended meanwhile.
 */
export class SuperAdmin {
  private user: (Session & { readonly email: string }) | undefined;

  /** @param session from an earlier phase of the same run; empty if there is none */
  constructor(
    private readonly client: Client,
    private readonly account: Pick<Input, "container" | "email" | "secretsFile" | "password">,
    private currentSession = "",
  ) {}

  /** Its session, for the next phase. */
  get session(): string {
    return this.currentSession;
  }

  /** A request that has to be answered with 200. `action` completes "NocoDB did not …". */
  async ask(action: string, method: string, path: string, body?: object): Promise<Answer["body"]> {
    const answer = await this.send(method, path, body);
    if (answer.status !== 200 || answer.body === undefined) throw this.client.unknown(action, answer);
    return answer.body;
  }

  /** The elements of a list. */
  async list(action: string, path: string): Promise<ReturnType<typeof listIn>> {
    return listIn(this.client, action, await this.send("GET", path));
  }

  async send(method: string, path: string, body?: object): Promise<Answer> {
    if (this.currentSession === "") this.currentSession = await this.signIn();
    const answer = await this.client.send(method, path, this.credential(), body);
    if (answer.status !== 401) return answer;
    this.currentSession = await this.signIn();
    return this.client.send(method, path, this.credential(), body);
  }

  /** Itself as a user with tokens; `email` as NocoDB spells it. */
  async self(): Promise<Session & { readonly email: string }> {
    if (this.user === undefined) {
      const { id, email } = await this.ask("say who the super admin is", "GET", "/api/v1/auth/user/me");
      this.user = { id, email, send: (...request) => this.send(...request) };
    }
    return this.user;
  }

  private credential(): Credential {
    return { "xc-auth": this.currentSession };
  }

  private async signIn(): Promise<string> {
    const { email, password, secretsFile, container } = this.account;
    const answer = await signIn(this.client, email, password);
    if (answer.status === 400 || answer.status === 401) {
      throw new Error(
        `The super admin ${email} cannot sign in with the password in ${secretsFile}: it was changed in NocoDB. Either have NocoDB set it back to that of the file (docker restart ${container}), or give the current one to npx nocodb-host secret set ENVIRONMENT admin, and deploy again.`,
      );
    }
    return sessionIn(this.client, answer, "let the super admin sign in");
  }
}

export function signIn(client: Client, email: string, password: string): Promise<Answer> {
  return client.send("POST", "/api/v1/auth/user/signin", {}, { email, password });
}

/** The session that an answer to a sign-in or sign-up holds. With two-factor sign-in it is 200 without one. */
export function sessionIn(client: Client, answer: Answer, action: string): string {
  const token = answer.body?.token;
  if (answer.status === 200 && typeof token === "string" && token !== "") return token;
  throw client.unknown(action, answer, answer.status === 200 ? " without a session (is two-factor sign-in on?)" : "");
}

/** Fails unless NocoDB answers and can use its database. */
export async function open(client: Client, { container, address }: Input): Promise<Info> {
  const info = await client.info().catch((error) => {
    if (error instanceof NoAnswer) return error.message;
    throw error;
  });
  if (typeof info !== "string" && info.answer.status === 200) return info;
  const port = address.split(":").at(-1);
  const why = typeof info === "string" ? info : `${info.answer.status} ${info.answer.body?.msg ?? ""}`;
  throw new Error(`container ${container} does not answer at port ${port}, so its consumers cannot be updated: ${why}`);
}
