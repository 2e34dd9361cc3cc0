import { program } from "../remote-host/program.js";
import type { ServicePlace, WebServiceProps } from "./web-service-props.js";

const NAME = /^(?=.{1,40}$)[a-z](?:[a-z0-9-]*[a-z0-9])?$/;

/**
 * Checks what a service is called. The name becomes part of file names, and both are words in the lines of the
 * requirements.
 */
export function checkName({ name, kind = "generic" }: Pick<ServicePlace, "name" | "kind">): void {
  if (!NAME.test(name)) {
    const form = "1 to 40 of a-z, 0-9 and -, starting with a letter, without - at the end";
    throw new Error(`'name' (${name}) must be ${form}`);
  }
  if (!program("remote-host/probe").text.includes(`\n${kind}_holds_data() {`)) {
    throw new Error(`'kind' (${kind}) is unknown: no file kind.sh defines ${kind}_holds_data`);
  }
}

/** Reserves everything that a service keeps on the host, enabled or not, so that two services do not share it. */
export function reservePlace(place: Omit<ServicePlace, "ownership">, id: string): void {
  const { host, name, containerName, configDirectory, dataDirectory, backups, postgresql } = place;
  host.reserve("service", "name", name, id);
  host.reserve("container", "containerName", containerName, id);
  host.reserve("directory", "configDirectory", configDirectory, id);
  host.reserve("directory", "dataDirectory", dataDirectory, id);
  host.reserve("directory", "backups.directory", backups.directory, id);
  host.reserve(`database in ${postgresql.container}`, "postgresql.database", postgresql.database, id);
  host.reserve(`role in ${postgresql.container}`, "postgresql.role", postgresql.role, id);
}

/** Reserves the names under which Caddy and other containers find an enabled service. */
export function reserveAddresses({ host, caddy }: ServicePlace, props: WebServiceProps, id: string): void {
  host.reserve(`site of ${caddy.container}`, "siteHost", props.siteHost.toLowerCase(), id);
  for (const { nameOnHost, aliases } of props.networks) {
    for (const alias of new Set([props.alias, ...aliases])) host.reserve(`alias on ${nameOnHost}`, "alias", alias, id);
  }
}
