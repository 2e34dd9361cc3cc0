import { alertSecrets, alertsDirectoryOf } from "../../constructs/alerts/alert-policy.js";
import { copySecrets } from "../../constructs/backup/copy/copy-secrets.js";
import { nocodbSecrets } from "../../constructs/nocodb/secrets.js";
import { ADMIN_SECRET, isElsewhere } from "../../constructs/postgres-database/server.js";
import { DATABASE_SECRET, expectedSecrets, type ServiceSecret } from "../../constructs/service-secrets/secret.js";
import { didYouMean } from "../../settings/diagnostics/spelling.js";
import type { Environment } from "../../settings/environment.js";
import { placesOf } from "../../settings/places.js";
import { environmentFile } from "../environment-files.js";
import { Failure, USAGE } from "../exit-codes.js";
import type { Input } from "../run-on-host.js";

/** Short names of NocoDB's own secrets. */
const ALIASES: Readonly<Record<string, string>> = {
  database: DATABASE_SECRET.name,
  admin: "NC_ADMIN_PASSWORD",
  jwt: "NC_AUTH_JWT_SECRET",
  "encryption-key": "NC_CONNECTION_ENCRYPT_KEY",
};

/** The argument of the verbs, as commander takes it. */
export const SECRET = [
  "<name>",
  `a variable of NocoDB: one under secrets in the environment file, or ALERTS_WEBHOOK, POSTGRESQL_ADMIN_PASSWORD, or BACKUP_PASSWORD and others of the copies, or ${Object.entries(
    ALIASES,
  )
    .map(([alias, name]) => `${alias} (${name})`)
    .join(", ")}`,
] as const;

/**
 * @param verb what is done with the secret; a message names those with which it can be done
 * @throws Failure if it is not the name of a secret
 */
export function secretNamed(environment: Environment, word: string, verb: "set" | "rotate"): ServiceSecret {
  const secrets = secretSets(environment).flatMap((set) => set.secrets);
  const nameOf = (each: string) => ALIASES[each] ?? each;
  const found = secrets.find(({ name }) => name === nameOf(word));
  if (found) return found;
  if (ALL_OF_COPIES.includes(word)) throw new Failure(`${word}: ${notOfCopies(environment)}`, USAGE);
  const named = secrets.filter(({ policy }) => verb === "set" || policy === "generated");
  const names = named.map(({ name }) => name);
  const known = [...Object.keys(ALIASES).filter((alias) => names.includes(nameOf(alias))), ...names];
  const meant = didYouMean(word, known);
  throw new Failure(
    `${word}: is not a secret of NocoDB in ${environment.name}; ${meant === undefined ? "" : `did you mean ${meant}? `}name one of: ${known.join(", ")}${verb === "set" ? `; or add it to secrets in ${environmentFile(environment.name)}` : ""}`,
    USAGE,
  );
}

const ALL_OF_COPIES = copySecrets("s3:").map(({ name }) => name);

/** Why an environment lacks a secret of the copies of backups, and what to do. */
function notOfCopies({ name, backups }: Environment): string {
  const file = environmentFile(name);
  return backups.copy === undefined
    ? `belongs to the copies of backups, and backups.copyTo is not set in ${file}: set its repository first`
    : `is a key of S3, and backups.copyTo.repository in ${file} is ${backups.copy.repository}: only s3:https://host/bucket takes it`;
}

/** The secrets that a host keeps, by directory: NocoDB's own, and those of the host alone, for copies and alerts. */
interface SecretSet {
  readonly directory: string;
  readonly secrets: readonly ServiceSecret[];
}

function secretSets(environment: Environment): [SecretSet, ...SecretSet[]] {
  const { copy } = environment.backups;
  const places = placesOf(environment);
  const own = { directory: places.secretsDirectory, secrets: nocodbSecrets(environment.secrets) };
  const copies = copy ? [{ directory: copy.secretsDirectory, secrets: copySecrets(copy.repository) }] : [];
  const server = { directory: places.postgresqlSecretsDirectory, secrets: serverSecrets(environment) };
  const alerts = { directory: alertsDirectoryOf(places), secrets: alertSecrets(environment.alerts) };
  return [own, ...copies, ...[server, alerts].filter(({ secrets }) => secrets.length > 0)];
}

/** The secrets of a PostgreSQL elsewhere. */
const serverSecrets = ({ postgresql }: Environment) => (isElsewhere(postgresql.container) ? [ADMIN_SECRET] : []);

/** Whether a secret is one of the copies of backups, which NocoDB does not get. */
export function isOfCopies({ backups }: Environment, { name }: ServiceSecret): boolean {
  return backups.copy !== undefined && copySecrets(backups.copy.repository).some((each) => each.name === name);
}

/** What the host programs for secrets expect, for each directory of secrets. */
export function secretsInputs(environment: Environment): Input[] {
  return secretSets(environment).map(asInput);
}

/** What the host programs for secrets expect, for the directory of one secret. @default NocoDB's own */
export function secretsInput(environment: Environment, secret?: ServiceSecret): Input {
  const [own, ...others] = secretSets(environment);
  return asInput(others.find(({ secrets }) => secrets.some(({ name }) => name === secret?.name)) ?? own);
}

function asInput({ directory, secrets }: SecretSet): Input {
  return { secrets: directory, expected: expectedSecrets(secrets) };
}

/** The same for the secrets of alerts, which NocoDB does not get; undefined if there are none. */
export function alertSecretsInput(environment: Environment): Input | undefined {
  const secrets = alertSecrets(environment.alerts);
  if (secrets.length === 0) return undefined;
  return { secrets: alertsDirectoryOf(placesOf(environment)), expected: expectedSecrets(secrets) };
}
