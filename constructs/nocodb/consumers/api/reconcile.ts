import { createMissing, KnownBases, readBases } from "./bases.js";
import type { Client } from "./client.js";
import type { Consumer, Input, Print, RecordedBase } from "./input.js";
import { Rights, type Roles } from "./rights.js";
import { ensureUser } from "./roles.js";
import { open, SuperAdmin } from "./super-admin.js";
import { ensureToken, readTokens } from "./tokens.js";
import { emailOf, openSession, readUsers } from "./users.js";

/** How many bases are recorded in which no consumer has a role. A plan asks for each of them with each token. */
const OTHERS = 20;

/**
 * Users, bases, roles and tokens of all consumers, before their env files are written.
 *
 * If nothing has to change, the super admin is not signed in. Otherwise `finish` has to follow.
 */
export async function reconcile(client: Client, input: Input, print: Print): Promise<void> {
  const { inviteOnly, workspace } = await open(client, input);
  if (inviteOnly && input.complete && input.rotate === "" && (await isUnchanged(client, input, print))) return;
  const admin = new SuperAdmin(client, input);
  const self = await admin.self();
  if (!inviteOnly) await closeSignUp(client, admin, print);
  const bases = await readBases(admin);
  const known = new KnownBases(bases, input.recordedBases);
  for (const base of await createMissing(admin, [...new Set(input.bases)], known)) {
    bases.push(base);
    print("say", `base '${base.title}' created`);
  }
  const listed = await readTokens(admin);
  let users = await readUsers(admin);
  for (const consumer of input.consumers) {
    const { given, problems } = givenBases(consumer, known);
    for (const problem of problems) print("problem", problem);
    if (consumer.role === "super-admin") {
      const holder = { user: self, openSession: () => Promise.resolve(self), listed, input };
      await ensureToken(client, consumer, holder, print);
    } else {
      const ensured = await ensureUser(admin, consumer, { users, given, bases, workspace });
      const { user } = ensured;
      const holder = { user, openSession: () => openSession(client, admin, user), listed, input };
      await ensureToken(client, consumer, holder, print);
      users = ensured.users;
    }
    printGiven(consumer, given, print);
  }
  printBases(input, bases, print);
  print("carry", `session ${admin.session}`);
  print("finish", "yes");
}

/** The roles of a consumer in the bases of its titles, by their ids, and what keeps it from the others. */
export function givenBases({ name, bases }: Consumer, known: KnownBases) {
  const given = new Map<string, string>();
  const problems: string[] = [];
  for (const [title, role] of bases) {
    const found = known.find(title);
    if (typeof found === "string") problems.push(`consumers.${name}.bases: ${found}`);
    else given.set(found.id, role);
  }
  return { given, problems };
}

/** Whether every token works, has the rights that it should have and no more. Asks with the tokens alone. */
async function isUnchanged(client: Client, input: Input, print: Print): Promise<boolean> {
  const { consumers, recordedBases, former, email } = input;
  if (former.some((name) => !consumers.some((consumer) => consumer.name === name))) return false;
  const known = new KnownBases(recordedBases, recordedBases);
  if (input.bases.some((title) => known.titled(title).length !== 1)) return false;
  const all = recordedBases.map(({ id }) => id);
  const checks = consumers.map(async (consumer) => {
    const rights = new Rights(client, consumer.token);
    const holder = await rights.holder();
    if (consumer.recordedToken === "" || holder === undefined) return false;
    if (consumer.role === "super-admin") return holder.toLowerCase() === email.toLowerCase();
    const { given, problems } = givenBases(consumer, known);
    if (holder !== emailOf(consumer.name) || problems.length > 0) return false;
    if ((await rights.roles()) !== consumer.recordedRoles) return false;
    return (await rights.differences(consumer, given, all)).length === 0;
  });
  if ((await Promise.all(checks)).includes(false)) return false;
  for (const consumer of consumers) {
    print("token", consumer.name, consumer.token);
    print("outcome", consumer.name, "token kept");
    print("record", `${consumer.name} token=${consumer.recordedToken}`);
    printGiven(consumer, givenBases(consumer, known).given, print);
    print("record", `${consumer.name} roles=${consumer.recordedRoles}`);
  }
  printBases(input, recordedBases, print);
  return true;
}

/** Allows only invited users. The other settings are sent as well, because some versions drop those that are not. */
async function closeSignUp(client: Client, admin: SuperAdmin, print: Print): Promise<void> {
  const settings = await admin.ask("show its settings", "GET", "/api/v1/app-settings");
  const body = { ...settings, invite_only_signup: true };
  await admin.ask("close its sign-up", "POST", "/api/v1/app-settings", body);
  const { inviteOnly, answer } = await client.info();
  if (!inviteOnly) throw client.unknown("close its sign-up", answer);
  print("say", "sign-up: closed");
}

function printGiven({ name }: Consumer, given: Roles, print: Print): void {
  for (const [id, role] of given) print("record", `${name} given=${id} ${role}`);
}

/** The bases that a title stands for, and some of the others. */
function printBases({ bases: titles, consumers }: Input, all: readonly RecordedBase[], print: Print): void {
  const used = new Set([...titles, ...consumers.flatMap(({ bases }) => [...bases.keys()])]);
  const others = all.filter(({ title }) => !used.has(title)).slice(0, OTHERS);
  for (const { id, title } of [...all.filter((base) => used.has(base.title)), ...others])
    print("record", `base=${id} ${title}`);
}
