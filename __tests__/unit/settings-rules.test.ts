import { least } from "./environment-text.js";
import { rejects } from "./rejects.js";

const ssh = (over: Record<string, unknown>) => ({ ssh: { ...least.ssh, ...over } });

const project = "must be 1 to 40 of a-z, 0-9, _ and -, beginning with a letter or digit";
const ofTheHost = "use the <project> of the host's <project>_postgresql and <project>_caddy";
rejects("project", (value) => ({ project: value }), [
  [
    undefined,
    "is missing; set it: Project on the host; begins the names of its containers, networks and base directory.",
  ],
  ["", `"": ${project}; ${ofTheHost}`],
  ["Acme", `"Acme": ${project}; did you mean acme?`],
  ["acme corp", `"acme corp": ${project}; did you mean acme-corp?`],
  ["-acme", `"-acme": ${project}; did you mean acme?`],
  ["../acme", `"../acme": ${project}; did you mean acme?`],
  ["a".repeat(41), `"${"a".repeat(41)}": ${project}; ${ofTheHost}`],
]);

const domain =
  "is no domain: labels of a-z, 0-9 and - with dots between them, without scheme, port, slash or final dot";
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

const dnsLabel = "is no DNS label: 1 to 63 of a-z, 0-9 and -, with no - at either end";
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

const noHost = "is no host name or address: letters, digits, ., _ and -, beginning with a letter or digit";
const bareHost = "set the bare name or address of the Docker host";
rejects("ssh.host", (host) => ssh({ host }), [
  [undefined, "is missing; set it: Name or address of the Docker host; an alias of ssh_config works too."],
  ["-oProxyCommand=evil", `"-oProxyCommand=evil": ${noHost}; ${bareHost}`],
  ["a b", `"a b": ${noHost}; ${bareHost}`],
  ["", `"": ${noHost}; ${bareHost}`],
  ["ssh://h", `"ssh://h": is a URL; ${bareHost}`],
  ["me@h", '"me@h": holds a user; put the user into ssh.user'],
  ["h:2222", '"h:2222": holds a port; put the port into ssh.port'],
]);

const noUser = "is no user name: 1 to 32 letters, digits, ., _ and -, beginning with a letter or _";
rejects("ssh.user", (user) => ssh({ user }), [
  ["-l", `"-l": ${noUser}; set the deploy user of the host`],
  ["a b", `"a b": ${noUser}; set the deploy user of the host`],
  ["a@b", `"a@b": ${noUser}; set the deploy user of the host`],
]);

const sshPort = "must be a whole number between 1 and 65535; set the port sshd listens on";
rejects("ssh.port", (port) => ssh({ port }), [
  [0, `0: ${sshPort}`],
  [-22, `-22: ${sshPort}`],
  [65536, `65536: ${sshPort}`],
  [22.5, `22.5: ${sshPort}`],
]);

const full = "write the full path, or one that begins with ~/";
rejects("ssh.identityFile", (identityFile) => ssh({ identityFile }), [
  ["id_ed25519", `"id_ed25519": must be absolute or begin with ~/; ${full}`],
  ["~me/.ssh/id", `"~me/.ssh/id": must be absolute or begin with ~/; ${full}`],
  ["/keys/%h", '"/keys/%h": holds a blank, quote, % or $, which ssh does not take as it is; rename the file'],
  ["~/.ssh/", '"~/.ssh/": names a directory; name the file in it'],
  ["/a\nb", `"/a\\nb": holds a control character; ${full}`],
]);
rejects("ssh.knownHosts", (knownHosts) => ssh({ knownHosts }), [
  ["known_hosts", `"known_hosts": must be absolute or begin with ~/; ${full}`],
  ["/a b", '"/a b": holds a blank, quote, % or $, which ssh does not take as it is; rename the file'],
]);

const orNone = "must be absolute, or none; write the full path, or none to read no such file";
rejects("ssh.configFile", (configFile) => ssh({ configFile }), [
  ["~/.ssh/config", `"~/.ssh/config": ${orNone}`],
  ["None", `"None": ${orNone}`],
  ["/etc/ssh/%h", '"/etc/ssh/%h": holds a blank, quote, % or $, which ssh does not take as it is; rename the file'],
]);

rejects("image", (image) => ({ image }), [
  [
    "nocodb/nocodb",
    '"nocodb/nocodb": has neither tag nor digest, so Docker would take `latest`; pin a version, such as nocodb/nocodb:2026.09.0',
  ],
  [
    "nocodb/nocodb:latest",
    '"nocodb/nocodb:latest": follows `latest`, which changes under a running deployment; pin a version, such as nocodb/nocodb:2026.09.0',
  ],
  ["NocoDB:1 2", '"NocoDB:1 2": is no image reference; pin a version, such as nocodb/nocodb:2026.09.0'],
  ["", '"": is no image reference; pin a version, such as nocodb/nocodb:2026.09.0'],
  [
    "nocodb/nocodb:2026.08.3",
    '"nocodb/nocodb:2026.08.3": is below the security floor 2026.09.0 of 2026-11-24: lacks the fixes of CVE-2026-126269, CVE-2026-126273; pin at least 2026.09.0, or set acknowledgements.image-below-security-floor to the reason for staying',
  ],
  [
    "registry.example.com:5000/nocodb:develop",
    '"registry.example.com:5000/nocodb:develop": names no released version, so its security fixes cannot be judged; pin a released version of at least 2026.09.0, or set acknowledgements.image-below-security-floor to the reason for staying',
  ],
]);

const amount = "is no amount of memory";
const wholeNumber = "write a whole number with M or G, such as 384M";
rejects("memory", (memory) => ({ memory }), [
  [384, `384: ${amount}; did you mean 384M?`],
  ["384MB", `"384MB": ${amount}; did you mean 384M?`],
  ["384 m", `"384 m": ${amount}; did you mean 384M?`],
  ["1.5G", `"1.5G": ${amount}; did you mean 1536M?`],
  ["-1G", `"-1G": ${amount}; ${wholeNumber}`],
  ["lots", `"lots": ${amount}; ${wholeNumber}`],
  ["2000G", '"2000G": must be between 6M and 1024G; set what the container needs, such as 384M'],
  ["219M", '"219M": is less than the 220M that NocoDB starts in; set at least 256M'],
]);
rejects("memoryReservation", (memoryReservation) => ({ memoryReservation }), [
  ["256M", '"256M": must be less than memory (256M); lower it, or raise memory'],
  ["1G", '"1G": must be less than memory (256M); lower it, or raise memory'],
  ["5M", '"5M": must be between 6M and 1024G; set what the container needs, such as 384M'],
]);

const share = "must be between 0.01 and 256; set how many processors the container may use, such as 0.5";
rejects("cpus", (cpus) => ({ cpus }), [
  [0, `0: ${share}`],
  [-1, `-1: ${share}`],
  [0.001, `0.001: ${share}`],
  [1000, `1000: ${share}`],
  [
    0.05,
    "0.05: is not read back as itself by the docker provider, so every plan would replace the container; set a number with one digit after the point, such as 0.5",
  ],
]);

const onTheHost = "write the full path on the host, such as /opt/acme";
const normalised = "must be normalised: no . or .., no double or final slash";
rejects("baseDirectory", (baseDirectory) => ({ baseDirectory }), [
  ["opt/acme", `"opt/acme": must be absolute; ${onTheHost}`],
  ["", `"": must be absolute; ${onTheHost}`],
  ["~/acme", '"~/acme": begins with ~, which only a shell replaces; write ${env:HOME} or the full path'],
  ["/opt/acme/", `"/opt/acme/": ${normalised}; did you mean /opt/acme?`],
  ["/opt//acme", `"/opt//acme": ${normalised}; did you mean /opt/acme?`],
  ["/opt/../etc", `"/opt/../etc": ${normalised}; ${onTheHost}`],
  ["/", `"/": is the root of the host; ${onTheHost}`],
  ["/opt/a:b", `"/opt/a:b": holds a colon or comma, which Docker cannot mount; ${onTheHost}`],
  ["/opt/a,b", `"/opt/a,b": holds a colon or comma, which Docker cannot mount; ${onTheHost}`],
  ["/opt/a\tb", `"/opt/a\\tb": holds a control character; ${onTheHost}`],
  ["/opt/a b", `"/opt/a b": holds a blank, quote, %, $, backslash or wildcard; choose another directory`],
  ["/opt/%{b}", `"/opt/%{b}": holds a blank, quote, %, $, backslash or wildcard; choose another directory`],
]);
rejects("caddy.caddyfile", (caddyfile) => ({ caddy: { caddyfile } }), [
  ["Caddyfile", `"Caddyfile": must be absolute; ${onTheHost}`],
]);
rejects("caddy.sitesDirectory", (sitesDirectory) => ({ caddy: { sitesDirectory } }), [
  ["sites/", `"sites/": must be absolute; ${onTheHost}`],
]);

const dockerName =
  "can be no container or network: 2 to 128 of a-z, A-Z, 0-9, _, . and -, beginning with a letter or digit; use the name that `docker ps` or `docker network ls` shows";
rejects("postgresql.container", (container) => ({ postgresql: { container } }), [
  ["_pg", `"_pg": ${dockerName}`],
  ["p", `"p": ${dockerName}`],
  ["p g", `"p g": ${dockerName}`],
  ["acme_nocodb", '"acme_nocodb": is the container that the app itself creates; name the host\'s postgresql container'],
]);
rejects("caddy.container", (container) => ({ caddy: { container } }), [
  ["/caddy", `"/caddy": ${dockerName}`],
  ["acme_nocodb", '"acme_nocodb": is the container that the app itself creates; name the host\'s caddy container'],
  ["acme_postgresql", '"acme_postgresql": is the container of PostgreSQL too; name the container that Caddy runs in'],
]);
rejects("networks.backend", (backend) => ({ networks: { backend } }), [["b ackend", `"b ackend": ${dockerName}`]]);
rejects("networks.backend.name", (name) => ({ networks: { backend: { name } } }), [["-b", `"-b": ${dockerName}`]]);
rejects("networks.frontend", (frontend) => ({ networks: { frontend } }), [
  [
    "acme_backend",
    '"acme_backend": is the backend network too, so the database would stand beside the site; name two networks',
  ],
]);

const noSubnet = "is no IPv4 subnet with a prefix from /8 to /29; write one such as 172.20.1.0/24";
rejects("networks.backend.create.subnet", (subnet) => ({ networks: { backend: { create: { subnet } } } }), [
  ["172.20.1.0", `"172.20.1.0": ${noSubnet}`],
  ["172.20.1.0/33", `"172.20.1.0/33": ${noSubnet}`],
  ["172.20.1/24", `"172.20.1/24": ${noSubnet}`],
  ["fd00::/64", `"fd00::/64": ${noSubnet}`],
  ["172.20.1.77/24", '"172.20.1.77/24": is an address within a subnet, not its first; did you mean 172.20.1.0/24?'],
]);

const noName =
  "is no PostgreSQL name: 1 to 63 of a-z, A-Z, 0-9, _ and -, beginning with a letter or _; choose a name such as nocodb";
rejects("postgresql.role", (role) => ({ postgresql: { role } }), [
  ['no"co', `"no\\"co": ${noName}`],
  ["1a", `"1a": ${noName}`],
  ["ö", `"ö": ${noName}`],
  ["r".repeat(64), `"${"r".repeat(59)}…: ${noName}`],
  ["pg_monitor", '"pg_monitor": belongs to PostgreSQL itself; choose a role of NocoDB\'s own, such as nocodb'],
]);
rejects("postgresql.database", (database) => ({ postgresql: { database } }), [
  ["a;b", `"a;b": ${noName}`],
  ["template1", '"template1": belongs to PostgreSQL itself; choose a database of NocoDB\'s own, such as nocodb'],
]);
rejects("postgresql.role", (name) => ({ postgresql: { role: name, superuser: name } }), [
  [
    "admin",
    '"admin": is the superuser, whose password the app must not change; choose a role of NocoDB\'s own, such as nocodb',
  ],
]);
rejects("postgresql.superuser", (superuser) => ({ postgresql: { superuser } }), [["a b", `"a b": ${noName}`]]);
rejects("postgresql.host", (host) => ({ postgresql: { host } }), [
  [
    "a:5432",
    '"a:5432": is no host name: letters, digits, ., _ and -, beginning with a letter or digit; set the alias of the PostgreSQL container on the backend network, such as postgresql',
  ],
]);
rejects("postgresql.port", (port) => ({ postgresql: { port } }), [
  [0, "0: must be a whole number between 1 and 65535; set the port PostgreSQL listens on"],
]);
rejects("caddy.snippets[0]", (snippet) => ({ caddy: { snippets: [snippet] } }), [
  [
    "(vpn_only)",
    '"(vpn_only)": is no snippet name: letters, digits, _, . and -, beginning with a letter or digit; use the name in parentheses in the Caddyfile, such as vpn_only for (vpn_only)',
  ],
]);

const noAddress = "is no e-mail address; set an address such as admin@example.com";
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
    ["yes", '"yes": is no reason; write in a sentence why this is accepted and until when'],
    [true, "true: must be text; put it in quotes"],
  ],
);
