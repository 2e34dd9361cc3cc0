import { sshOptions } from "../constructs/remote-host/ssh.js";
import { IMAGES } from "./images.js";
import type { Instance } from "./instance.js";
import { KEY_LABEL } from "./recipes.js";
import { DEPLOY_USER } from "./ssh.js";
import type { GroundProps } from "./stand-in-providers/contract/ground.js";

/** What an instance gives to the contract of the providers: its engine over SSH, with the app's own options. */
export function contractGround(instance: Instance): Pick<GroundProps, "connection" | "baseImage" | "imageLabel"> {
  const { identityFile, knownHosts, ports } = instance;
  const ssh = { host: "127.0.0.1", port: ports.ssh, user: DEPLOY_USER, identityFile, knownHosts };
  return {
    connection: { host: `ssh://${ssh.user}@${ssh.host}:${ssh.port}`, ssh_opts: sshOptions(ssh) },
    baseImage: IMAGES.sshd,
    imageLabel: `${KEY_LABEL}=idle`,
  };
}
