import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Instance } from "../../lab/instance.js";
import { sshCommand } from "../../lab/ssh.js";

/** How a visitor's connection reaches Caddy: from an address inside the VPN range, or from a container outside of it. */
export type Way = "inside" | "outside";

/** A socket whose connections reach Caddy. */
export async function socketTo(instance: Instance, way: Way) {
  const folder = await mkdtemp(join(tmpdir(), "nocodb-browser-"));
  const path = join(folder, "caddy");
  const server = createServer((connection) => (way === "inside" ? atPort : overSsh)(instance, connection));
  await once(server.listen(path), "listening");
  return {
    path,
    close: async () => {
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}

function atPort({ ports }: Instance, connection: Socket): void {
  const caddy = connect(ports.https, "127.0.0.1");
  connection.pipe(caddy).pipe(connection);
  connection.on("error", () => caddy.destroy());
  caddy.on("error", () => connection.destroy());
}

function overSsh(instance: Instance, connection: Socket): void {
  const [ssh, ...words] = sshCommand(instance);
  const argv = ["-W", `${instance.containers.caddy}:443`, ...words];
  const forwarding = spawn(ssh!, argv, { stdio: ["pipe", "pipe", "ignore"] });
  connection.pipe(forwarding.stdin).on("error", () => connection.destroy());
  forwarding.stdout.pipe(connection).on("error", () => forwarding.kill());
}
