import { appendFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDocument } from "yaml";
import { type CommandOptions, must, type Outcome, run } from "./command.js";
import { IMAGES } from "./images.js";
import { CONSUMERS, type Instance } from "./instance.js";
import { Running } from "./running.js";
import { DEPLOY_USER } from "./ssh.js";
import { availableTerraform } from "./terraform.js";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** The outcome of a command. */
export interface Ended {
  readonly code: number;
  /** Its output, both streams, without colours. */
  readonly said: string;
  /** The same in one line: cdktf and Terraform break long sentences and draw a frame around errors. */
  readonly line: string;
  /** Wall clock. */
  readonly seconds: number;
}

export interface Plan extends Ended {
  /** For each resource that would change, in Terraform's order: `null_resource.nocodb_site: delete,create`. */
  readonly changes: readonly string[];
}

/**
 * One environment of the app, deployed as an operator does it: with the real cdktf and Terraform, from a folder that
 * holds the environment file, the synthesized stack and the state.
 *
 * The output of every command is kept in `said`, so that tests can search it for secrets.
 */
export class Deployment {
  readonly folder: string;
  readonly stackFolder: string;
  readonly stateFile: string;
  readonly said: string[] = [];
  /** The file with the output of the commands, for a person. */
  readonly log: string;
  private tools: Readonly<Record<string, string>> = {};

  /** @param name of the environment; one of another name has its own folder, as in another repository */
  constructor(
    private readonly instance: Instance,
    readonly name = instance.name,
  ) {
    // `down` removes the instance's directory, which no other user can read.
    this.folder = join(instance.directory, name === instance.name ? "deployment" : `deployment-${name}`);
    this.log = join(this.folder, "said.log");
    this.stackFolder = join(this.folder, "cdktf.out/stacks", this.name);
    this.stateFile = join(this.folder, "state", `${this.name}.tfstate`);
  }

  /** Starts with an environment file made from the lab's, and an empty state. */
  async begin(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await mkdir(join(this.folder, "environments"), { recursive: true });
    const { kind, env } = await availableTerraform();
    console.log(`providers: ${kind}`);
    this.tools = env;
    const { project, domain, ...settings } = this.placeOnInstance();
    const lab = parseDocument(await readFile(join(root, "environments/lab.yaml"), "utf8"));
    for (const [path, value] of Object.entries({ project, domain, ...settings })) lab.setIn(path.split("."), value);
    await writeFile(this.environmentFile, lab.toString());
  }

  private placeOnInstance(): Record<string, string | number> {
    const { name, domain, baseDirectory, identityFile, knownHosts, ports, recreateCommand } = this.instance;
    const recreate = CONSUMERS.map((consumer) => [`consumers.${consumer}.recreate`, `${recreateCommand} ${consumer}`]);
    return {
      project: name,
      domain,
      baseDirectory,
      image: IMAGES.nocodb,
      "ssh.port": ports.ssh,
      "caddy.publicPort": ports.https,
      "ssh.identityFile": identityFile,
      "ssh.knownHosts": knownHosts,
      ...Object.fromEntries(recreate),
    };
  }

  private get environmentFile(): string {
    return join(this.folder, "environments", `${this.name}.yaml`);
  }

  /** Edits the environment file: settings by their dotted path; undefined removes a setting. */
  async set(settings: Readonly<Record<string, unknown>>): Promise<void> {
    const file = parseDocument(await readFile(this.environmentFile, "utf8"));
    for (const [path, value] of Object.entries(settings)) {
      if (value === undefined) file.deleteIn(path.split("."));
      else file.setIn(path.split("."), value);
    }
    await writeFile(this.environmentFile, file.toString());
  }

  environmentText(): Promise<string> {
    return readFile(this.environmentFile, "utf8");
  }

  deploy(): Promise<Ended> {
    return this.cdktf("deploy", "--auto-approve");
  }

  diff(): Promise<Ended> {
    return this.cdktf("diff");
  }

  destroy(): Promise<Ended> {
    return this.cdktf("destroy", "--auto-approve");
  }

  private cdktf(command: string, ...flags: string[]): Promise<Ended> {
    const cli = join(root, "node_modules/.bin/cdktf");
    return this.command([cli, command, this.name, ...flags, "--output", join(this.folder, "cdktf.out")], root);
  }

  /**
   * Deploys without cdktf's terminal around Terraform, which on a busy machine loses the end of a failing Terraform's
   * output.
   */
  async apply(): Promise<Ended> {
    await this.synth();
    await this.init();
    return this.terraform("apply", "-auto-approve", "-input=false", "-no-color");
  }

  /** Synthesizes the stack of the environment file, as cdktf does (cdktf.json). */
  async synth(): Promise<void> {
    const ended = await this.command(["node", "bin/synth.mjs"], root);
    if (ended.code !== 0) throw new Error(ended.said);
  }

  /** Runs `terraform init` in the synthesized stack, unless it has been done. */
  async init(): Promise<void> {
    if ((await readdir(this.stackFolder)).includes(".terraform")) return;
    const ended = await this.terraform("init", "-input=false", "-no-color");
    if (ended.code !== 0) throw new Error(ended.said);
  }

  /** Plans the synthesized stack. The exit code: 0 no changes, 1 refused, 2 changes. */
  async plan(): Promise<Plan> {
    await this.init();
    const planned = await this.terraform("plan", "-detailed-exitcode", "-out=second", "-input=false", "-no-color");
    return { ...planned, changes: planned.code === 2 ? await this.changes() : [] };
  }

  /** The file of the last plan, a zip archive. */
  get planFile(): string {
    return join(this.stackFolder, "second");
  }

  /** The JSON of the last plan. */
  savedPlan(): Promise<string> {
    return must([this.binary, "show", "-json", "second"], { cwd: this.stackFolder, env: this.env });
  }

  private async changes(): Promise<string[]> {
    const { resource_changes: changes = [] } = JSON.parse(await this.savedPlan()) as {
      resource_changes?: { address: string; change: { actions: string[] } }[];
    };
    return changes
      .filter(({ change }) => !["no-op", "read"].includes(change.actions[0]!))
      .map(({ address, change }) => `${address}: ${change.actions.join(",")}`);
  }

  async outputs(): Promise<Record<string, { value: unknown }>> {
    return JSON.parse((await this.terraform("output", "-json")).said);
  }

  /** Runs Terraform in the folder of the synthesized stack. */
  terraform(...words: string[]): Promise<Ended> {
    return this.command([this.binary, ...words], this.stackFolder);
  }

  /** The same without waiting, so that it can be interrupted. */
  begun(...words: string[]): Running {
    return new Running([this.binary, ...words], this.stackFolder, this.env);
  }

  private get binary(): string {
    return this.tools.TERRAFORM_BINARY_NAME ?? "terraform";
  }

  /**
   * Runs `npx nocodb-host VERB ENVIRONMENT …`, for example `backup create`, without npx, which takes longer than most
   * verbs. Its output may be secret, so it is not kept.
   */
  nocodbHost(verb: string, ...words: string[]): Promise<Outcome> {
    return run(this.operatorCommand(verb, words), { cwd: root, env: this.env });
  }

  /** The same without waiting, so that it can be interrupted. */
  nocodbHostBegun(verb: string, ...words: string[]): Running {
    return new Running(this.operatorCommand(verb, words), root, this.env);
  }

  /** Sets a secret, which the next deploy puts into use: a value on standard input, as from a password manager. */
  setSecret(name: string, value: string): Promise<Outcome> {
    return this.changeSecret("secret set", [name], { input: `${value}\n` });
  }

  /** Generates a new value for a secret, which the next deploy puts into use. @param flags such as `--deploy` */
  rotateSecret(name: string, ...flags: string[]): Promise<Outcome> {
    return this.changeSecret("secret rotate", [name, ...flags], {});
  }

  private async changeSecret(verb: string, words: readonly string[], options: CommandOptions): Promise<Outcome> {
    const outcome = await run(this.operatorCommand(verb, words), { cwd: root, env: this.env, ...options });
    this.said.push(outcome.stdout + outcome.stderr);
    return outcome;
  }

  private operatorCommand(verb: string, words: readonly string[]): string[] {
    return ["node", join(root, "bin/nocodb-host.mjs"), ...verb.split(" "), this.name, ...words];
  }

  /** Closes the SSH connection that the commands share, so that the next command signs in. */
  async disconnect(): Promise<void> {
    const files = await readdir(this.stackFolder).catch(() => []);
    for (const socket of files.filter((file) => file.startsWith("ssh-"))) {
      const argv = ["ssh", "-F", "none", "-o", `ControlPath=${socket}`, "-O", "exit", `${DEPLOY_USER}@127.0.0.1`];
      await run(argv, { cwd: this.stackFolder });
    }
  }

  get env(): Record<string, string> {
    return {
      ...this.tools,
      NOCODB_ENVIRONMENTS: join(this.folder, "environments"),
      CDKTF_OUTDIR: join(this.folder, "cdktf.out"),
    };
  }

  private async command(argv: readonly string[], cwd: string): Promise<Ended> {
    const start = performance.now();
    const { code, stdout, stderr } = await run(argv, { cwd, env: this.env });
    const said = plain(stdout + stderr);
    const seconds = (performance.now() - start) / 1000;
    this.said.push(said);
    await appendFile(this.log, `$ ${argv.join(" ")}\n${said}\n[status ${code}, ${seconds.toFixed(1)} s]\n\n`);
    return { code, said, line: said.replace(/[\s│╷╵]+/g, " "), seconds };
  }
}

/** A text without its terminal control sequences. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, "");
}
