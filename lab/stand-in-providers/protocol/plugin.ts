import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { pem, selfSignedCertificate } from "./certificate.js";
import type { Provider } from "./provider.js";
import { serviceDefinition } from "./rpc.js";
import { providerService } from "./service.js";
import { plugin, tfplugin6 } from "./tfplugin6.js";

/** Terraform sets it, so that a plugin started by hand can refuse instead of waiting. Not a secret. */
const COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
const MEGABYTE = 1024 * 1024;

/**
 * Serves one provider to the Terraform that started this process, until it calls Shutdown or is gone.
 * Standard output carries the handshake line and nothing else.
 */
export async function servePlugin(provider: Provider): Promise<void> {
  if (process.env.TF_PLUGIN_MAGIC_COOKIE !== COOKIE) {
    throw new Error("This is a Terraform provider: Terraform starts it. There is nothing to run by hand.");
  }
  const folder = mkdtempSync(join(tmpdir(), "stand-in-"));
  const leave = () => process.exit(0);
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  // Ctrl-C reaches the whole process group; Terraform itself tells its plugins when to stop.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", leave);
  leaveWithParent(leave);

  const server = new Server({ "grpc.max_receive_message_length": 64 * MEGABYTE });
  server.addService(serviceDefinition(tfplugin6, "tfplugin6.Provider"), unary(providerService(provider)));
  server.addService(serviceDefinition(plugin, "plugin.GRPCController"), {
    Shutdown(_call: unknown, done: (error: null, reply: object) => void) {
      done(null, {});
      setImmediate(leave);
    },
  });
  const { credentials, announced } = handshakeCredentials(process.env.PLUGIN_CLIENT_CERT);
  const socket = join(folder, "socket");
  await new Promise<void>((listening, failed) => {
    server.bindAsync(`unix:${socket}`, credentials, (error) => (error ? failed(error) : listening()));
  });
  process.stdout.write(`1|6|unix|${socket}|grpc|${announced}\n`);
}

/** Mutual TLS with throw-away certificates: Terraform's comes in the environment, ours goes into the handshake line. */
function handshakeCredentials(clientCertificate: string | undefined) {
  if (!clientCertificate) return { credentials: ServerCredentials.createInsecure(), announced: "" };
  const { key, certificate } = selfSignedCertificate();
  const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(pem(certificate)) };
  const credentials = ServerCredentials.createSsl(Buffer.from(clientCertificate), [pair], true);
  return { credentials, announced: certificate.toString("base64").replace(/=+$/, "") };
}

function unary(calls: ReturnType<typeof providerService>) {
  type Done = (error: Error | null, reply?: unknown) => void;
  const handlers = Object.entries(calls).map(([name, call]) => {
    const handler = ({ request }: { request: unknown }, done: Done) => {
      Promise.resolve(call(request)).then((reply) => done(null, reply), done);
    };
    return [name, handler] as const;
  });
  return Object.fromEntries(handlers);
}

/** A killed Terraform cannot call Shutdown: do not outlive it. */
function leaveWithParent(leave: () => void): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && leave(), 1000).unref();
}
