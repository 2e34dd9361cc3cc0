import { describe, expect, test } from "vitest";
import { withDefaults } from "../../../../settings/defaults.js";
import { checkEnvironment } from "../../../../settings/read.js";

const check = (postgresql: string) =>
  checkEnvironment(
    "prod",
    `project: acme\ndomain: example.com\nssh:\n  host: h\n  user: u\npostgresql: ${postgresql}\n`,
    {},
  );

const external = (settings: string) => `{ external: { host: db.example.com, image: "postgres:17", ${settings} } }`;

describe("a PostgreSQL elsewhere is refused with the path of the setting:", () => {
  test.each([
    [
      "container",
      '{ container: pg, external: { host: db, image: "postgres:17" } }',
      "is set beside postgresql.external",
    ],
    ["host", '{ host: pg, external: { host: db, image: "postgres:17" } }', "is set beside postgresql.external"],
    ["port", '{ port: 5432, external: { host: db, image: "postgres:17" } }', "is set beside postgresql.external"],
    [
      "external.host",
      '{ external: { host: localhost, image: "postgres:17" } }',
      "is in each container that container itself",
    ],
    ["external.host", '{ external: { host: "postgres://db", image: "postgres:17" } }', "is a URL"],
    ["external.host", '{ external: { host: "db:5432", image: "postgres:17" } }', "contains a port"],
    [
      "external.host",
      '{ external: { host: 192.0.2.7, image: "postgres:17" } }',
      "is an address, and tls.mode verify-full checks the name in the certificate",
    ],
    [
      "external.image",
      "{ external: { host: db, image: postgres } }",
      "has no version, and pg_dump's must be at least the server's",
    ],
    [
      "external.image",
      '{ external: { host: db, image: "postgres:latest" } }',
      "has no version, and pg_dump's must be at least the server's",
    ],
    ["external.image", '{ external: { host: db, image: "postgres 17" } }', "is not an image reference"],
    ["external.tls.mode", external("tls: { mode: verify-ca }"), "must be verify-full, require or disable"],
    ["external.tls.ca", external("tls: { ca: ca.crt }"), "must be absolute"],
    [
      "external.tls.ca",
      external("tls: { mode: require, ca: /etc/ca.crt }"),
      "is set, and tls.mode require does not check the certificate",
    ],
  ])("%s in %s", (path, postgresql, message) => {
    expect(check(postgresql).problems).toEqual([expect.objectContaining({ path: `postgresql.${path}`, message })]);
  });

  test.each(["{ external: }", "{ external: 1 }", '{ external: { host: db, image: "postgres:17", tls: } }'])(
    "%s, which is not a mapping, is one problem",
    (postgresql) => {
      expect(check(postgresql).problems).toHaveLength(1);
    },
  );
});

describe("the programs on the host know", () => {
  const postgresqlOf = (postgresql: string) => withDefaults("prod", check(postgresql).settings!).postgresql;

  test("a server elsewhere by one word, and NocoDB by host and port", () => {
    expect(postgresqlOf(external("tls: { ca: /etc/ca.crt }"))).toEqual({
      container:
        "postgresql://db.example.com:5432?image=postgres:17&network=bridge&tls=verify-full&ca=/etc/ca.crt&secrets=/opt/acme/configs/nocodb/postgresql-secrets",
      superuser: "postgres",
      host: "db.example.com",
      port: 5432,
      tls: { mode: "verify-full", ca: "/etc/ca.crt" },
      database: "nocodb",
      role: "nocodb",
    });
  });

  test("a container by its name", () => {
    expect(postgresqlOf("{}")).toMatchObject({ container: "acme_postgresql", host: "postgresql", port: 5432 });
  });

  test("an address if the certificate is not checked", () => {
    const text = '{ external: { host: 192.0.2.7, image: "postgres:17", tls: { mode: require } } }';
    expect(postgresqlOf(text).container).toContain("postgresql://192.0.2.7:5432?");
  });
});
