import { fileURLToPath } from "node:url";
import { must, run } from "./command.js";
import { inContainer, ownedBy } from "./docker.js";
import { readyEngine } from "./engine.js";
import type { Instance } from "./instance.js";
import { imageFolder } from "./parts.js";
import { KEY_LABEL } from "./recipes.js";
import { DEPLOY_USER } from "./ssh.js";

const IMAGE = "nocodb-lab/read-only-proxy:1";
const documented = fileURLToPath(new URL("../ci/read-only-key/", import.meta.url));
const AUTHORIZED_KEYS = `/home/${DEPLOY_USER}/.ssh/authorized_keys`;

/** A second key of the host, which is read-only: set up as docs/remote-runs.md describes. */
export class ReadOnlyKey {
  private readonly proxy: string;
  private readonly directory: string;

  constructor(private readonly instance: Instance) {
    this.proxy = `${instance.name}_read_only_proxy`;
    this.directory = `${instance.baseDirectory}/read-only`;
  }

  /** @param publicKey a line of authorized_keys without options. @param fingerprint that of the probe */
  async begin(publicKey: string, fingerprint: string): Promise<void> {
    const build = [
      "docker",
      "build",
      "--quiet",
      "--network",
      "host",
      "--label",
      `${KEY_LABEL}=read-only-proxy`,
      "--tag",
      IMAGE,
    ];
    await must([...build, imageFolder("read-only-proxy")], { env: { DOCKER_BUILDKIT: "0" } });
    await this.onHost('install -d -m 0750 -g "$(stat -c %g /var/run/docker.sock)" "$1"', this.directory);
    const { socket } = await readyEngine(() => {});
    await must([
      ...["docker", "run", "--detach", "--name", this.proxy, "--label", ownedBy(this.instance), "--network", "none"],
      ...["--volume", `${socket}:/var/run/docker.sock`, "--volume", `${this.directory}:/var/lib/nocodb-read-only`],
      ...["--volume", `${documented}haproxy.cfg:/usr/local/etc/haproxy/haproxy.cfg:ro`, IMAGE],
    ]);
    const script = "/usr/local/sbin/nocodb-read-only";
    await must(["docker", "cp", `${documented}read-only-key.sh`, `${this.instance.containers.sshd}:${script}`]);
    await this.onHost(
      'chmod 0755 "$1"; until [ -S "$2" ]; do sleep 0.1; done',
      script,
      `${this.directory}/docker.sock`,
    );
    const options = `restrict,command="${script} ${this.directory}/docker.sock ${fingerprint}"`;
    await this.onHost('printf "%s\\n" "$2" >>"$1"', AUTHORIZED_KEYS, `${options} ${publicKey}`);
  }

  async end(): Promise<void> {
    await run(["docker", "rm", "--force", this.proxy]);
    await this.onHost('sed -i "/nocodb-read-only/d" "$1"; rm -rf "$2"', AUTHORIZED_KEYS, this.directory);
  }

  private onHost(script: string, ...words: string[]): Promise<string> {
    return inContainer(this.instance.containers.sshd, ["sh", "-euc", script, "-", ...words]);
  }
}
