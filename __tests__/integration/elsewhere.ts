import { afterAll, beforeAll } from "vitest";
import { serverAddress } from "../../constructs/postgres-database/server.js";
import { run as command, must } from "../../lab/command.js";
import { inContainer, ownedBy } from "../../lab/docker.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { ownName, remove, sql, start } from "./containers.js";
import { asRoot, instance } from "./host.js";

/** The administrator that a managed server gives out: no superuser. */
export const ADMIN = "it_admin";
export const ADMIN_PASSWORD = "it's \\the$ \"administrator's\" #1";
const NAME = "db.example.com";

/** Makes an authority, and with it the certificate of the server. `other.crt` is another authority. */
const CERTIFICATES = `
  mkdir "$1" && cd "$1"
  for each in ca other; do
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$each" -keyout "$each.key" -out "$each.crt"
  done
  openssl req -newkey rsa:2048 -nodes -subj "/CN=$2" -keyout server.key -out server.csr
  printf 'subjectAltName=DNS:%s\\n' "$2" >extensions
  openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile extensions -out server.crt
  chmod 0644 ca.crt other.crt server.crt`;

const SERVE = `
  cp /certificates/server.* /tmp/ && chown postgres /tmp/server.key && chmod 0600 /tmp/server.key
  exec docker-entrypoint.sh postgres -c ssl=on -c ssl_cert_file=/tmp/server.crt -c ssl_key_file=/tmp/server.key -c fsync=off`;

/**
 * A PostgreSQL that the host reaches only over TCP, with TLS and an authority of its own, as db.example.com on a network of
 * its own. It is there while the tests of a file run.
 *
 * @param directory a folder of the test file's own on the host
 */
export function postgresqlElsewhere(directory: string) {
  const container = ownName("elsewhere");
  const network = ownName("elsewhere");
  const certificates = `${directory}/certificates`;
  const secretsDirectory = `${directory}/postgresql-secrets`;
  beforeAll(async () => {
    await asRoot(CERTIFICATES, certificates, NAME);
    await remove(container);
    await command(["docker", "network", "rm", network]);
    await must(["docker", "network", "create", "--label", ownedBy(instance), network]);
    const settings = ["--network", network, "--network-alias", NAME, "--network-alias", "alias.example.com"];
    const volume = ["--volume", `${certificates}:/certificates:ro`, "--env", "POSTGRES_PASSWORD", "--entrypoint", "sh"];
    const env = { POSTGRES_PASSWORD: "of the superuser" };
    await start(container, IMAGES.postgresql, [...settings, ...volume], ["-euc", SERVE], { env });
    await eventually(60, () => inContainer(container, ["pg_isready", "-q", "-U", "postgres", "-h", "127.0.0.1"]));
    const password = `'${ADMIN_PASSWORD.replaceAll("'", "''")}'`;
    await sql(container, `CREATE ROLE ${ADMIN} LOGIN CREATEROLE CREATEDB PASSWORD ${password}`);
  });
  afterAll(async () => {
    await remove(container);
    await command(["docker", "network", "rm", network]);
  });

  return {
    ...{ container, network, certificates, secretsDirectory },
    /** The word by which the programs know it. */
    address({
      host = NAME,
      port = 5432,
      from = network,
      ca = "ca",
      image = IMAGES.postgresql,
      secrets = "",
    } = {}): string {
      return serverAddress({
        ...{ host, port, image, network: from, secretsDirectory: secrets || secretsDirectory },
        tls: { mode: "verify-full", ca: `${certificates}/${ca}.crt` },
      });
    },
  };
}
