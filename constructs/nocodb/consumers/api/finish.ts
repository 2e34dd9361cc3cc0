import { KnownBases, readBases, transferBases } from "./bases.js";
import type { Client } from "./client.js";
import type { Input, Print } from "./input.js";
import { givenBases } from "./reconcile.js";
import { Rights } from "./rights.js";
import { open, SuperAdmin } from "./super-admin.js";
import { TokensOf } from "./tokens.js";
import { consumerOf, emailOf, openSession, readUsers, sessionOf } from "./users.js";

/**
 * What follows once the env files hold the new tokens: deletes all other tokens of the app and the users of consumers
 * that are no longer configured, and proves the rights of every token with that token.
 */
export async function finish(client: Client, input: Input, print: Print): Promise<void> {
  await open(client, input);
  const admin = new SuperAdmin(client, input, input.session);
  const revoked = [...input.revoked];
  const recorded = new Map(input.consumers.map(({ name, recordedToken }) => [name, recordedToken]));
  for (const { name, userId, session } of input.sessions) {
    const tokens = new TokensOf(client, sessionOf(client, userId, session));
    revoked.push(...(await deleteAll(tokens, name, recorded.get(name))));
  }
  revoked.push(...(await deleteOfSuperAdmin(client, admin, input)));
  revoked.push(...(await removeUsers(client, admin, input, print)));
  await emptyCache(client, admin, revoked, input.container);
  await prove(client, admin, input, print);
}

/** Deletes the tokens of consumers, and keeps their users with the bases that they own: a later deploy finds them. */
export async function remove(client: Client, input: Input): Promise<void> {
  await open(client, input);
  const admin = new SuperAdmin(client, input);
  const self = await admin.self();
  const users = await readUsers(admin);
  for (const name of input.former) {
    await deleteAll(new TokensOf(client, self), name);
    const user = users.find(({ email }) => email === emailOf(name));
    if (user) await deleteAll(new TokensOf(client, await openSession(client, admin, user)), name);
  }
  await admin.ask("empty its cache", "DELETE", "/api/v2/meta/cache");
}

/** Deletes the app's tokens for a consumer, except one. @returns their values */
async function deleteAll(tokens: TokensOf, name: string, except?: string): Promise<string[]> {
  const others = (await tokens.list(name)).filter(({ id }) => id !== except);
  for (const each of others) await tokens.delete(each);
  return others.flatMap(({ token }) => token ?? []);
}

/** Of every consumer, because it may have had the role super-admin before. */
async function deleteOfSuperAdmin(client: Client, admin: SuperAdmin, { consumers, former }: Input): Promise<string[]> {
  const tokens = new TokensOf(client, await admin.self());
  const kept = new Map(
    consumers.flatMap(({ name, role, recordedToken }) => (role === "super-admin" ? [[name, recordedToken]] : [])),
  );
  const deleted: string[] = [];
  for (const name of new Set([...former, ...consumers.map((consumer) => consumer.name)])) {
    deleted.push(...(await deleteAll(tokens, name, kept.get(name))));
  }
  return deleted;
}

/** Everything in the app's domain is its own: a user that somebody made there by hand is removed, too. */
async function removeUsers(client: Client, admin: SuperAdmin, { consumers }: Input, print: Print): Promise<string[]> {
  const desired = consumers.filter(({ role }) => role !== "super-admin").map(({ name }) => emailOf(name));
  const unwanted = (await readUsers(admin)).filter(({ email }) => !desired.includes(email));
  const deleted: string[] = [];
  for (const user of unwanted) {
    const name = consumerOf(user);
    deleted.push(...(await deleteAll(new TokensOf(client, await openSession(client, admin, user)), name)));
    const { email } = await admin.self();
    for (const { title } of await transferBases(admin, user, await readBases(admin))) {
      print("say", `${name}: ownership of base ${title} transferred to ${email}`);
    }
    await admin.ask(`delete user ${user.email}`, "DELETE", `/api/v1/users/${user.id}`);
    print("say", `${name}: user and tokens removed`);
    print("removed", name);
  }
  return deleted;
}

/** NocoDB keeps tokens in its memory, and accepts deleted ones until then. */
async function emptyCache(client: Client, admin: SuperAdmin, revoked: readonly string[], container: string) {
  await admin.ask("empty its cache", "DELETE", "/api/v2/meta/cache");
  for (const token of revoked) {
    if ((await new Rights(client, token).holder()) !== undefined) {
      throw new Error(
        `NocoDB ${client.version} still accepts a deleted token: restart it (docker restart ${container}) to empty its cache.`,
      );
    }
  }
}

async function prove(client: Client, admin: SuperAdmin, { consumers, recordedBases, email }: Input, print: Print) {
  const bases = await readBases(admin);
  const known = new KnownBases(bases, recordedBases);
  for (const consumer of consumers) {
    const { name, role, token } = consumer;
    const rights = new Rights(client, token);
    const holder = await rights.holder();
    if (holder === undefined) throw new Error(`NocoDB ${client.version} does not accept the token of ${name}.`);
    if (role === "super-admin") {
      if (holder.toLowerCase() !== email.toLowerCase())
        throw new Error(`The token of ${name} belongs to ${holder}, not to ${email}.`);
    } else {
      const { given } = givenBases(consumer, known);
      const differences = await rights.differences(
        consumer,
        given,
        bases.map(({ id }) => id),
      );
      if (holder !== emailOf(name)) differences.unshift(`belongs to ${holder}`);
      if (differences.length > 0) {
        throw new Error(
          `NocoDB ${client.version} gives the token of ${name} other rights than configured: it ${differences.join(", it ")}.`,
        );
      }
    }
    print("record", `${name} roles=${await rights.roles()}`);
    print("say", `${name}: token works`);
  }
}
