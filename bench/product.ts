import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Deployment, root } from "../lab/deployment.js";
import type { Instance } from "../lab/instance.js";
import type { Planner } from "./contender.js";
import { dropDatabase, onHost, removeContainer } from "./ground.js";
import { type Command, succeeding } from "./measure.js";

/** The app, as an operator runs it. */
export class Product implements Planner {
  readonly name = "product";
  readonly container: string;
  readonly site: string;
  readonly deployment: Deployment;

  constructor(
    private readonly instance: Instance,
    readonly version: string,
  ) {
    this.container = instance.containers.nocodb;
    this.site = `noco.${instance.domain}`;
    this.deployment = new Deployment(instance);
  }

  /** Writes the environment file, and installs the providers. */
  async begin(): Promise<void> {
    await this.deployment.begin();
    await this.deployment.synth();
    await this.deployment.init();
  }

  synth(): Command {
    return { line: `${root}/node_modules/.bin/tsx main.ts`, cwd: root, env: this.deployment.env };
  }

  plan(): Command {
    return this.terraform("plan -input=false -no-color");
  }

  apply(): Command {
    const { line } = this.terraform("apply -auto-approve -input=false -no-color");
    return { ...this.synth(), line: `${this.synth().line} && cd '${this.deployment.stackFolder}' && ${line}` };
  }

  /** The same through cdktf's command. */
  cdktf(): Command {
    const { name, folder } = this.deployment;
    const words = `deploy ${name} --auto-approve --output '${join(folder, "cdktf.out")}'`;
    return { ...this.synth(), line: `${root}/node_modules/.bin/cdktf ${words}` };
  }

  /** `npx nocodb-host VERB`. */
  host(verb: string, ...words: string[]): Command {
    const line = ["npx --no-install nocodb-host", verb, this.deployment.name, ...words].join(" ");
    return { ...this.synth(), line, timeoutSeconds: 900 };
  }

  async describe(value: string): Promise<void> {
    await this.deployment.set({ "variables.BENCH": value });
  }

  async disconnect(): Promise<void> {
    await this.deployment.disconnect();
  }

  async remove(): Promise<void> {
    const { stackFolder, stateFile } = this.deployment;
    await this.disconnect();
    await removeContainer(this.container);
    await dropDatabase(this.instance, "nocodb");
    const directories = 'rm -rf "$1/configs/nocodb" "$1/data/nocodb" "$1/backups/nocodb"';
    await onHost(this.instance, directories, this.instance.baseDirectory);
    for (const file of [stateFile, `${stateFile}.backup`, join(stackFolder, "second")]) await rm(file, { force: true });
    await this.describe("first");
  }

  /** Deploys with the site removed afterwards, so that the next apply begins from nothing. Not measured. */
  async destroy(): Promise<void> {
    await succeeding(this.terraform("destroy -auto-approve -input=false -no-color"));
    await this.remove();
  }

  private terraform(words: string): Command {
    const { env, stackFolder } = this.deployment;
    return { line: `${env.TERRAFORM_BINARY_NAME ?? "terraform"} ${words}`, cwd: stackFolder, env };
  }
}
