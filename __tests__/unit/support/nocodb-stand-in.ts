import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";

interface User {
  readonly id: string;
  readonly email: string;
  roles: string;
  password: string;
  invite_token: string | null;
}

interface Token {
  readonly id: number;
  readonly token: string;
  readonly description: string;
  readonly fk_user_id: string;
}

type Answer = readonly [status: number, body: unknown];

/**
 * The part of NocoDB 0.301.3's API that consumers/api/ calls, with its answers. It records every secret that it
 * received or sent, so a test can look for them where they must not be. The integration tests run NocoDB itself.
 */
export class NocodbStandIn {
  static readonly admin = { email: "admin@example.com", password: `admin-${randomBytes(8).toString("hex")}` };

  /** Everything with which one can sign in, in the order of its creation. */
  readonly secrets: string[] = [NocodbStandIn.admin.password];
  /** The request that is answered with 500, such as `POST /api/v1/tokens`. */
  refuses = "";

  private readonly users: User[] = [
    { id: "usadmin", ...NocodbStandIn.admin, roles: "org-level-creator,super", invite_token: null },
  ];
  private readonly tokens: Token[] = [];
  private readonly sessions = new Map<string, User>();
  private readonly bases = [{ id: "p1", title: "Production" }];
  private readonly members = new Map<string, string>();
  private readonly resets = new Map<string, User>();
  private settings = { invite_only_signup: false };
  private readonly server: Server;

  constructor() {
    this.server = createServer(async (request, response) => {
      const [status, body] = await this.answer(request);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    afterAll(() => void this.server.close());
  }

  /** @returns the TCP port on 127.0.0.1 */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return (this.server.address() as AddressInfo).port;
  }

  private async answer(request: IncomingMessage): Promise<Answer> {
    let text = "";
    for await (const chunk of request) text += chunk;
    const asked = `${request.method} ${request.url!.replace(/\?.*/, "")}`;
    if (this.refuses !== "" && asked.startsWith(this.refuses)) return [500, { msg: "broken" }];
    const { headers } = request;
    const base = new URL(request.url!, "http://nocodb").searchParams.get("base_id");
    const token = this.tokens.find((each) => each.token === headers["xc-token"]);
    const by = token
      ? this.users.find(({ id }) => id === token.fk_user_id)
      : this.sessions.get(headers["xc-auth"] as string);
    const found = this.routes(text === "" ? {} : JSON.parse(text), by, base).find(([pattern]) => pattern.test(asked));
    if (found === undefined) return [404, { msg: `no ${asked}` }];
    const [pattern, access, act] = found;
    if (access === "user" && by === undefined) return [401, { msg: "Authentication required" }];
    if (access !== "all" && access !== "user" && headers["xc-token"]) return [401, { msg: "not with a token" }];
    if (access === "admin" && !by?.roles.includes("super")) return [403, { msg: "not allowed" }];
    return act(pattern.exec(asked)!.slice(1));
  }

  private routes(
    body: Record<string, string>,
    by: User | undefined,
    base: string | null,
  ): (readonly [RegExp, "all" | "user" | "admin" | "session", (parts: string[]) => Answer])[] {
    const userOf = (id: string) => this.users.find((each) => each.id === id)!;
    return [
      [/^GET \/api\/v1\/db\/meta\/nocodb\/info$/, "all", () => [200, this.info()]],
      [/^POST \/api\/v1\/auth\/user\/signin$/, "all", () => this.signIn(body)],
      [/^POST \/api\/v1\/auth\/user\/signup$/, "all", () => this.signUp(body)],
      [/^GET \/api\/v1\/auth\/user\/me$/, "all", () => [200, by ? this.me(by, base) : { roles: { guest: true } }]],
      [/^GET \/api\/v1\/app-settings$/, "admin", () => [200, this.settings]],
      [/^POST \/api\/v1\/app-settings$/, "admin", () => [200, Object.assign(this.settings, body)]],
      [/^GET \/api\/v1\/users$/, "admin", () => [200, { list: this.users.map(({ password: _, ...each }) => each) }]],
      [/^POST \/api\/v1\/users$/, "admin", () => [200, this.invite(body)]],
      [/^PATCH \/api\/v1\/users\/(\w+)$/, "admin", ([id]) => [200, Object.assign(userOf(id!), body)]],
      [/^DELETE \/api\/v1\/users\/(\w+)$/, "admin", ([id]) => [200, remove(this.users, userOf(id!))]],
      [/^POST \/api\/v1\/users\/(\w+)\/generate-reset-url$/, "admin", ([id]) => [200, this.reset(userOf(id!))]],
      [/^POST \/api\/v1\/auth\/password\/reset\/(\w+)$/, "all", ([token]) => this.setPassword(token!, body)],
      [/^GET \/api\/v1\/tokens$/, "session", () => [200, { list: this.tokens }]],
      [/^POST \/api\/v1\/tokens$/, "user", () => [200, this.createToken(by!, body)]],
      [/^DELETE \/api\/v1\/tokens\/(\d+)$/, "user", ([id]) => [200, remove(this.tokens, this.tokenOf(id!))]],
      [/^GET \/api\/v2\/meta\/bases$/, "user", () => [200, { list: this.basesOf(by!) }]],
      [/^POST \/api\/v2\/meta\/bases$/, "user", () => (by!.roles.includes("creator") ? [400, {}] : [403, {}])],
      [
        /^GET \/api\/v2\/meta\/bases\/(\w+)$/,
        "user",
        ([id]) => [this.basesOf(by!).some((each) => each.id === id) ? 200 : 403, {}],
      ],
      [/^GET \/api\/v2\/meta\/bases\/\w+\/users$/, "admin", () => [200, { users: { list: this.roles() } }]],
      [/^POST \/api\/v2\/meta\/bases\/\w+\/users$/, "admin", () => [200, this.members.set(body.email!, body.roles!)]],
      [/^DELETE \/api\/v2\/meta\/cache$/, "admin", () => [200, true]],
    ];
  }

  private basesOf({ email, roles }: User) {
    return roles.includes("super") || this.members.has(email) ? this.bases : [];
  }

  private me({ id, email, roles }: User, base: string | null) {
    const own = base === null ? undefined : this.members.get(email);
    const all = Object.fromEntries(roles.split(",").map((role) => [role, true]));
    return { id, email, roles: all, base_roles: own ? { [own]: true } : null };
  }

  private info() {
    return { version: "0.301.3", inviteOnlySignup: this.settings.invite_only_signup };
  }

  private secret(): string {
    const secret = randomBytes(16).toString("hex");
    this.secrets.push(secret);
    return secret;
  }

  private signIn({ email, password }: Record<string, string>): Answer {
    const user = this.users.find((each) => each.email === email && each.password === password);
    if (user === undefined) return [400, { msg: "Invalid credentials" }];
    const token = this.secret();
    this.sessions.set(token, user);
    return [200, { token }];
  }

  private signUp({ email, password, token }: Record<string, string>): Answer {
    const user = this.users.find((each) => each.email === email && each.invite_token === token);
    if (user === undefined) return [400, { msg: "Not allowed to sign up" }];
    this.secrets.push(password!);
    Object.assign(user, { password, invite_token: null });
    return this.signIn({ email: email!, password: password! });
  }

  private invite({ email, roles }: Record<string, string>): User {
    const id = `us${this.users.length}`;
    const user = { id, email: email!, roles: roles!, password: this.secret(), invite_token: this.secret() };
    this.users.push(user);
    return user;
  }

  private reset(user: User) {
    const token = this.secret();
    this.resets.set(token, user);
    return { reset_password_token: token };
  }

  private setPassword(token: string, { password }: Record<string, string>): Answer {
    const user = this.resets.get(token);
    if (user === undefined) return [400, { msg: "Invalid reset url" }];
    this.secrets.push(password!);
    user.password = password!;
    return [200, { msg: "Password has been updated successfully" }];
  }

  private createToken(by: User, { description }: Record<string, string>): Token {
    const id = this.secrets.length;
    const token = { id, token: this.secret(), description: description!, fk_user_id: by.id };
    this.tokens.push(token);
    return token;
  }

  private tokenOf(id: string): Token {
    return this.tokens.find((each) => String(each.id) === id)!;
  }

  private roles() {
    return this.users.map(({ id, email }) => ({ id, email, roles: this.members.get(email) ?? null }));
  }
}

function remove<Thing>(things: Thing[], thing: Thing): boolean {
  things.splice(things.indexOf(thing), 1);
  return true;
}
