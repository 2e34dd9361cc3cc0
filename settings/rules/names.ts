import { isIP, isIPv4, isIPv6 } from "node:net";
import type { Finding } from "../diagnostics/problems.js";

type Rule = (value: string) => Finding | undefined;

/**
 * A rule for values of one form.
 *
 * @param correct makes a value that was probably meant, which is suggested if it is valid
 */
function form(pattern: RegExp, message: string, remedy: string, correct?: (value: string) => string): Rule {
  const rule: Rule = (value) =>
    pattern.test(value) ? undefined : { message, remedy, suggestion: correct && suggest(value, correct(value), rule) };
  return rule;
}

/** Suggests a correction if it is valid and differs from the written value. */
function suggest(written: string, candidate: string, rule: Rule): string | undefined {
  return candidate !== "" && candidate !== written && rule(candidate) === undefined
    ? `did you mean ${candidate}?`
    : undefined;
}

/** A file name that can be a stack id and so an argument of `cdktf deploy`. */
export const environmentName = form(
  /^(?=.{1,40}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
  "an environment's name must be 1 to 40 of a-z, 0-9 and -, without - at either end",
  "rename the file, such as prod.yaml",
);

/** The project starts the names of containers, networks and directories, so it is stricter than Docker's own rule. */
export const projectName = form(
  /^[a-z0-9][a-z0-9_-]{0,39}$/,
  "must be 1 to 40 of a-z, 0-9, _ and -, starting with a letter or digit",
  "use the <project> of the host's <project>_postgresql and <project>_caddy",
  (name) =>
    name
      .toLowerCase()
      .replace(/[^a-z0-9_-]+/g, "-")
      .replace(/^[_-]+|-+$/g, ""),
);

/** Docker's rule for the names of containers and networks. */
export const dockerName = form(
  /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,127}$/,
  "is not a valid container or network name: 2 to 128 of a-z, A-Z, 0-9, _, . and -, starting with a letter or digit",
  "use the name that `docker ps` or `docker network ls` shows",
);

/** The host name of a node of a cluster. */
export const nodeName = form(
  /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/,
  "is not the host name of a node: 1 to 63 of a-z, A-Z, 0-9, _, . and -",
  "use the name that `docker node ls` shows",
);

/** A condition that a node must meet, in the form of Docker. */
export const placementConstraint = form(
  /^(?:node\.(?:id|hostname|role|platform\.(?:os|arch)|labels\.[^\s=!]+)|engine\.labels\.[^\s=!]+)\s*[=!]=\s*\S+$/,
  "is not a placement constraint of Docker",
  "write one such as node.labels.disk == ssd or node.role != manager",
);

/** The key of a network in the environment file, which names its Terraform resource and ends its default name. */
export const networkKey = form(
  /^[a-z](?:[a-z0-9_-]{0,38}[a-z0-9])?$/,
  "must be 1 to 40 of a-z, 0-9, _ and -, starting with a letter and ending with a letter or digit",
  "choose a key such as monitoring",
);

const label = /^(?=.{1,63}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

const dnsLabel = form(
  label,
  "is not a DNS label: 1 to 63 of a-z, 0-9 and -, without - at either end",
  "set it to noco for noco.<domain>",
  (name) =>
    name
      .toLowerCase()
      .replaceAll("_", "-")
      .replace(/^-+|-+$/g, ""),
);

/** One label in front of the domain; empty means that NocoDB is absent. */
export function subdomainLabel(name: string): Finding | undefined {
  if (name === "") return undefined;
  if (name.includes("://")) {
    return { message: "must be one label, not a URL", remedy: "set it to noco for noco.<domain>" };
  }
  if (!name.includes(".")) return dnsLabel(name);
  const suggestion = suggest(name, name.split(".")[0]!.toLowerCase(), dnsLabel);
  return { message: "must be one label, without a dot", remedy: "put the rest into domain", suggestion };
}

/** A domain of at least two labels, as certificates and e-mail addresses contain it. */
export function domainName(name: string): Finding | undefined {
  if (isIP(name) !== 0) return { message: "is an address, not a domain", remedy: "set the domain that Caddy serves" };
  const labels = name.split(".");
  if (labels.length >= 2 && name.length <= 253 && labels.every((part) => label.test(part))) return undefined;
  const bare = name
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, "")
    .replace(/[/:].*$/, "")
    .replace(/\.+$/, "");
  return {
    message:
      "is not a domain: labels of a-z, 0-9 and - separated by dots, without a scheme, port, slash or dot at the end",
    remedy: "set it to a domain such as example.com",
    suggestion: suggest(name, bare, domainName),
  };
}

const hostForm = /^(?=.{1,253}$)[a-zA-Z0-9](?:[a-zA-Z0-9._-]*[a-zA-Z0-9])?$/;

/** A name or address that ssh cannot mistake for an option. */
export function sshHost(host: string): Finding | undefined {
  if (isIPv6(host) || hostForm.test(host)) return undefined;
  const remedy = "set the bare name or address of the Docker host";
  if (host.includes("@")) return { message: "contains a user", remedy: "put the user into ssh.user" };
  if (host.includes("://")) return { message: "is a URL", remedy };
  if (/^[^:]+:\d+$/.test(host)) return { message: "contains a port", remedy: "put the port into ssh.port" };
  return {
    message: "is not a host name or address: letters, digits, ., _ and -, starting with a letter or digit",
    remedy,
  };
}

/** A user that ssh cannot mistake for an option and that needs no quoting in a URL. */
export const sshUser = form(
  /^[a-zA-Z_][a-zA-Z0-9_.-]{0,31}$/,
  "is not a valid user name: 1 to 32 letters, digits, ., _ and -, starting with a letter or _",
  "set the deploy user of the host",
);

/** A host name that resolves in the container's network: an alias, a container, a domain or an IPv4 address. */
export function networkHost(host: string): Finding | undefined {
  if (isIPv4(host) || hostForm.test(host)) return undefined;
  return {
    message: "is not a host name: letters, digits, ., _ and -, starting with a letter or digit",
    remedy: "set the alias of the PostgreSQL container on the backend network, such as postgresql",
  };
}

/** A server elsewhere: a name or an IPv4 address that is the same on the host and in its containers. */
export function serverHost(host: string): Finding | undefined {
  const remedy = "set the bare name or IPv4 address of the server, such as db.example.com";
  if (/^(?:localhost|127\..*)$/i.test(host)) return { message: "is in each container that container itself", remedy };
  if (host.includes("://")) return { message: "is a URL", remedy };
  if (/^[^:]+:\d+$/.test(host)) {
    return { message: "contains a port", remedy: "put the port into postgresql.external.port" };
  }
  if (isIPv4(host) || hostForm.test(host)) return undefined;
  return { message: "is not a host name: letters, digits, ., _ and -, starting with a letter or digit", remedy };
}

/** A name on a Docker network, part of URLs. */
export const networkAlias = form(
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  "is not a name for a network: 1 to 63 of a-z, 0-9 and -, starting and ending with a letter or digit",
  "choose a name such as nocodb-preprod",
);

/** PostgreSQL truncates identifiers after 63 bytes; other characters would need quotes in every query. */
export const postgresqlName = form(
  /^[a-zA-Z_][a-zA-Z0-9_-]{0,62}$/,
  "is not a valid PostgreSQL name: 1 to 63 of a-z, A-Z, 0-9, _ and -, starting with a letter or _",
  "choose a name such as nocodb",
);

/** Refuses the server's own roles: `pg_…` is reserved, `public` and `none` are keywords. */
export const ordinaryRole = form(
  /^(?!(?:pg_.*|public|none|postgres)$)/i,
  "belongs to PostgreSQL itself",
  "choose a role only for NocoDB, such as nocodb",
);

/** Refuses the server's own databases, which must not be given to a role. */
export const ordinaryDatabase = form(
  /^(?!(?:postgres|template0|template1)$)/i,
  "belongs to PostgreSQL itself",
  "choose a database only for NocoDB, such as nocodb",
);

/** The name of a snippet in the Caddyfile, as `import` takes it. */
export const snippetName = form(
  /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/,
  "is not a valid snippet name: letters, digits, _, . and -, starting with a letter or digit",
  "use the name in parentheses in the Caddyfile, such as vpn_only for (vpn_only)",
);

/** An origin that a Content-Security-Policy allows. */
export const contentOrigin = form(
  /^(?:https?|wss?):\/\/(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?$/,
  "is not an origin: https://, a host name in lower case (*. in front stands for all names below it), and perhaps a port",
  "write an origin such as https://s3.example.com",
  (address) =>
    (address.includes("://") ? address : `https://${address}`).toLowerCase().replace(/^([a-z]+:\/\/[^/]+)\/.*$/s, "$1"),
);

/** An address that NocoDB takes as a sign-in name. */
export function emailAddress(address: string): Finding | undefined {
  const [local, domain, ...rest] = address.split("@");
  const fits = rest.length === 0 && domain !== undefined && domainName(domain) === undefined && address.length <= 254;
  if (fits && /^[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_%+-]+)*$/.test(local!) && local!.length <= 64) return undefined;
  return { message: "is not an e-mail address", remedy: "set an address such as admin@example.com" };
}

/** The name of a consumer: part of its user's e-mail address, of a marker in its env file, and of its defaults. */
export const consumerName = form(
  /^(?=.{1,40}$)[a-z](?:[a-z0-9-]*[a-z0-9])?$/,
  "must be 1 to 40 of a-z, 0-9 and -, starting with a letter, without - at the end",
  "name it as the host does, such as openclaw for <project>_openclaw",
  (name) =>
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^[-0-9]+|-+$/g, ""),
);

/** The title of a base, as NocoDB shows it. */
export const baseTitle = form(
  /^\S(?:.{0,48}\S)?$/s,
  "is not a valid base title: 1 to 50 characters, without a space at either end",
  "write the title as NocoDB shows it",
  (title) => title.trim(),
);

/** A command for the host's shell. */
export const command = form(/\S/, "is empty", "write the command that recreates the container, or remove the line");

/** The reason for an accepted risk. */
export const reason = form(
  /^\s*\S.{8,}\S\s*$/s,
  "is not a reason",
  "write a sentence: why this is accepted, and until when",
);
