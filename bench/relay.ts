import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A TCP relay on 127.0.0.1 that delays each direction by half of a round trip. */
export class Relay {
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  /** @param roundTrip in milliseconds */
  static async to(port: number, roundTrip: number): Promise<Relay> {
    const server = createServer({ allowHalfOpen: true }, (client) => {
      const target = connect({ host: "127.0.0.1", port, noDelay: true, allowHalfOpen: true });
      client.setNoDelay(true);
      for (const socket of [client, target]) relay.sockets.add(socket);
      delayed(client, target, roundTrip / 2);
      delayed(target, client, roundTrip / 2);
    });
    const relay = new Relay(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return relay;
  }

  get port(): number {
    const address = this.server.address();
    if (address === null || typeof address === "string") throw new Error("the relay has no port");
    return address.port;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, "close");
  }
}

function delayed(from: Socket, to: Socket, milliseconds: number): void {
  const later = (act: () => void) => void (milliseconds === 0 ? act() : setTimeout(act, milliseconds));
  from.on("data", (data) => later(() => to.writable && to.write(data)));
  from.on("end", () => later(() => to.end()));
  from.on("error", () => to.destroy());
  from.on("close", () => later(() => to.destroy()));
}
