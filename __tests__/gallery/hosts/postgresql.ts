/** Hosts that differ in their PostgreSQL. */
import type { GalleryHost } from "../gallery-host.js";
import { instance } from "../place.js";

const { domain } = instance;
export const PLAIN = {
  caddy: {
    files: {
      Caddyfile: `{\n\tlocal_certs\n\tskip_install_trust\n}\n\ncloud.${domain} {\n\trespond "cloud"\n}\n`,
    },
  },
  neighbours: [{ site: "cloud" }],
};

const otherSuperuser: GalleryHost = {
  ...PLAIN,
  title: "a PostgreSQL whose superuser has another name, and whose first database is an app's",
  postgresql: { superuser: "nextcloud", options: ["--env", "POSTGRES_DB=nextcloud"] },
};

const reporting: GalleryHost = {
  ...PLAIN,
  title: "a database that its owner has made for NocoDB, with default privileges for a role that reports",
  postgresql: {
    superuser: "postgres",
    sql: `CREATE ROLE nocodb LOGIN PASSWORD 'of the owner';
CREATE ROLE metabase_ro LOGIN PASSWORD 'of metabase';
CREATE DATABASE nocodb OWNER nocodb;
REVOKE CONNECT ON DATABASE nocodb FROM PUBLIC;
GRANT CONNECT ON DATABASE nocodb TO metabase_ro;
\\c nocodb
ALTER DEFAULT PRIVILEGES FOR ROLE nocodb GRANT SELECT ON TABLES TO metabase_ro;
ALTER DEFAULT PRIVILEGES FOR ROLE nocodb IN SCHEMA public GRANT USAGE ON SEQUENCES TO metabase_ro;
`,
    unchanged: `SELECT defaclrole::regrole, defaclnamespace, defaclobjtype, defaclacl FROM pg_default_acl ORDER BY 2, 3;
SELECT array(SELECT each::text FROM unnest(datacl) AS each ORDER BY 1) FROM pg_database WHERE datname = 'nocodb'`,
  },
};

const hardened: GalleryHost = {
  ...PLAIN,
  title: "a PostgreSQL that gives PUBLIC nothing, and asks everyone but the superuser for a password",
  postgresql: {
    superuser: "postgres",
    sql: `REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
\\c template1
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER SYSTEM SET idle_in_transaction_session_timeout = '30s';
ALTER SYSTEM SET password_encryption = 'md5';
`,
    access:
      "local all postgres trust\nlocal all all scram-sha-256\nhost all all samenet scram-sha-256\nhost all all all reject\n",
  },
};

export const POSTGRESQL: readonly GalleryHost[] = [otherSuperuser, reporting, hardened];
