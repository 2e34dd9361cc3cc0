import { afterAll, beforeAll } from "vitest";
import { answeringEngine } from "../../lab/engine.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { inContainer, ownName, remove, start } from "./containers.js";
import { instance } from "./host.js";

/**
 * A host that runs systemd, there while the tests of a file run: the lab's own does not. systemd needs the right to mount;
 * more than that, `--privileged` would give.
 *
 * @returns the container's name
 */
export function systemdHost(): string {
  const name = ownName("systemd");
  beforeAll(async () => {
    const socket = (await answeringEngine())!.socket;
    await start(
      name,
      IMAGES.sshd,
      [
        ...["--cap-add", "SYS_ADMIN", "--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"],
        ...[
          "--cgroupns",
          "private",
          "--tmpfs",
          "/run",
          "--tmpfs",
          "/run/lock",
          "--tmpfs",
          "/tmp",
          "--env",
          "container=docker",
        ],
        ...["--volume", `${socket}:/var/run/docker.sock`],
        ...["--volume", `${instance.baseDirectory}:${instance.baseDirectory}`],
        ...["--publish", `127.0.0.1:${systemdPort}:22`, "--network", instance.frontend.name],
      ],
      ["start-systemd.sh"],
    );
    await eventually(60, () => inContainer(name, ["systemctl", "is-active", "timers.target", "lab-sshd.service"]));
  });
  afterAll(() => remove(name));
  return name;
}

/** Where its SSH server answers, on 127.0.0.1. */
export const systemdPort = instance.ports.ssh + 700;
