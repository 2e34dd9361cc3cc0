import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { must, run } from "../../lab/command.js";
import type { Instance } from "../../lab/instance.js";
import { DEPLOY_USER } from "../../lab/ssh.js";
import { onHost } from "../ground.js";
import type { Command } from "../measure.js";
import { Peer } from "../peer.js";

const PLUGINS = "/usr/local/lib/docker/cli-plugins";

/** The role of the original plan, with `ansible-playbook` on this machine. */
export class Ansible extends Peer {
  private constructor(
    instance: Instance,
    readonly version: string,
  ) {
    super(instance, "ansible");
  }

  /** @returns undefined if this machine lacks it, or the host lacks Python or Docker Compose and cannot get them */
  static async find(instance: Instance): Promise<Ansible | undefined> {
    const found = await run(["ansible-playbook", "--version"]);
    const collection = await run(["ansible-doc", "--list", "community.docker"]);
    if (found.code !== 0 || !collection.stdout.includes("docker_compose_v2")) return undefined;
    const prepared = await prepareHost(instance).then(
      () => true,
      () => false,
    );
    return prepared ? new Ansible(instance, /core ([\d.]+)/.exec(found.stdout)?.[1] ?? "") : undefined;
  }

  apply(): Command {
    const { instance } = this;
    return {
      line: `ansible-playbook -i inventory.yml ${this.source("playbook.yml")} -e @variables.json`,
      cwd: this.folder,
      env: { ANSIBLE_PIPELINING: "1", ANSIBLE_NOCOLOR: "1", ANSIBLE_SSH_ARGS: this.sshArguments(instance) },
    };
  }

  override async describe(value: string, password: "right" | "wrong" = "right"): Promise<void> {
    await super.describe(value, password);
    const { instance } = this;
    const host = {
      ansible_host: "127.0.0.1",
      ansible_port: instance.ports.ssh,
      ansible_user: DEPLOY_USER,
      ansible_ssh_private_key_file: instance.identityFile,
      ansible_python_interpreter: "/usr/bin/python3",
    };
    const variables = {
      base: instance.baseDirectory,
      name: this.container,
      image: this.image,
      postgresql: instance.containers.postgresql,
      backend: instance.backend.name,
      frontend: instance.frontend.name,
      instance: instance.name,
      password: this.password,
      value: this.value,
    };
    await writeFile(join(this.folder, "inventory.yml"), JSON.stringify({ all: { hosts: { host } } }));
    await writeFile(join(this.folder, "variables.json"), JSON.stringify(variables), { mode: 0o600 });
  }

  override async remove(): Promise<void> {
    await super.remove();
    await onHost(this.instance, 'rm -rf "$1/configs/ansible"', this.instance.baseDirectory);
  }

  private sshArguments({ knownHosts }: Instance): string {
    return `-F none -o UserKnownHostsFile=${knownHosts} -o IdentitiesOnly=yes -o ControlMaster=auto -o ControlPersist=60`;
  }
}

/** Docker Compose of this machine, and Python of the distribution, on the host. */
async function prepareHost(instance: Instance): Promise<void> {
  const info = await must(["docker", "info", "--format", "{{json .ClientInfo.Plugins}}"]);
  const compose = (JSON.parse(info) as { Name: string; Path: string }[]).find(({ Name }) => Name === "compose");
  if (compose === undefined) throw new Error("no Docker Compose");
  await onHost(instance, 'mkdir -p "$1"', PLUGINS);
  await must(["docker", "cp", compose.Path, `${instance.containers.sshd}:${PLUGINS}/docker-compose`]);
  const install = "apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3";
  await onHost(instance, `command -v python3 || { ${install}; }`);
}
