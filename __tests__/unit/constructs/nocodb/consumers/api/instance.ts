import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";
import { Client } from "../../../../../../constructs/nocodb/consumers/api/client.js";
import { finish, remove } from "../../../../../../constructs/nocodb/consumers/api/finish.js";
import { readInput } from "../../../../../../constructs/nocodb/consumers/api/input.js";
import { reconcile } from "../../../../../../constructs/nocodb/consumers/api/reconcile.js";
import { CalendarNocodb } from "../../../../../../lab/calendar-nocodb/model.mjs";

export const ADMIN = { email: "admin@example.com", password: "a password" };

type Options = Partial<ConstructorParameters<typeof CalendarNocodb>[0]>;
// biome-ignore lint/suspicious/noExplicitAny: JSON of another program
type Body = any;

/** What the environment file says of a consumer: `role viewer`, `bases creator Production`. */
export type Consumers = Readonly<Record<string, readonly string[]>>;

/** An instance of a calendar version, and the deploys of its consumers, as nocodb/consumers/apply.sh makes them. */
export class Instance {
  readonly model: CalendarNocodb;
  /** What the last deploy said. */
  said: string[] = [];
  private tokens: Record<string, string> = {};
  private record: string[] = [];
  private former: string[] = [];
  private address = "";
  private adminSession = "";

  constructor(options: Options = {}) {
    this.model = new CalendarNocodb({ admin: ADMIN, ...options });
  }

  async listen(): Promise<this> {
    const server = createServer((message, response) => void this.model.answer(message, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    afterAll(() => void server.close());
    this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.adminSession = await this.signIn(ADMIN.email, ADMIN.password);
    return this;
  }

  /** A deploy: what must be done before the env files are written, and after that. @throws as the deploy fails */
  async deploy(consumers: Consumers, bases: readonly string[] = [], rotate = ""): Promise<void> {
    const settings = [
      ...[`rotate ${rotate}`, "complete yes", ...bases.map((title) => `base ${title}`)],
      ...Object.entries(consumers).flatMap(([name, lines]) => lines.map((line) => `consumer ${name} ${line}`)),
      ...this.former.map((name) => `former ${name}`),
    ];
    this.former = [...new Set([...this.former, ...Object.keys(consumers)])];
    const first = await this.run("reconcile", settings);
    if (first.some((line) => line === "finish yes")) {
      const carried = first.filter((line) => line.startsWith("carry ")).map((line) => line.slice(6));
      await this.run("finish", [...settings, ...carried]);
    }
    this.former = Object.keys(consumers);
  }

  /** The removal of all consumers. */
  remove = () =>
    this.run(
      "remove",
      this.former.map((name) => `former ${name}`),
    );

  private async run(phase: string, facts: readonly string[]): Promise<string[]> {
    const known = [
      ...Object.entries(this.tokens).map(([name, token]) => `consumer ${name} token ${token}`),
      ...this.record.map((line) =>
        line.replace(/^(\S+) (token|roles)=/, "consumer $1 recorded_$2 ").replace(/^base=/, "recorded_base "),
      ),
    ];
    const account = [`email ${ADMIN.email}`, `password ${ADMIN.password}`, "container nocodb", "secrets_file values"];
    const input = readInput([`phase ${phase}`, ...account, ...facts, ...known].join("\n"));
    const client = new Client(this.address, 5);
    const lines: string[] = [];
    const phases = { reconcile, finish, remove };
    if (phase === "reconcile") this.said = [];
    await phases[input.phase](client, input, (...words) => lines.push(words.join(" ")));
    const printed = (key: string) =>
      lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
    this.said.push(...printed("say"), ...printed("outcome"), ...printed("problem"));
    if (phase === "reconcile") this.record = [];
    this.record.push(...printed("record"));
    for (const line of printed("token")) {
      const [name = "", token = ""] = line.split(" ");
      this.tokens[name] = token;
    }
    return lines;
  }

  /** The requests since the last call, without what a plan may ask as well. */
  signIns = (): number => this.model.requests.filter((each) => each.endsWith("/auth/user/signin")).length;

  token = (name: string): string => this.tokens[name] ?? "";

  /** Replaces the token in a consumer's lines. */
  spoil(name: string, token: string): void {
    this.tokens[name] = token;
  }

  /** Asks as the super admin, who signs in again if a deploy has ended the session; or with a credential. */
  async ask(method: string, path: string, body?: object, credential?: Record<string, string>) {
    const answer = await this.send(method, path, credential ?? { "xc-auth": this.adminSession }, body);
    if (credential !== undefined || answer.status !== 401) return answer;
    await this.signInAgain();
    return this.send(method, path, { "xc-auth": this.adminSession }, body);
  }

  /** The status that the person who uses the super admin's account gets now. */
  statusOfPerson = async (): Promise<number> =>
    (await this.send("GET", "/api/v1/users", { "xc-auth": this.adminSession })).status;

  private async send(method: string, path: string, credential: Record<string, string>, body?: object) {
    const response = await fetch(this.address + path, {
      ...{ method, headers: { "content-type": "application/json", ...credential } },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json().catch(() => undefined)) as Body };
  }

  async signIn(email: string, password: string): Promise<string> {
    return (await this.ask("POST", "/api/v1/auth/user/signin", { email, password }, {})).body.token;
  }

  /** Signs the person who uses the super admin's account in again. */
  async signInAgain(): Promise<void> {
    this.adminSession = await this.signIn(ADMIN.email, ADMIN.password);
  }

  as = (name: string, method: string, path: string, body?: object) =>
    this.ask(method, path, body, { "xc-token": this.token(name) });

  /** Titles of the bases that a consumer sees. */
  sees = async (name: string): Promise<string[]> =>
    (await this.as(name, "GET", "/api/v2/meta/bases")).body.list.map(({ title }: { title: string }) => title).sort();

  /** Someone makes a base by hand. */
  base = async (title: string): Promise<string> => (await this.ask("POST", "/api/v2/meta/bases", { title })).body.id;

  user = async (name: string): Promise<Body> =>
    (await this.ask("GET", "/api/v1/users?limit=1000")).body.list.find(
      ({ email }: { email: string }) => email === `${name}@consumers.invalid`,
    );

  /** Someone changes the role of a consumer's user in the workspace. */
  async setWorkspaceRole(name: string, role: string): Promise<void> {
    const { id } = await this.user(name);
    const [{ fk_workspace_id: workspace }] = (await this.ask("GET", "/api/v2/meta/bases")).body.list;
    const { status } = await this.ask("PATCH", `/api/v1/workspaces/${workspace}/users/${id}`, {
      roles: `workspace-level-${role}`,
    });
    if (status !== 200) throw new Error(`the workspace role was not changed: ${status}`);
  }
}
