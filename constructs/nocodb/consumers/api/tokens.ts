import { type Client, type Credential, listIn } from "./client.js";
import type { Consumer, Input, Print } from "./input.js";
import { Rights } from "./rights.js";
import type { SuperAdmin } from "./super-admin.js";
import type { Session, User } from "./users.js";

/** The app's tokens among those of a user. */
export const descriptionOf = (consumer: string): string => `${consumer} (kept by cdktf)`;

/** The header of a token, or nothing for text that cannot be one: a server refuses a longer or a strange header itself. */
export const asToken = (token: string): Credential | undefined =>
  /^[A-Za-z0-9_-]{1,500}$/.test(token) ? { "xc-token": token } : undefined;

export interface Token {
  readonly id: string;
  /** Missing in versions that hide it. */
  readonly token?: string;
  readonly description: string;
  readonly fk_user_id: string;
  readonly expiry?: string | null;
}

/**
 * Tokens of one user, through a session of that user: with a licence, the super admin does not see the tokens of
 * others.
 */
export class TokensOf {
  constructor(
    private readonly client: Client,
    private readonly user: Session,
  ) {}

  /** Creates a token that does not expire. */
  async create(consumer: string): Promise<{ readonly id: string; readonly token: string }> {
    const answer = await this.user.send("POST", "/api/v1/tokens", { description: descriptionOf(consumer) });
    const { id, token, expiry } = answer.body ?? {};
    if (answer.status !== 200) throw this.client.unknown("create a token", answer);
    if (typeof token !== "string" || asToken(token) === undefined) {
      throw this.client.unknown("create a token of letters, digits, _ and -", answer);
    }
    if (id === undefined || id === null) throw this.client.unknown("say which token it has created", answer);
    if (expiry) throw this.client.unknown(`create a token that does not expire (this one does: ${expiry})`, answer);
    return { id: String(id), token };
  }

  /** The app's tokens for a consumer. */
  async list(consumer: string): Promise<Token[]> {
    const list = listIn(this.client, "list tokens", await this.user.send("GET", "/api/v1/tokens?limit=1000"));
    return list
      .map((each: Token) => ({ ...each, id: String(each.id) }))
      .filter((each) => each.fk_user_id === this.user.id && each.description === descriptionOf(consumer));
  }

  async delete({ id }: Token): Promise<void> {
    const answer = await this.user.send("DELETE", `/api/v1/tokens/${id}`);
    if (answer.status !== 200) throw this.client.unknown(`delete token ${id}`, answer);
  }
}

/** The tokens that the super admin sees: all, or with a licence only its own and those of nobody. */
export async function readTokens(admin: SuperAdmin): Promise<Token[]> {
  const list = await admin.list("list its tokens", "/api/v1/tokens?limit=1000");
  return list.map((each: Token) => ({ ...each, id: String(each.id) }));
}

interface Holder {
  readonly user: Pick<User, "email" | "id">;
  readonly openSession: () => Promise<Session>;
  /** The tokens that the super admin sees. */
  readonly listed: readonly Token[];
  readonly input: Input;
}

/** Keeps the token of a consumer if it works, is listed by NocoDB and does not expire; else creates one. */
export async function ensureToken(client: Client, consumer: Consumer, holder: Holder, print: Print): Promise<void> {
  const { name, token: current, recordedToken } = consumer;
  const { user, openSession, listed, input } = holder;
  const isOwn = (await new Rights(client, current).holder()) === user.email;
  // Versions that hide the values are compared by the recorded id.
  const isKept = ({ id, token, fk_user_id, expiry }: Token) =>
    isOwn &&
    input.rotate !== name &&
    fk_user_id === user.id &&
    !expiry &&
    (token ? token === current : id === recordedToken);
  const done = (outcome: string, id: string, token: string) => {
    print("token", name, token);
    print("outcome", name, outcome);
    print("record", `${name} token=${id}`);
  };
  let kept = listed.find(isKept);
  if (kept && input.complete) return done("token kept", kept.id, current);
  const session = await openSession();
  if (session.value) print("carry", `session_of ${name} ${user.id} ${session.value}`);
  const tokens = new TokensOf(client, session);
  kept ??= (await tokens.list(name)).find(isKept);
  if (kept) return done("token kept", kept.id, current);
  // If it was deleted by hand, NocoDB accepts it until its cache is empty.
  if (isOwn) print("carry", `revoked ${current}`);
  const created = await tokens.create(name);
  done(current === "" ? "token created" : "token replaced", created.id, created.token);
}
