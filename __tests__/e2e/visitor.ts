import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { run } from "../../lab/command.js";
import type { Instance } from "../../lab/instance.js";
import type { Answer } from "../../lab/site.js";
import { answerAcrossStop } from "../slow-request.js";

/**
 * Requests a site of the instance's Caddy from inside the VPN range. Its certificate must be signed by Caddy's own root.
 *
 * @param posted sent as JSON, with POST
 */
export async function visit(instance: Instance, site: string, path: string, posted?: unknown): Promise<Answer> {
  const ca = await readFile(instance.rootCertificate);
  const address = { host: "127.0.0.1", port: instance.ports.https, servername: site, path };
  const headers = { host: `${site}:${instance.ports.https}`, "content-type": "application/json" };
  const method = posted === undefined ? "GET" : "POST";
  return new Promise((resolve, reject) => {
    // Caddy holds a request for up to 60 s while there is no service.
    const asking = request({ ...address, method, headers, ca, agent: false, timeout: 70_000 }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (data: string) => (body += data));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
    });
    asking.on("timeout", () => asking.destroy(new Error(`https://${site}${path}: no answer within 70 s`)));
    asking.on("error", reject);
    asking.end(posted === undefined ? undefined : JSON.stringify(posted));
  });
}

/** Does work during a sign-in whose request ends only after NocoDB was asked to stop. @returns NocoDB's answer */
export async function signInAcrossStop(
  instance: Instance,
  site: string,
  admin: { readonly email: string; readonly password: string },
  work: () => Promise<unknown>,
): Promise<number | string> {
  const ca = await readFile(instance.rootCertificate);
  const address = { host: "127.0.0.1", port: instance.ports.https, servername: site, path: "/api/v1/auth/user/signin" };
  const headers = { host: `${site}:${instance.ports.https}`, "content-type": "application/json" };
  const asking = request({ ...address, method: "POST", headers, ca, agent: false });
  return answerAcrossStop(instance.containers.nocodb, asking, JSON.stringify(admin), work);
}

/**
 * Requests a site from a container on Caddy's network, which is outside the VPN range.
 *
 * @param token of NocoDB's API, sent with the request
 */
export async function visitFromOutside(instance: Instance, site: string, path: string, token = ""): Promise<Answer> {
  const ask = `read -r token; exec 3<&0; echo "xc-token: $token" |
    curl -sS -m 20 -H @- --cacert /dev/fd/3 --connect-to "::$1:443" -w '\\n%{http_code}' "https://$2$3"`;
  const argv = ["docker", "exec", "-i", instance.containers.sshd, "sh", "-c", ask, "-"];
  const { code, stdout, stderr } = await run([...argv, instance.containers.caddy, site, path], {
    input: `${token}\n${await readFile(instance.rootCertificate, "utf8")}`,
  });
  if (code !== 0) throw new Error(`https://${site}${path} from outside: ${stderr}`);
  const end = stdout.lastIndexOf("\n");
  return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end), headers: {} };
}

/** Tries to sign in to NocoDB; an answer of 200 brings a session token. */
export function signIn(instance: Instance, site: string, email: string, password: string): Promise<Answer> {
  return visit(instance, site, "/api/v1/auth/user/signin", { email, password });
}
