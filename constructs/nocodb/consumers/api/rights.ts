import type { Client, Credential } from "./client.js";
import type { Consumer } from "./input.js";
import { asToken } from "./tokens.js";

/** Requests that only the super admin may make. */
const FORBIDDEN = ["/api/v1/users", "/api/v1/tokens", "/api/v1/app-settings"];

/** The role of a user in bases, by their ids. */
export type Roles = ReadonlyMap<string, string>;

/** The rights of one token, asked with that token. */
export class Rights {
  private readonly credential: Credential;

  constructor(
    private readonly client: Client,
    token: string,
  ) {
    this.credential = asToken(token) ?? {};
  }

  /** The address of its user; undefined if NocoDB does not accept it. */
  async holder(): Promise<string | undefined> {
    if (Object.keys(this.credential).length === 0) return undefined;
    // Even a token that is not valid gets 200 here, as a guest without an address.
    const me = await this.me();
    return (await this.may("list its bases", "GET", "/api/v2/meta/bases")) ? me?.email : undefined;
  }

  /** The roles that do not belong to a base, as a plan sees them later. */
  async roles(): Promise<string> {
    const me = await this.me();
    const all = [me?.roles, me?.workspace_roles].flatMap((roles) => Object.entries(roles ?? {}));
    return all
      .flatMap(([role, has]) => (has === true && role !== "no-access" ? [role] : []))
      .sort()
      .join(",");
  }

  /**
   * What differs from what a consumer should be able to do. Its user owns the bases that it has created.
   *
   * @param given its roles in bases of others
   * @param all the ids of all bases that are known
   * @throws UnknownAnswer
   */
  async differences({ role }: Consumer, given: Roles, all: Iterable<string>): Promise<string[]> {
    const listed = await this.listedBases();
    const roles = new Map<string, string | undefined>();
    for (const base of new Set([...all, ...listed.keys(), ...given.keys()])) roles.set(base, await this.roleIn(base));
    const found = [...roles].map(([id, has]) => difference(listed.get(id) ?? id, has, given.get(id), listed.has(id)));
    const mayCreate = await this.mayCreate();
    if (mayCreate !== (role === "creator")) found.push(mayCreate ? "may create bases" : "may not create bases");
    for (const path of FORBIDDEN) if (await this.may(`refuse ${path}`, "GET", path)) found.push(`may read ${path}`);
    return found.filter((each) => each !== undefined);
  }

  /** Titles of the bases that it sees, by their ids. */
  private async listedBases(): Promise<Map<string, string>> {
    const answer = await this.send("GET", "/api/v2/meta/bases");
    if (answer.status !== 200) throw this.client.unknown("list the bases of a consumer", answer);
    return new Map(answer.body.list.map(({ id, title }: { id: string; title: string }) => [id, title]));
  }

  /** Its role in a base, inherited or its own. */
  private async roleIn(base: string): Promise<string | undefined> {
    const roles = (await this.me(base))?.base_roles ?? {};
    const [role] = Object.keys(roles).filter((each) => roles[each] === true && each !== "no-access");
    const opens = await this.may("open a base", "GET", `/api/v2/meta/bases/${base}`);
    return opens ? (role ?? "unknown") : undefined;
  }

  /** Whether it may create bases. A request without a title is refused for that, or for the missing right. */
  private async mayCreate(): Promise<boolean> {
    const answer = await this.send("POST", "/api/v2/meta/bases", {});
    if (answer.status === 400) return true;
    if (answer.status === 401 || answer.status === 403) return false;
    throw this.client.unknown("refuse to create a base without a title", answer);
  }

  private async me(base?: string) {
    const answer = await this.send("GET", `/api/v1/auth/user/me${base === undefined ? "" : `?base_id=${base}`}`);
    if (answer.status === 200) return answer.body;
    if ([401, 403, 404].includes(answer.status)) return undefined;
    throw this.client.unknown("say whose token it is", answer);
  }

  private async may(action: string, method: string, path: string): Promise<boolean> {
    const answer = await this.send(method, path);
    if (answer.status === 200) return true;
    if ([401, 403, 404].includes(answer.status)) return false;
    throw this.client.unknown(action, answer);
  }

  private send(method: string, path: string, body?: object) {
    return this.client.send(method, path, this.credential, body);
  }
}

function difference(base: string, has: string | undefined, given: string | undefined, listed: boolean) {
  if (given === undefined && (has === undefined || has === "owner")) return undefined;
  if (given === undefined) return `is ${has} of base ${base}, which it was not given`;
  if (has === given || has === "owner") return listed ? undefined : `does not see base ${base}`;
  return `is ${has ?? "nobody"}, not ${given}, in base ${base}`;
}
