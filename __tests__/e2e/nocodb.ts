import { readFile } from "node:fs/promises";
import { Agent } from "node:https";
import { Api } from "nocodb-sdk";
import type { Instance } from "../../lab/instance.js";

/** A caller's credential: `xc-token` with an API token, `xc-auth` with a session, or none. */
export type Credential = { readonly "xc-token": string } | { readonly "xc-auth": string } | Record<string, never>;

/** A request that NocoDB refused, and its answer. The client's own error would show the credential. */
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
    // Caddy holds requests for up to 60 s while there is no service, which then gets all of them at once.
    timeout: 120_000,
  });
  api.instance.interceptors.response.use(undefined, ({ config, response, message }) => {
    throw new Refused(response?.status, `${config?.method} ${config?.url}`, response?.data ?? message);
  });
  return api;
}

/** The status of NocoDB's answer to a call: 200 if it succeeds. @throws if there is no answer */
export async function statusOf(call: Promise<unknown>): Promise<number> {
  try {
    await call;
    return 200;
  } catch (error) {
    if (error instanceof Refused && error.status !== undefined) return error.status;
    throw error;
  }
}
