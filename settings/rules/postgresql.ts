import { isIP } from "node:net";
import { parseImage } from "../../constructs/service-container/image-reference.js";
import type { Finding, Placed } from "../diagnostics/problems.js";
import type { EnvironmentFile } from "../schema.js";
import { mapping } from "./checks.js";

/** An image of PostgreSQL's programs with a tag or a digest; never `latest` alone. */
export function pinnedServerImage(image: string): Finding | undefined {
  const remedy = "set an image with the server's major version, such as postgres:17";
  const parts = parseImage(image);
  if (parts === undefined) return { message: "is not an image reference", remedy };
  if (parts.digest !== undefined || (parts.tag !== undefined && parts.tag !== "latest")) return undefined;
  return { message: "has no version, and pg_dump's must be at least the server's", remedy };
}

/** The settings of PostgreSQL as the rules and the defaults can take them, even if single ones are invalid. */
export function comparableServer({ external, ...others }: Record<string, unknown>): Record<string, unknown> {
  if (typeof external !== "object" || external === null) return others;
  const settings = mapping(external);
  return { ...others, external: { ...settings, tls: mapping(settings.tls) } };
}

/** A server is in a container or elsewhere, and its certificate can be checked. */
export function postgresqlRules(_name: string, { postgresql }: EnvironmentFile): Placed[] {
  const { external } = postgresql;
  if (external === undefined) return [];
  const remedy = "keep postgresql.external for a server elsewhere, or this setting for the container of the host";
  const beside = (["container", "host", "port"] as const)
    .filter((key) => postgresql[key] !== undefined)
    .map((key): Placed => [["postgresql", key], { message: "is set beside postgresql.external", remedy }]);
  return [...beside, ...tlsRules(external)];
}

function tlsRules({ host, tls }: NonNullable<EnvironmentFile["postgresql"]["external"]>): Placed[] {
  const { mode = "verify-full", ca } = tls;
  if (mode !== "verify-full") {
    if (ca === undefined) return [];
    const message = `is set, and tls.mode ${mode} does not check the certificate`;
    const remedy = "set postgresql.external.tls.mode to verify-full, or remove the line";
    return [[["postgresql", "external", "tls", "ca"], { message, remedy }]];
  }
  if (typeof host !== "string" || isIP(host) === 0) return [];
  const message = "is an address, and tls.mode verify-full checks the name in the certificate";
  const remedy =
    "set the name in the server's certificate, and have it resolve (a line in /etc/hosts of the host is not enough)";
  return [[["postgresql", "external", "host"], { message, remedy }]];
}
