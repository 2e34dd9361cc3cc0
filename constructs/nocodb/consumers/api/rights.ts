import { type Client, type Credential, listIn } from "./client.js";
import type { Consumer } from "./input.js";
import { asToken } from "./tokens.js";

/** Requests that only the super admin may make. */
const FORBIDDEN = ["/api/v1/users", "/api/v1/tokens", "/api/v1/app-settings"];

const BASES = "/api/v2/meta/bases";

interface ListedBase {
  readonly id: string;
  readonly title: string;
  /** The user's own role. */
  readonly project_role?: string | null;
}

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
    return (await this.may("list its bases", "GET", BASES)) ? me?.email : undefined;
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
    for (const base of new Set([...all, ...listed.keys(), ...given.keys()])) {
      roles.set(base, await this.roleIn(base, listed.get(base)));
    }
    const found = [...roles].map(([id, has]) => {
      const base = listed.get(id);
      return difference(base?.title ?? id, has, given.get(id), base !== undefined);
    });
    const mayCreate = await this.mayCreate();
    if (mayCreate !== (role === "creator")) found.push(mayCreate ? "may create bases" : "may not create bases");
    for (const path of FORBIDDEN) if (await this.may(`refuse ${path}`, "GET", path)) found.push(`may read ${path}`);
    return found.filter((each) => each !== undefined);
  }

  /** The bases that it sees, by their ids. */
  private async listedBases(): Promise<Map<string, ListedBase>> {
    const list: ListedBase[] = listIn(this.client, "list the bases of a consumer", await this.send("GET", BASES));
    return new Map(list.map((base) => [base.id, base]));
  }

  /** Its role in a base, inherited or its own; undefined if it cannot open the base. */
  private async roleIn(id: string, listed: ListedBase | undefined): Promise<string | undefined> {
    if (!(await this.may("open a base", "GET", `${BASES}/${id}`))) return undefined;
    const roles = (await this.me(id))?.base_roles ?? {};
    const [role] = Object.keys(roles).filter((each) => roles[each] === true);
    return role ?? listed?.project_role ?? "unknown";
  }

  /** Whether it may create bases. A request without a title is refused for that, or for the missing right. */
  private async mayCreate(): Promise<boolean> {
    const answer = await this.send("POST", BASES, {});
    if (answer.status === 401 || answer.status === 403) return false;
    // A version might need no title.
    if (answer.status === 200) await this.send("DELETE", `${BASES}/${answer.body?.id}`);
    else if (answer.status !== 400) throw this.client.unknown("refuse to create a base without a title", answer);
    return true;
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
