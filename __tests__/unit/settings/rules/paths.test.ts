import { least } from "../../support/environment-text.js";
import { rejects } from "../../support/rejects.js";

const ssh = (over: Record<string, unknown>) => ({ ssh: { ...least.ssh, ...over } });

const full = "write the full path, or one that starts with ~/";
rejects("ssh.identityFile", (identityFile) => ssh({ identityFile }), [
  ["id_ed25519", `"id_ed25519": must be absolute or start with ~/; ${full}`],
  ["~me/.ssh/id", `"~me/.ssh/id": must be absolute or start with ~/; ${full}`],
  ["/keys/%h", '"/keys/%h": contains a quote, %, $ or backslash, which ssh would interpret; rename the file'],
  ["~/.ssh/", '"~/.ssh/": is a directory; set a file in it'],
  ["/a\nb", `"/a\\nb": contains a control character; ${full}`],
]);
rejects("ssh.knownHosts", (knownHosts) => ssh({ knownHosts }), [
  ["known_hosts", `"known_hosts": must be absolute or start with ~/; ${full}`],
  ['/a"b', '"/a\\"b": contains a quote, %, $ or backslash, which ssh would interpret; rename the file'],
]);

const orNone = "must be absolute, or none; write the full path, or none to read no such file";
rejects("ssh.configFile", (configFile) => ssh({ configFile }), [
  ["~/.ssh/config", `"~/.ssh/config": ${orNone}`],
  ["None", `"None": ${orNone}`],
  ["/etc/ssh/%h", '"/etc/ssh/%h": contains a quote, %, $ or backslash, which ssh would interpret; rename the file'],
]);

const onTheHost = "write the full path on the host, such as /opt/acme";
const normalised = "must be normalized: without ., .., a double slash or a slash at the end";
rejects("baseDirectory", (baseDirectory) => ({ baseDirectory }), [
  ["opt/acme", `"opt/acme": must be absolute; ${onTheHost}`],
  ["", `"": must be absolute; ${onTheHost}`],
  ["~/acme", '"~/acme": starts with ~, which only a shell expands; write ${env:HOME} or the full path'],
  ["/opt/acme/", `"/opt/acme/": ${normalised}; did you mean /opt/acme?`],
  ["/opt//acme", `"/opt//acme": ${normalised}; did you mean /opt/acme?`],
  ["/opt/../etc", `"/opt/../etc": ${normalised}; ${onTheHost}`],
  ["/", `"/": is the root directory of the host; ${onTheHost}`],
  ["/opt/a:b", `"/opt/a:b": contains a colon or comma, which Docker cannot mount; ${onTheHost}`],
  ["/opt/a,b", `"/opt/a,b": contains a colon or comma, which Docker cannot mount; ${onTheHost}`],
  ["/opt/a\tb", `"/opt/a\\tb": contains a control character; ${onTheHost}`],
  ["/opt/a b", `"/opt/a b": contains a space, quote, %, $, backslash or wildcard; choose another directory`],
  ["/opt/%{b}", `"/opt/%{b}": contains a space, quote, %, $, backslash or wildcard; choose another directory`],
]);
rejects("caddy.caddyfile", (caddyfile) => ({ caddy: { caddyfile } }), [
  ["Caddyfile", `"Caddyfile": must be absolute; ${onTheHost}`],
]);
rejects("caddy.sitesDirectory", (sitesDirectory) => ({ caddy: { sitesDirectory } }), [
  ["sites/", `"sites/": must be absolute; ${onTheHost}`],
]);
