import { readFileSync } from "node:fs";
import { DockerProvider } from "@cdktf/provider-docker/lib/provider/index.js";
import { DataExternal } from "@cdktf/provider-external/lib/data-external/index.js";
import { ExternalProvider } from "@cdktf/provider-external/lib/provider/index.js";
import { NullProvider } from "@cdktf/provider-null/lib/provider/index.js";
import { RandomProvider } from "@cdktf/provider-random/lib/provider/index.js";
import { type ITerraformDependable, Lazy, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { literal, quoted } from "./expressions.js";
import { HostPrograms } from "./host-programs.js";
import { checkInput, program } from "./program.js";
import { PROVIDERS } from "./providers.js";
import { shellWord } from "./shell-word.js";
import { type SshConnection, sshAddress, sshOptions, sshShell } from "./ssh.js";

/** Scripts that run where Terraform runs, and their texts. */
const LOCAL = ["run-remote", "run-probe", "preflight"].map(
  (name) => [name, readFileSync(new URL(`./${name}.sh`, import.meta.url), "utf8")] as const,
);

/** Properties of a host. */
export interface RemoteHostProps {
  /** How Terraform connects to it. */
  readonly ssh: SshConnection;
  /** Directory on the host for the app's records (created, 0700). Each stack has its own. */
  readonly recordsDirectory: string;
}

/**
 * A Docker host that is reached over SSH: the docker provider, the provisioners that run programs on it, and one probe
 * that detects drift at plan time in everything the app keeps there.
 */
export class RemoteHost extends Construct {
  /** Directory on the host for the app's records. */
  readonly recordsDirectory: string;
  private readonly shell: string[];
  private readonly requirementList: string[] = ["docker"];
  private readonly reserved = new Map<string, string>();
  private readonly programs: HostPrograms;
  private first: ITerraformDependable | undefined;

  constructor(scope: Construct, id: string, props: RemoteHostProps) {
    super(scope, id);
    const { ssh } = props;
    this.shell = sshShell(ssh);
    this.recordsDirectory = props.recordsDirectory;

    new DockerProvider(this, "docker", { host: `ssh://${sshAddress(ssh)}`, sshOpts: sshOptions(ssh) });
    new NullProvider(this, "null");
    new RandomProvider(this, "random");
    new ExternalProvider(this, "external");
    TerraformStack.of(this).addOverride("terraform.required_version", ">= 1.10");
    for (const [name, { version }] of Object.entries(PROVIDERS)) {
      TerraformStack.of(this).addOverride(`terraform.required_providers.${name}.version`, version);
    }

    this.programs = new HostPrograms(this, "programs");
    for (const [name, text] of LOCAL) this.programs.add(name, text);
  }

  /**
   * What depends on it comes after the probe: all checks have passed, and the connection can be shared. A stack without
   * anything on the host has no probe.
   */
  get probe(): DataExternal {
    const probe = this.node.tryFindChild("probe") as DataExternal | undefined;
    const command = Lazy.listValue({ produce: () => this.probeCommand() });
    return probe ?? new DataExternal(this, "probe", { program: command });
  }

  /** Everything that changes the host depends on it: the step that takes ownership of the host, or the probe alone. */
  get start(): ITerraformDependable {
    return this.first ?? this.probe;
  }

  /** Sets the step that comes before all others. */
  beginsWith(first: ITerraformDependable): void {
    this.first = first;
  }

  /**
   * Adds conditions that the host must meet before anything on it is changed, each as a line for a require_* function
   * (`network acme_backend`). Each plan checks all of them, and some steps check them again.
   */
  require(...requirements: string[]): void {
    for (const each of requirements) if (!this.requirementList.includes(each)) this.requirementList.push(each);
  }

  /**
   * Reserves a thing on the host for one construct of the stack: two of them would overwrite it in turn.
   *
   * @param kind of the thing, such as `directory`
   * @param setting the name of the prop that holds its name
   * @param by path of the construct
   * @throws if the thing is reserved already
   */
  reserve(kind: string, setting: string, name: string, by: string): void {
    const other = this.reserved.get(`${kind} ${name}`);
    if (other !== undefined) throw new Error(`'${setting}' (${name}) of ${by} is also ${other}: choose another`);
    this.reserved.set(`${kind} ${name}`, `'${setting}' of ${by}`);
  }

  /** All requirements, as the programs read them. */
  get requirements(): string {
    return Lazy.stringValue({ produce: () => literal(this.requirementList.join("\n")) });
  }

  /** What the probe says of the requirements, for steps that would check them again: see require.sh. */
  get checked(): string {
    return `\${lookup(data.external.${this.probe.friendlyUniqueId}.result, "checked", "")}`;
  }

  /**
   * The status that the probe returns for a record: the recorded one, or words that say what differs.
   *
   * @param otherwise Terraform expression for a record that does not exist. @default a status that no state has
   */
  status(key: string, otherwise?: string): string {
    const found = `data.external.${this.probe.friendlyUniqueId}.result`;
    return `\${lookup(${found}, "${key}", ${otherwise ?? `${found}.unrecorded`})}`;
  }

  /**
   * A local-exec provisioner that runs a program on the host.
   *
   * @param input Terraform expressions by the names of the program's inputs
   * @throws if the input differs from what the program's header expects
   */
  provisioner(name: string, input: Readonly<Record<string, string>>, when?: "destroy"): object {
    checkInput(program(name), Object.keys(input));
    const environment = Object.entries({ records: this.recordsDirectory, ...input }).map(([variable, value]) => [
      `INPUT_${variable}`,
      value,
    ]);
    return {
      "local-exec": {
        ...(when && { when }),
        command: literal(this.command("run-remote", name)),
        environment: Object.fromEntries(environment),
        quiet: true,
      },
    };
  }

  /**
   * A data source: the JSON object that a program on the host prints. If what it depends on will change, it is read during
   * the apply.
   *
   * @param input values by the names of the program's inputs
   */
  question(
    scope: Construct,
    id: string,
    name: string,
    input: Readonly<Record<string, string>>,
    dependsOn: ITerraformDependable[],
  ): DataExternal {
    checkInput(program(name), Object.keys(input));
    return new DataExternal(scope, id, { program: this.asked("run-remote", name, input), dependsOn });
  }

  /** A Terraform expression for use in another one: the text of a program. */
  textOf(name: string): string {
    return `file(${quoted(this.programs.add(name, program(name).text))})`;
  }

  private probeCommand(): string[] {
    return this.asked("run-probe", "remote-host/probe", { requirements: this.requirementList.join("\n") });
  }

  private asked(runner: string, name: string, input: Readonly<Record<string, string>>): string[] {
    const assignments = Object.entries({ records: this.recordsDirectory, ...input }).map(
      ([each, value]) => `INPUT_${each}=${shellWord(value)}`,
    );
    // One line, because Terraform prints the whole program above the reason if it fails.
    return ["sh", "-c", literal([...assignments, this.command(runner, name)].join(" "))];
  }

  private command(runner: string, name: string): string {
    this.programs.add(name, program(name).text);
    return ["sh", `${this.programs.path}/${runner}.sh`, name, "--", ...this.shell].map(shellWord).join(" ");
  }
}
