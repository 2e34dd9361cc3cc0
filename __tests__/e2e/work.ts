import type { Api, BaseType } from "nocodb-sdk";
import { expect } from "vitest";
import { asAdmin, host, instance, secrets, site } from "./lifecycle.js";
import { nocodb, statusOf } from "./nocodb.js";

interface Row {
  readonly Id: number;
  readonly Title: string;
}

/** A base that a deploy or a person creates, and in which consumers have roles. */
export class Base {
  id = "";
  table = "";

  constructor(readonly title: string) {}

  async create(api: Api<unknown>): Promise<BaseType> {
    await api.base.create({ title: this.title });
    return this.fill(api);
  }

  /** A creator of the base makes a table with rows and a webhook. */
  async fill(api: Api<unknown>): Promise<BaseType> {
    const base = (await api.base.list()).list?.find(({ title }) => title === this.title);
    if (base === undefined) throw new Error(`no base ${this.title}`);
    this.id = base.id!;
    const columns = [
      { column_name: "id", title: "Id", uidt: "ID" },
      { column_name: "title", title: "Title", uidt: "SingleLineText", pv: true },
    ];
    const { id } = await api.dbTable.create(base.id!, { table_name: "tasks", title: "Tasks", columns } as never);
    this.table = id!;
    await api.dbDataTableRow.create(this.table, [{ Title: "first" }, { Title: "second" }]);
    const notification = { type: "URL", payload: { method: "POST", path: "http://openclaw:18789/hook", body: "{}" } };
    const on = { event: "after" as const, operation: ["insert" as const] };
    // NocoDB 0.301.3 requires the version of a hook, which its client's types lack.
    const webhook = { title: "on insert", ...on, notification, version: "v3", active: true };
    await api.dbTableWebhook.create(this.table, webhook);
    return base;
  }

  async titles(api: Api<unknown>): Promise<string[]> {
    const { list } = (await api.dbDataTableRow.list(this.table, { sort: "Id" } as never)) as { list: Row[] };
    return list.map((row) => row.Title);
  }

  async retitle(api: Api<unknown>, id: number, title: string): Promise<void> {
    await api.dbDataTableRow.update(this.table, [{ Id: id, Title: title }]);
  }
}

export const production = new Base("Production");
export const accounts = new Base("Accounts");

/** Email addresses of the users that the app manages. */
export async function usersOfConsumers(admin: Api<unknown>): Promise<string[]> {
  const { list } = (await admin.orgUsers.list()) as unknown as { list: { email: string }[] };
  const emails = list.map(({ email }) => email);
  return emails.filter((email) => email.endsWith("@consumers.invalid")).sort();
}

/** Ids of the tokens that the app manages for a consumer. */
export async function tokensOf(admin: Api<unknown>, consumer: string): Promise<string[]> {
  const { list } = (await admin.orgTokens.list()) as unknown as { list: { id: string; description: string }[] };
  return list.filter(({ description }) => description === `${consumer} (kept by cdktf)`).map(({ id }) => String(id));
}

/** A user that someone created without the app, and two tokens: one of that user, one of the super admin. */
class Unmanaged {
  private readonly email = "ann@example.com";
  private readonly description = "created in the UI";
  private tokens: string[] = [];

  async create(): Promise<void> {
    const admin = await asAdmin();
    const { invite_token: token } = (await admin.orgUsers.add({
      email: this.email,
      roles: "org-level-viewer",
    } as never)) as unknown as { invite_token: string };
    const signUp = { email: this.email, password: "madeByHand4711", token };
    const { token: session } = await admin.auth.signup(signUp as never);
    const ann = await nocodb(instance, site, { "xc-auth": session! });
    const made = await Promise.all([ann, admin].map((api) => api.orgTokens.create({ description: this.description })));
    this.tokens = made.map((each) => each.token!);
    this.tokens.forEach((value, at) => {
      secrets.note(`unmanaged token ${at}`, value);
    });
  }

  async expectUntouched(admin: Api<unknown>): Promise<void> {
    const { list: users } = (await admin.orgUsers.list()) as unknown as { list: { email: string; roles: string }[] };
    expect(users).toContainEqual(expect.objectContaining({ email: this.email, roles: "org-level-viewer" }));
    expect(this.tokens).toHaveLength(2);
    for (const token of this.tokens) {
      expect(await statusOf((await nocodb(instance, site, { "xc-token": token })).base.list())).toBe(200);
    }
  }
}

export const unmanaged = new Unmanaged();

/** Descriptions of tokens, from the database: there may be no NocoDB to ask. */
async function describedAs(pattern: string): Promise<string[]> {
  const rows = await host.sql(`SELECT description FROM nc_api_tokens WHERE description LIKE '${pattern}'`, "nocodb");
  return rows.split("\n").filter((row) => row !== "");
}

export const managedTokens = () => describedAs("%(kept by cdktf)");
export const unmanagedTokens = () => describedAs("created in the UI");
