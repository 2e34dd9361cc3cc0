import { least } from "../../support/environment-text.js";
import { rejects } from "../../support/rejects.js";

const ssh = (over: Record<string, unknown>) => ({ ssh: { ...least.ssh, ...over } });

const project = "must be 1 to 40 of a-z, 0-9, _ and -, starting with a letter or digit";
const ofTheHost = "use the <project> of the host's <project>_postgresql and <project>_caddy";
rejects("project", (value) => ({ project: value }), [
  [
    undefined,
    "is missing; set it: Project on the host, which starts the names of its containers, networks and base directory.",
  ],
  ["", `"": ${project}; ${ofTheHost}`],
  ["Acme", `"Acme": ${project}; did you mean acme?`],
  ["acme corp", `"acme corp": ${project}; did you mean acme-corp?`],
  ["-acme", `"-acme": ${project}; did you mean acme?`],
  ["../acme", `"../acme": ${project}; did you mean acme?`],
  ["a".repeat(41), `"${"a".repeat(41)}": ${project}; ${ofTheHost}`],
]);

const domain =
  "is not a domain: labels of a-z, 0-9 and - separated by dots, without a scheme, port, slash or dot at the end";
const setDomain = "set it to a domain such as example.com";
rejects("domain", (value) => ({ domain: value }), [
  [undefined, "is missing; set it: Domain that the host's Caddy serves, such as example.com."],
  ["https://example.com", `"https://example.com": ${domain}; did you mean example.com?`],
  ["example.com/", `"example.com/": ${domain}; did you mean example.com?`],
  ["example.com:8443", `"example.com:8443": ${domain}; did you mean example.com?`],
  ["example.com.", `"example.com.": ${domain}; did you mean example.com?`],
  ["Example.com", `"Example.com": ${domain}; did you mean example.com?`],
  ["localhost", `"localhost": ${domain}; ${setDomain}`],
  ["a..b", `"a..b": ${domain}; ${setDomain}`],
  ["*.example.com", `"*.example.com": ${domain}; ${setDomain}`],
  ["192.0.2.1", '"192.0.2.1": is an address, not a domain; set the domain that Caddy serves'],
]);

const dnsLabel = "is not a DNS label: 1 to 63 of a-z, 0-9 and -, without - at either end";
const setNoco = "set it to noco for noco.<domain>";
rejects("subdomain", (value) => ({ subdomain: value }), [
  ["noco.apps", '"noco.apps": must be one label, without a dot; did you mean noco?'],
  [".noco", '".noco": must be one label, without a dot; put the rest into domain'],
  ["https://noco", `"https://noco": must be one label, not a URL; ${setNoco}`],
  ["Noco", `"Noco": ${dnsLabel}; did you mean noco?`],
  ["no_co", `"no_co": ${dnsLabel}; did you mean no-co?`],
  ["-noco-", `"-noco-": ${dnsLabel}; did you mean noco?`],
  ["no co", `"no co": ${dnsLabel}; ${setNoco}`],
  ["ñ", `"ñ": ${dnsLabel}; ${setNoco}`],
  ["n".repeat(64), `"${"n".repeat(59)}…: ${dnsLabel}; ${setNoco}`],
]);

const noHost = "is not a host name or address: letters, digits, ., _ and -, starting with a letter or digit";
const bareHost = "set the bare name or address of the Docker host";
rejects("ssh.host", (host) => ssh({ host }), [
  [undefined, "is missing; set it: Name or address of the Docker host; an alias of ssh_config works too."],
  ["-oProxyCommand=evil", `"-oProxyCommand=evil": ${noHost}; ${bareHost}`],
  ["a b", `"a b": ${noHost}; ${bareHost}`],
  ["", `"": ${noHost}; ${bareHost}`],
  ["ssh://h", `"ssh://h": is a URL; ${bareHost}`],
  ["me@h", '"me@h": contains a user; put the user into ssh.user'],
  ["h:2222", '"h:2222": contains a port; put the port into ssh.port'],
]);

const noUser = "is not a valid user name: 1 to 32 letters, digits, ., _ and -, starting with a letter or _";
rejects("ssh.user", (user) => ssh({ user }), [
  ["-l", `"-l": ${noUser}; set the deploy user of the host`],
  ["a b", `"a b": ${noUser}; set the deploy user of the host`],
  ["a@b", `"a@b": ${noUser}; set the deploy user of the host`],
]);

const dockerName =
  "is not a valid container or network name: 2 to 128 of a-z, A-Z, 0-9, _, . and -, starting with a letter or digit; use the name that `docker ps` or `docker network ls` shows";
rejects("postgresql.container", (container) => ({ postgresql: { container } }), [
  ["_pg", `"_pg": ${dockerName}`],
  ["p", `"p": ${dockerName}`],
  ["p g", `"p g": ${dockerName}`],
]);
rejects("caddy.container", (container) => ({ caddy: { container } }), [["/caddy", `"/caddy": ${dockerName}`]]);
rejects("networks.backend", (backend) => ({ networks: { backend } }), [["b ackend", `"b ackend": ${dockerName}`]]);
rejects("networks.Web", (network) => ({ networks: { Web: network } }), [
  [
    "web",
    '"web": must be 1 to 40 of a-z, 0-9, _ and -, starting with a letter and ending with a letter or digit; choose a key such as monitoring',
  ],
]);
rejects("networks.backend.name", (name) => ({ networks: { backend: { name } } }), [["-b", `"-b": ${dockerName}`]]);

const noName =
  "is not a valid PostgreSQL name: 1 to 63 of a-z, A-Z, 0-9, _ and -, starting with a letter or _; choose a name such as nocodb";
rejects("postgresql.role", (role) => ({ postgresql: { role } }), [
  ['no"co', `"no\\"co": ${noName}`],
  ["1a", `"1a": ${noName}`],
  ["ö", `"ö": ${noName}`],
  ["r".repeat(64), `"${"r".repeat(59)}…: ${noName}`],
  ["pg_monitor", '"pg_monitor": belongs to PostgreSQL itself; choose a role only for NocoDB, such as nocodb'],
]);
rejects("postgresql.database", (database) => ({ postgresql: { database } }), [
  ["a;b", `"a;b": ${noName}`],
  ["template1", '"template1": belongs to PostgreSQL itself; choose a database only for NocoDB, such as nocodb'],
]);
rejects("postgresql.superuser", (superuser) => ({ postgresql: { superuser } }), [["a b", `"a b": ${noName}`]]);
rejects("postgresql.host", (host) => ({ postgresql: { host } }), [
  [
    "a:5432",
    '"a:5432": is not a host name: letters, digits, ., _ and -, starting with a letter or digit; set the alias of the PostgreSQL container on the backend network, such as postgresql',
  ],
]);
rejects("caddy.snippets[0]", (snippet) => ({ caddy: { snippets: [snippet] } }), [
  [
    "(vpn_only)",
    '"(vpn_only)": is not a valid snippet name: letters, digits, _, . and -, starting with a letter or digit; use the name in parentheses in the Caddyfile, such as vpn_only for (vpn_only)',
  ],
]);
const noOrigin =
  "is not an origin: https://, a host name in lower case (*. in front stands for all names below it), and perhaps a port";
rejects(
  "caddy.contentSecurityPolicy.allow[0]",
  (origin) => ({ caddy: { contentSecurityPolicy: { allow: [origin] } } }),
  [
    ["s3.example.com", `"s3.example.com": ${noOrigin}; did you mean https://s3.example.com?`],
    [
      "https://S3.example.com/files/",
      `"https://S3.example.com/files/": ${noOrigin}; did you mean https://s3.example.com?`,
    ],
    ["*", `"*": ${noOrigin}; write an origin such as https://s3.example.com`],
    ["https://*", `"https://*": ${noOrigin}; write an origin such as https://s3.example.com`],
    ["'unsafe-inline'", `"'unsafe-inline'": ${noOrigin}; write an origin such as https://s3.example.com`],
    [
      "https://a.example.com; img-src *",
      `"https://a.example.com; img-src *": ${noOrigin}; write an origin such as https://s3.example.com`,
    ],
    ['https://a"b', `"https://a\\"b": ${noOrigin}; write an origin such as https://s3.example.com`],
  ],
);

const noAddress = "is not an e-mail address; set an address such as admin@example.com";
rejects("admin.email", (email) => ({ admin: { email } }), [
  ["admin", `"admin": ${noAddress}`],
  ["a@b", `"a@b": ${noAddress}`],
  ["a@b@example.com", `"a@b@example.com": ${noAddress}`],
  ["a b@example.com", `"a b@example.com": ${noAddress}`],
  [".a@example.com", `".a@example.com": ${noAddress}`],
]);

rejects(
  "acknowledgements.image-below-security-floor",
  (reason) => ({ acknowledgements: { "image-below-security-floor": reason } }),
  [
    ["yes", '"yes": is not a reason; write a sentence: why this is accepted, and until when'],
    [true, "true: must be text; put it in quotes"],
  ],
);
