import { DATABASE_PASSWORD, type ServiceSecret } from "../service-secrets/secret.js";

/**
 * The secrets of NocoDB.
 *
 * @param given names of further variables whose values an operator sets by command
 */
export function nocodbSecrets(given: readonly string[]): ServiceSecret[] {
  return [
    { name: DATABASE_PASSWORD, policy: "generated", title: "database password" },
    { name: "NC_AUTH_JWT_SECRET", policy: "generated", title: "secret that signs sessions" },
    { name: "NC_ADMIN_PASSWORD", policy: "generated", title: "password of the super admin" },
    { name: "NC_CONNECTION_ENCRYPT_KEY", policy: "pinned", title: "key of data sources" },
    ...given.map((name) => ({ name, policy: "given" as const, title: name })),
  ];
}

/** The secrets without which NocoDB's data cannot be read. */
export const PINNED_SECRETS = nocodbSecrets([])
  .filter(({ policy }) => policy === "pinned")
  .map(({ name }) => name);
