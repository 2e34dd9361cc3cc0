import type { RecordedBase } from "./input.js";
import type { SuperAdmin } from "./super-admin.js";
import type { User } from "./users.js";

export interface Base {
  readonly id: string;
  readonly title: string;
  /** Every base of an instance is in its default workspace. */
  readonly fk_workspace_id?: string | null;
}

/** A user as a base lists it. Calendar versions list every user of the workspace, most of them without a role here. */
interface Member extends Pick<User, "email" | "id"> {
  readonly roles?: string | null;
}

/** The bases of the instance, which the super admin sees all. */
export async function readBases(admin: SuperAdmin): Promise<Base[]> {
  return admin.list("list its bases", "/api/v2/meta/bases");
}

/**
 * Creates bases by their titles if they are missing. The super admin owns them. One that was renamed in NocoDB is not
 * missing: its consumers would get an empty base beside it.
 */
export async function createMissing(admin: SuperAdmin, titles: readonly string[], known: KnownBases): Promise<Base[]> {
  const missing = titles.filter((title) => known.titled(title).length === 0 && known.renamed(title) === undefined);
  const created: Base[] = [];
  for (const title of missing) {
    created.push(await admin.ask(`create base '${title}'`, "POST", "/api/v2/meta/bases", { title }));
  }
  return created;
}

/** The bases that there are, beside those that the last run saw. */
export class KnownBases {
  constructor(
    readonly all: readonly Base[],
    private readonly recorded: readonly RecordedBase[],
  ) {}

  titled(title: string): Base[] {
    return this.all.filter((base) => base.title === title);
  }

  /** The base that had a title at the last run, and has another one now. */
  renamed(title: string): Base | undefined {
    const ids = this.recorded.filter((base) => base.title === title).map((base) => base.id);
    return this.all.find((base) => ids.includes(base.id) && base.title !== title);
  }

  /** The base with a title, or the problem that keeps a consumer from it. */
  find(title: string): Base | string {
    const [base, ...more] = this.titled(title);
    if (base !== undefined && more.length === 0) return base;
    if (base !== undefined) {
      return `several bases in NocoDB are called '${title}', so it got a role in none of them. Rename one, and deploy again.`;
    }
    const now = this.renamed(title);
    if (now !== undefined) {
      return `base '${title}' was renamed to '${now.title}' in NocoDB. Use that title here and in bases, or rename it back, and deploy again.`;
    }
    const titles = this.all.map((each) => each.title).sort();
    return `NocoDB has no base '${title}', so it got no role in it. Add the title to bases to have it created, or correct it, and deploy again. Existing bases: ${titles.join(", ")}`;
  }
}

/**
 * Gives a user its role in a base, or takes it away. An owner stays owner, which is more than any role.
 *
 * @param role `no-access` also blocks what calendar versions would inherit from the workspace; undefined removes the
 *   user from the base
 */
export async function giveRole(
  admin: SuperAdmin,
  base: Base,
  user: Pick<User, "email" | "id">,
  role: string | undefined,
) {
  const current = await roleIn(admin, base, user);
  if (current === role || current === "owner") return;
  // The user has nothing there already, and NocoDB cannot remove a row like that.
  if (role === undefined && (current === "no-access" || current === "inherit")) return;
  const users = `/api/v2/meta/bases/${base.id}/users`;
  const action = `make ${user.email} ${role ?? "nobody"} in base '${base.title}'`;
  const body = { email: user.email, roles: role };
  if (role === undefined) await admin.ask(action, "DELETE", `${users}/${user.id}`);
  // PATCH answers 200, and changes nothing, for a user that was never added to the base.
  else if (current === undefined) await admin.ask(action, "POST", users, body);
  else await admin.ask(action, "PATCH", `${users}/${user.id}`, body);
}

/** The user's own role in a base, undefined if it has none. */
export async function roleIn(
  admin: SuperAdmin,
  { id, title }: Base,
  user: Pick<User, "id">,
): Promise<string | undefined> {
  const list = await admin.list(`list the users of base '${title}'`, `/api/v2/meta/bases/${id}/users?limit=1000`);
  return list.find((member: Member) => member.id === user.id)?.roles ?? undefined;
}

/** Makes the super admin an owner of the bases that a user owns. NocoDB would leave them without one. */
export async function transferBases(admin: SuperAdmin, user: User, bases: readonly Base[]): Promise<Base[]> {
  const owned: Base[] = [];
  for (const base of bases) if ((await roleIn(admin, base, user)) === "owner") owned.push(base);
  const self = await admin.self();
  for (const base of owned) await giveRole(admin, base, self, "owner");
  return owned;
}
