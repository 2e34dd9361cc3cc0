import { readFile } from "node:fs/promises";
import { Agent } from "node:https";
import { Api } from "nocodb-sdk";
import type { Instance } from "../../lab/instance.js";

/** How a caller says who it is: `xc-token` with an API token, `xc-auth` with a session, or not at all. */
export type Credential = { readonly "xc-token": string } | { readonly "xc-auth": string } | Record<string, never>;

/** NocoDB's API through the vendor's own client, at the site, from inside the VPN range. */
export async function nocodb(instance: Instance, site: string, credential: Credential): Promise<Api<unknown>> {
  const ca = await readFile(instance.rootCertificate);
  return new Api({
    baseURL: `https://127.0.0.1:${instance.ports.https}`,
    headers: { host: `${site}:${instance.ports.https}`, ...credential },
    // A connection of its own each time: one that is kept alive would make NocoDB's stop wait for it.
    httpsAgent: new Agent({ ca, servername: site, keepAlive: false }),
    proxy: false,
    timeout: 70_000,
  });
}

/** The status with which NocoDB answers a call: 200 for one that it does. @throws where there is no answer */
export async function statusOf(call: Promise<unknown>): Promise<number> {
  try {
    await call;
    return 200;
  } catch (error) {
    const { response } = error as { response?: { status: number } };
    if (!response) throw error;
    return response.status;
  }
}
