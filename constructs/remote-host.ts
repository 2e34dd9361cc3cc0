import { fileURLToPath } from "node:url";
import { DockerProvider } from "@cdktf/provider-docker/lib/provider/index.js";
import { DataExternal } from "@cdktf/provider-external/lib/data-external/index.js";
import { ExternalProvider } from "@cdktf/provider-external/lib/provider/index.js";
import { NullProvider } from "@cdktf/provider-null/lib/provider/index.js";
import { RandomProvider } from "@cdktf/provider-random/lib/provider/index.js";
import { AssetType, type ITerraformDependable, Lazy, TerraformAsset, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { literal, quoted } from "./expressions.js";
import { PROBE } from "./probe.js";
import { shellWord } from "./shell-word.js";
import { type SshConnection, sshOptions, sshShell } from "./ssh.js";

/** Provider versions that were run; the bindings are older and would ask for theirs (see docs/design.md). */
const PROVIDER_VERSIONS = { docker: "4.5.0", external: "2.4.0", null: "3.2.4", random: "3.7.2" };

export interface RemoteHostProps {
  readonly ssh: SshConnection;
  /** Directory on the host for the records of what the app keeps there (created, 0700). */
  readonly manifestDirectory: string;
}

/**
 * A Docker host that is reached over SSH: the docker provider, the way host scripts run on it, and one probe that looks
 * at plan time at everything the app keeps there.
 */
export class RemoteHost extends Construct {
  readonly manifestDirectory: string;
  private readonly shell: string[];
  private readonly requirementList: string[] = ["docker"];
  private readonly scripts: TerraformAsset;
  private first: ITerraformDependable | undefined;

  constructor(scope: Construct, id: string, props: RemoteHostProps) {
    super(scope, id);
    const { ssh } = props;
    this.shell = sshShell(ssh);
    this.manifestDirectory = props.manifestDirectory;

    const address = ssh.host.includes(":") ? `[${ssh.host}]` : ssh.host;
    new DockerProvider(this, "docker", { host: `ssh://${ssh.user}@${address}:${ssh.port}`, sshOpts: sshOptions(ssh) });
    new NullProvider(this, "null");
    new RandomProvider(this, "random");
    new ExternalProvider(this, "external");
    for (const [name, version] of Object.entries(PROVIDER_VERSIONS)) {
      TerraformStack.of(this).addOverride(`terraform.required_providers.${name}.version`, version);
    }

    // A fixed name in place of the hash: a comment in a script changes no line of the JSON.
    this.scripts = new TerraformAsset(this, "scripts", {
      path: fileURLToPath(new URL("./host", import.meta.url)),
      type: AssetType.DIRECTORY,
      assetHash: "sh",
    });
  }

  /**
   * Depend on it to come after the probe: its checks have passed, and its connection is there to be shared. There is none
   * in a stack that keeps nothing on the host.
   */
  get probe(): DataExternal {
    const probe = this.node.tryFindChild("observed") as DataExternal | undefined;
    const program = Lazy.listValue({ produce: () => this.probeCommand() });
    return probe ?? new DataExternal(this, "observed", { program });
  }

  /** Everything that changes the host comes after it: the step that claims the host, or the probe alone. */
  get start(): ITerraformDependable {
    return this.first ?? this.probe;
  }

  /** Names the step that comes before all others. */
  beginsWith(first: ITerraformDependable): void {
    this.first = first;
  }

  /**
   * Something that must be true of the host before anything on it is changed, as a line of requirements.sh
   * (`network acme_backend`). All of them are looked at in each plan, and again where a step asks for it.
   */
  require(...requirements: string[]): void {
    for (const each of requirements) if (!this.requirementList.includes(each)) this.requirementList.push(each);
  }

  /** All requirements, as the host scripts read them. */
  get requirements(): string {
    return Lazy.stringValue({ produce: () => literal(this.requirementList.join("\n")) });
  }

  /** What the probe says of a thing: the word the state knows, or in other words what is wrong with it. */
  observation(key: string): string {
    const seen = `data.external.${this.probe.friendlyUniqueId}.result`;
    return `\${lookup(${seen}, "${key}", ${seen}.unrecorded)}`;
  }

  /**
   * A local-exec provisioner that runs host scripts, one behind the other, as one program.
   *
   * @param input Terraform expressions by the name under which the scripts know them
   */
  provisioner(scripts: readonly string[], input: Readonly<Record<string, string>>, when?: "destroy"): object {
    const environment = Object.entries({ manifest: this.manifestDirectory, ...input }).map(([name, value]) => [
      `INPUT_${name}`,
      value,
    ]);
    return {
      "local-exec": {
        ...(when && { when }),
        command: literal(this.command(scripts)),
        environment: Object.fromEntries(environment),
        quiet: true,
      },
    };
  }

  /** Terraform expression, to stand inside of another: the text of host scripts, one behind the other. */
  textOf(scripts: readonly string[]): string {
    const files = scripts.map((script) => `file(${quoted(`${this.scripts.path}/${script}`)})`);
    return `join("\\n", [${files.join(", ")}])`;
  }

  private probeCommand(): string[] {
    const input = { manifest: this.manifestDirectory, requirements: this.requirementList.join("\n") };
    const assignments = Object.entries(input).map(([name, value]) => `INPUT_${name}=${shellWord(value)}`);
    // In one line: Terraform prints the whole program above the reason when the probe fails.
    return ["sh", "-c", literal([...assignments, this.command(PROBE, "probe.sh")].join(" "))];
  }

  private command(scripts: readonly string[], runner = "on-host.sh"): string {
    return ["sh", `${this.scripts.path}/${runner}`, ...scripts, "--", ...this.shell].map(shellWord).join(" ");
  }
}
