import { writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { run } from "../../lab/command.js";
import type { Instance } from "../../lab/instance.js";
import { DEPLOY_USER, sshCommand } from "../../lab/ssh.js";
import type { Command } from "../measure.js";
import { closeConnections, Peer } from "../peer.js";

/** `docker compose up --wait` on this machine, with DOCKER_HOST=ssh. */
export class Compose extends Peer {
  private constructor(
    instance: Instance,
    readonly version: string,
  ) {
    super(instance, "compose");
  }

  /** @returns undefined if this machine has no Docker Compose 2 */
  static async find(instance: Instance): Promise<Compose | undefined> {
    const found = await run(["docker", "compose", "version", "--short"]);
    return found.code === 0 ? new Compose(instance, found.stdout.trim()) : undefined;
  }

  apply(): Command {
    const { instance } = this;
    return {
      line: `docker compose -p ${this.container} -f ${this.source("compose.yaml")} up --detach --wait`,
      cwd: this.folder,
      env: {
        PATH: `${this.folder}:${process.env.PATH}`,
        DOCKER_CONFIG: process.env.DOCKER_CONFIG ?? join(homedir(), ".docker"),
        DOCKER_HOST: `ssh://${DEPLOY_USER}@127.0.0.1:${instance.ports.ssh}`,
        IMAGE: this.image,
        NAME: this.container,
        PASSWORD: this.password,
        VALUE: this.value,
        DATA: this.data,
        INSTANCE: instance.name,
        BACKEND: instance.backend.name,
        FRONTEND: instance.frontend.name,
      },
    };
  }

  /** Docker passes no options to ssh, and a person has them in ~/.ssh/config. A program `ssh` on PATH adds them here. */
  override async remove(): Promise<void> {
    await super.remove();
    const [, ...words] = sshCommand(this.instance).slice(0, -1);
    const shared = ["-o", "ControlMaster=auto", "-o", "ControlPath=ssh-%C", "-o", "ControlPersist=60"];
    const line = [...words, ...shared].join(" ");
    await writeFile(join(this.folder, "ssh"), `#!/bin/sh\nexec /usr/bin/ssh ${line} "$@"\n`, { mode: 0o755 });
  }

  override async disconnect(): Promise<void> {
    await closeConnections(this.folder);
  }
}
