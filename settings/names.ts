import { isIP, isIPv4, isIPv6 } from "node:net";
import type { Finding } from "./problems.js";

/** A file name that can be a stack id and so an argument of `cdktf deploy`. */
export function environmentName(name: string): Finding | undefined {
  if (/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name) && name.length <= 40) return undefined;
  return {
    message: "an environment's name must be 1 to 40 of a-z, 0-9 and -, with no - at either end",
    remedy: "rename the file, such as prod.yaml",
  };
}

/** The project begins container, network and directory names, so it is stricter than Docker's own rule. */
export function projectName(name: string): Finding | undefined {
  if (/^[a-z0-9][a-z0-9_-]*$/.test(name) && name.length <= 40) return undefined;
  return {
    message: "must be 1 to 40 of a-z, 0-9, _ and -, beginning with a letter or digit",
    remedy: "use the <project> of the host's <project>_postgresql and <project>_caddy",
    suggestion: suggest(
      name,
      name
        .toLowerCase()
        .replace(/[^a-z0-9_-]+/g, "-")
        .replace(/^[_-]+|-+$/g, ""),
      projectName,
    ),
  };
}

/** Docker's rule for the names of containers and networks. */
export function dockerName(name: string): Finding | undefined {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name) && name.length <= 128) return undefined;
  return {
    message: "can be no container or network: 2 to 128 of a-z, A-Z, 0-9, _, . and -, beginning with a letter or digit",
    remedy: "use the name that `docker ps` or `docker network ls` shows",
  };
}

const label = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** One label in front of the domain; empty means that NocoDB is absent. */
export function subdomainLabel(name: string): Finding | undefined {
  if (name === "") return undefined;
  if (name.includes("://"))
    return { message: "must be one label, not a URL", remedy: "set it to noco for noco.<domain>" };
  if (name.includes(".")) {
    const suggestion = suggest(name, name.split(".")[0]!.toLowerCase(), subdomainLabel);
    return { message: "must be one label, without a dot", remedy: "put the rest into domain", suggestion };
  }
  if (label.test(name) && name.length <= 63) return undefined;
  return {
    message: "is no DNS label: 1 to 63 of a-z, 0-9 and -, with no - at either end",
    remedy: "set it to noco for noco.<domain>",
    suggestion: suggest(
      name,
      name
        .toLowerCase()
        .replaceAll("_", "-")
        .replace(/^-+|-+$/g, ""),
      subdomainLabel,
    ),
  };
}

/** A domain of at least two labels, as it stands in certificates and e-mail addresses. */
export function domainName(name: string): Finding | undefined {
  const bare = name
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, "")
    .replace(/[/:].*$/, "")
    .replace(/\.+$/, "");
  const labels = name.split(".");
  if (isIP(name) !== 0) return { message: "is an address, not a domain", remedy: "set the domain that Caddy serves" };
  if (labels.length >= 2 && name.length <= 253 && labels.every((part) => label.test(part) && part.length <= 63)) {
    return undefined;
  }
  return {
    message: "is no domain: labels of a-z, 0-9 and - with dots between them, without scheme, port, slash or final dot",
    remedy: "set it to a domain such as example.com",
    suggestion: suggest(name, bare, domainName),
  };
}

/** A name or address that ssh cannot take for an option. */
export function sshHost(host: string): Finding | undefined {
  if (isIPv6(host)) return undefined;
  if (/^[a-zA-Z0-9](?:[a-zA-Z0-9._-]*[a-zA-Z0-9])?$/.test(host) && host.length <= 253) return undefined;
  const remedy = "set the bare name or address of the Docker host";
  if (host.includes("@")) return { message: "holds a user", remedy: "put the user into ssh.user" };
  if (host.includes("://")) return { message: "is a URL", remedy };
  if (/^[^:]+:\d+$/.test(host)) return { message: "holds a port", remedy: "put the port into ssh.port" };
  return {
    message: "is no host name or address: letters, digits, ., _ and -, beginning with a letter or digit",
    remedy,
  };
}

/** A user that ssh cannot take for an option, and that a URL holds as it is. */
export function sshUser(user: string): Finding | undefined {
  if (/^[a-zA-Z_][a-zA-Z0-9_.-]*$/.test(user) && user.length <= 32) return undefined;
  return {
    message: "is no user name: 1 to 32 letters, digits, ., _ and -, beginning with a letter or _",
    remedy: "set the deploy user of the host",
  };
}

/** A host name that resolves inside the container's network: an alias, a container, a domain or an IPv4 address. */
export function networkHost(host: string): Finding | undefined {
  if (isIPv4(host)) return undefined;
  if (/^[a-zA-Z0-9](?:[a-zA-Z0-9._-]*[a-zA-Z0-9])?$/.test(host) && host.length <= 253) return undefined;
  return {
    message: "is no host name: letters, digits, ., _ and -, beginning with a letter or digit",
    remedy: "set the alias of the PostgreSQL container on the backend network, such as postgresql",
  };
}

/** PostgreSQL truncates identifiers after 63 bytes; other characters would have to be quoted by whoever looks at them. */
export function postgresqlName(name: string): Finding | undefined {
  if (/^[a-zA-Z_][a-zA-Z0-9_-]*$/.test(name) && name.length <= 63) return undefined;
  return {
    message: "is no PostgreSQL name: 1 to 63 of a-z, A-Z, 0-9, _ and -, beginning with a letter or _",
    remedy: "choose a name such as nocodb",
  };
}

/** Roles of the server itself: `pg_…` is reserved, `public` and `none` are keywords. */
export function ordinaryRole(name: string): Finding | undefined {
  if (!/^(?:pg_.*|public|none|postgres)$/i.test(name)) return undefined;
  return { message: "belongs to PostgreSQL itself", remedy: "choose a role of NocoDB's own, such as nocodb" };
}

/** Databases of the server itself, which the app must not hand over to a role. */
export function ordinaryDatabase(name: string): Finding | undefined {
  if (!/^(?:postgres|template0|template1)$/i.test(name)) return undefined;
  return { message: "belongs to PostgreSQL itself", remedy: "choose a database of NocoDB's own, such as nocodb" };
}

/** The name of a snippet in the Caddyfile, as it stands behind `import`. */
export function snippetName(name: string): Finding | undefined {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) return undefined;
  return {
    message: "is no snippet name: letters, digits, _, . and -, beginning with a letter or digit",
    remedy: "use the name in parentheses in the Caddyfile, such as vpn_only for (vpn_only)",
  };
}

/** An address that NocoDB takes as a sign-in name. */
export function emailAddress(address: string): Finding | undefined {
  const [local, domain, ...rest] = address.split("@");
  const fits = rest.length === 0 && domain !== undefined && domainName(domain) === undefined && address.length <= 254;
  if (fits && /^[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_%+-]+)*$/.test(local!) && local!.length <= 64) return undefined;
  return { message: "is no e-mail address", remedy: "set an address such as admin@example.com" };
}

/** The name of a consumer: part of its user's e-mail address, of a marker in its env file, and of its defaults. */
export function consumerName(name: string): Finding | undefined {
  if (/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/.test(name) && name.length <= 40) return undefined;
  return {
    message: "must be 1 to 40 of a-z, 0-9 and -, beginning with a letter, with no - at the end",
    remedy: "name it as the host does, such as openclaw for <project>_openclaw",
    suggestion: suggest(
      name,
      name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^[-0-9]+|-+$/g, ""),
      consumerName,
    ),
  };
}

/** The title of a base, as NocoDB shows it: 1 to 50 characters. */
export function baseTitle(title: string): Finding | undefined {
  if (title === title.trim() && title.length >= 1 && title.length <= 50) return undefined;
  return {
    message: "is no title of a base: 1 to 50 characters, with no blank at either end",
    remedy: "write the title as NocoDB shows it",
    suggestion: suggest(title, title.trim(), baseTitle),
  };
}

/** A command for the host's shell. */
export function command(line: string): Finding | undefined {
  if (line.trim() !== "") return undefined;
  return { message: "holds no command", remedy: "write what creates the container again, or remove the line" };
}

/** Puts a correction forward when it is one: other than what was written, and valid. */
function suggest(written: string, candidate: string, rule: (value: string) => Finding | undefined): string | undefined {
  return candidate !== "" && candidate !== written && rule(candidate) === undefined
    ? `did you mean ${candidate}?`
    : undefined;
}
