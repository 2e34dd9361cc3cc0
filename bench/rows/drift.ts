import type { Instance } from "../../lab/instance.js";
import { sshCommand } from "../../lab/ssh.js";
import { alternating, type Command, succeeding } from "../measure.js";
import type { Row } from "../row.js";

/** The drift check without drift. The floor is one command of docker on the host, over a new connection. */
export const drift: Row = {
  name: "drift",
  async measure({ instance, product, rounds }) {
    const { product: own, floor } = await alternating(rounds, {
      product: () => succeeding(product.host("drift")),
      floor: () => succeeding(inspection(instance, product.container)),
    });
    const what = "drift check (`nocodb-host drift`)";
    const name = "`ssh HOST docker inspect`";
    return [{ what, product: own, floor: { name, samples: floor }, peers: {}, target: { seconds: 1 } }];
  },
};

function inspection(instance: Instance, container: string): Command {
  return { line: `${sshCommand(instance).join(" ")} docker inspect ${container} >/dev/null`, cwd: instance.directory };
}
