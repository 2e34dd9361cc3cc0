import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { sshOptions } from "../../constructs/remote-host/ssh.js";
import { type Instance, LABEL } from "../../lab/instance.js";
import { DEPLOY_USER } from "../../lab/ssh.js";
import type { Planner } from "../contender.js";
import { type Command, succeeding } from "../measure.js";
import { closeConnections, Peer } from "../peer.js";

/** The docker provider alone, with the app's own options of ssh. */
export class Flat extends Peer implements Planner {
  port: number;
  knownHosts: string;

  constructor(
    instance: Instance,
    private readonly tools: Readonly<Record<string, string>>,
    readonly version: string,
  ) {
    super(instance, "flat");
    this.port = instance.ports.ssh;
    this.knownHosts = instance.knownHosts;
  }

  plan(): Command {
    return this.terraform("plan -input=false -no-color");
  }

  apply(): Command {
    return this.terraform("apply -auto-approve -input=false -no-color");
  }

  override async remove(): Promise<void> {
    await super.remove();
    for (const file of await readdir(this.folder)) {
      if (file.startsWith("terraform.tfstate")) await rm(join(this.folder, file));
    }
    await mkdir(this.folder, { recursive: true });
    await copyFile(this.source("main.tf"), join(this.folder, "main.tf"));
    if (!(await readdir(this.folder)).includes(".terraform")) await succeeding(this.terraform("init -input=false"));
  }

  override async disconnect(): Promise<void> {
    await closeConnections(this.folder);
  }

  private terraform(words: string): Command {
    const { instance } = this;
    const { host, user } = { host: "127.0.0.1", user: DEPLOY_USER };
    const ssh = { host, user, identityFile: instance.identityFile, knownHosts: this.knownHosts };
    return {
      line: `${this.tools.TERRAFORM_BINARY_NAME ?? "terraform"} ${words}`,
      cwd: this.folder,
      env: {
        ...this.tools,
        TF_VAR_host: `ssh://${user}@${host}:${this.port}`,
        TF_VAR_ssh_opts: JSON.stringify(sshOptions(ssh)),
        TF_VAR_image: this.image,
        TF_VAR_name: this.container,
        TF_VAR_labels: JSON.stringify({ [LABEL]: instance.name, "cdktf.environment": this.name }),
        TF_VAR_networks: JSON.stringify([instance.backend.name, instance.frontend.name]),
        TF_VAR_data: this.data,
        TF_VAR_password: this.password,
        TF_VAR_value: this.value,
      },
    };
  }
}
