/** Where the hosts of the gallery are on the lab, one after another. */
import { testInstance } from "../../lab/instance.js";

export const instance = testInstance();

/** The base directory. */
export const base = `${instance.baseDirectory}/gallery`;

/** Where the machine publishes the ports of a host's Caddy. */
export const PUBLISHED = { http: instance.ports.http + 10, https: instance.ports.https + 10 };

/** The name of a container or a network. */
export const named = (end: string): string => `${instance.name}${end}`;
