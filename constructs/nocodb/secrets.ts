import { DATABASE_SECRET, type ServiceSecret } from "../service-secrets/secret.js";

/**
 * The secrets of NocoDB, beside the one that every service has.
 *
 * @param given names of further variables whose values an operator sets by command
 */
export function ownSecrets(given: readonly string[]): ServiceSecret[] {
  return [
    { name: "NC_AUTH_JWT_SECRET", policy: "generated", title: "secret that signs sessions" },
    { name: "NC_ADMIN_PASSWORD", policy: "generated", title: "password of the super admin" },
    { name: "NC_CONNECTION_ENCRYPT_KEY", policy: "pinned", title: "key of data sources" },
    ...given.map((name) => ({ name, policy: "given" as const, title: name })),
  ];
}

/** All secrets that NocoDB's host keeps. */
export function nocodbSecrets(given: readonly string[]): ServiceSecret[] {
  return [DATABASE_SECRET, ...ownSecrets(given)];
}

/** The secrets without which NocoDB's data cannot be read. */
export const PINNED_SECRETS = ownSecrets([])
  .filter(({ policy }) => policy === "pinned")
  .map(({ name }) => name);
