import { readFile } from "node:fs/promises";
import { Agent } from "node:https";
import { Api } from "nocodb-sdk";
import type { Instance } from "../../lab/instance.js";

/** How a caller says who it is: `xc-token` with an API token, `xc-auth` with a session, or not at all. */
export type Credential = { readonly "xc-token": string } | { readonly "xc-auth": string } | Record<string, never>;

/** Why NocoDB did not do what it was asked for. What the client throws itself would show the credential. */
class Refused extends Error {
  override readonly name = "Refused";

  constructor(
    readonly status: number | undefined,
    asked: string,
    answer: unknown,
  ) {
    super(`${asked}: ${status ?? "no answer"} ${JSON.stringify(answer)}`);
  }
}

/**
 * NocoDB's API through the vendor's own client, at the site, from inside the VPN range.
 *
 * @param keepAlive whether connections are kept for later requests, as browsers keep them; else each has its own
 */
export async function nocodb(
  instance: Instance,
  site: string,
  credential: Credential,
  keepAlive = false,
): Promise<Api<unknown>> {
  const ca = await readFile(instance.rootCertificate);
  const api = new Api({
    baseURL: `https://127.0.0.1:${instance.ports.https}`,
    headers: { host: `${site}:${instance.ports.https}`, ...credential },
    httpsAgent: new Agent({ ca, servername: site, keepAlive }),
    proxy: false,
    // Caddy holds a request for up to 60 s while there is no service, which then has all of them at once.
    timeout: 120_000,
  });
  api.instance.interceptors.response.use(undefined, ({ config, response, message }) => {
    throw new Refused(response?.status, `${config?.method} ${config?.url}`, response?.data ?? message);
  });
  return api;
}

/** The status with which NocoDB answers a call: 200 for one that it does. @throws where there is no answer */
export async function statusOf(call: Promise<unknown>): Promise<number> {
  try {
    await call;
    return 200;
  } catch (error) {
    if (error instanceof Refused && error.status !== undefined) return error.status;
    throw error;
  }
}
