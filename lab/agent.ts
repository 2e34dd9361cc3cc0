import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { must, type Outcome, run } from "./command.js";
import { inContainer, ownedBy } from "./docker.js";
import type { Instance } from "./instance.js";
import { programPath } from "./packages.js";
import { imageFolder } from "./parts.js";
import { KEY_LABEL } from "./recipes.js";
import { type AvailableTerraform, availableTerraform } from "./terraform.js";

const BASE = "nocodb-lab/tfc-agent:1";
const IMAGE = "nocodb-lab/agent:1";
const HOOKS = "/home/tfc-agent/.tfc-agent/hooks";

/** Where the hooks put the files that ssh reads, on the agent. */
export const AGENT_SSH = {
  identityFile: "/tmp/nocodb-ssh/id",
  knownHosts: "/tmp/nocodb-ssh/known_hosts",
  configFile: "none",
} as const;

/**
 * An agent of HCP Terraform: a container with Terraform, ssh and sh, in which only the folders of its runs can be written.
 * Each plan and each apply gets a fresh folder with the stack directory and, for an apply, the saved plan. The agent has
 * no home directory, no ssh agent, and no secrets but those in the env of a run.
 */
export class Agent {
  readonly container: string;
  private tools: AvailableTerraform | undefined;
  private runs = 0;

  /** @param secrets variables in the env of every run, by name */
  constructor(
    private readonly instance: Instance,
    public secrets: Readonly<Record<string, string>>,
  ) {
    this.container = `${instance.name}_agent`;
  }

  async begin(): Promise<void> {
    await buildImages();
    this.tools = await availableTerraform();
    await this.end();
    const writable = (path: string) => ["--tmpfs", `${path}:exec,uid=1500,gid=1500,mode=0700`];
    await must([
      ...["docker", "run", "--detach", "--init", "--name", this.container, "--hostname", "agent"],
      ...["--label", ownedBy(this.instance), "--network", this.instance.frontend.name, "--read-only"],
      ...["--tmpfs", "/tmp:mode=1777", ...writable("/runs"), ...writable("/state")],
      ...(await this.mounts()),
      ...[IMAGE, "sleep", "infinity"],
    ]);
  }

  async end(): Promise<void> {
    await run(["docker", "rm", "--force", "--volumes", this.container]);
  }

  /** Terraform and the folders of its providers. */
  private async mounts(): Promise<string[]> {
    const { TERRAFORM_BINARY_NAME: terraform, TF_CLI_CONFIG_FILE: configuration } = this.terraform;
    const real = terraform!.includes("/") ? terraform! : await programPath(terraform!);
    const places = configuration ? await placesOf(configuration) : [];
    const mounts = [`${real}:/usr/local/bin/terraform`];
    if (this.tools!.kind === "real") mounts.push(...places.map((place) => `${place}:${place}`));
    // The stand-ins run on Node.js; their program lies beside the mirror.
    else mounts.push(`${process.execPath}:/usr/local/bin/node`, `${dirname(places[0]!)}:${dirname(places[0]!)}`);
    return mounts.flatMap((each) => ["--volume", `${each}:ro`]);
  }

  private get terraform(): Readonly<Record<string, string | undefined>> {
    return { TF_CLI_CONFIG_FILE: process.env.TF_CLI_CONFIG_FILE, ...this.tools!.env };
  }

  /** A fresh folder with the stack in it, and nothing else. */
  async receive(stackFolder: string): Promise<string> {
    this.runs += 1;
    // As deep as a local backend of the app expects it: the state lies three folders up.
    const folder = `/runs/run-${this.runs}/config`;
    await this.shell(`mkdir -p ${folder}`);
    const send =
      'tar -C "$1" --exclude=./.terraform --exclude=./.providers -cf - . | docker exec -i "$2" tar -C "$3" -xf -';
    await must(["sh", "-euc", send, "-", stackFolder, this.container, folder]);
    return folder;
  }

  /** A plan as an agent makes it: hook, init, plan, hook. `flags` are those of `terraform plan`. */
  async plan(folder: string, ...flags: string[]): Promise<Outcome> {
    return this.between("plan", folder, `terraform plan -input=false -no-color -out=plan ${flags.join(" ")}`);
  }

  /** An apply as an agent makes it, in another folder: a copy of the stack, and the saved plan. */
  async apply(stackFolder: string, planned: string): Promise<Outcome> {
    const folder = await this.receive(stackFolder);
    await this.shell(`cp ${planned}/plan ${folder}/plan`);
    return this.between("apply", folder, "terraform apply -input=false -no-color plan");
  }

  private async between(operation: "plan" | "apply", folder: string, command: string): Promise<Outcome> {
    const before = await this.within(folder, `${HOOKS}/terraform-pre-${operation}`);
    if (before.code !== 0) return before;
    const ended = await this.within(folder, `terraform init -input=false -no-color && ${command}`);
    const after = await this.within(folder, `${HOOKS}/terraform-post-${operation}`);
    return after.code === 0 ? ended : after;
  }

  /** Runs a command in a run's folder with a run's env: without HOME, and with the secrets, which are never in argv. */
  within(folder: string, command: string, more: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const { TF_CLI_CONFIG_FILE } = this.terraform;
    const own = { TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE, ...more };
    const given = Object.entries({ ...own, ...this.secrets }).filter((each): each is [string, string] => !!each[1]);
    const names = given.flatMap(([name]) => ["--env", name]);
    const within = ["docker", "exec", ...names, "--workdir", folder, this.container];
    return run([...within, "env", "-u", "HOME", "sh", "-c", command], { env: Object.fromEntries(given) });
  }

  /** Runs a command outside of any run, without the env of one. */
  shell(command: string): Promise<string> {
    return inContainer(this.container, ["sh", "-euc", command]);
  }
}

async function buildImages(): Promise<void> {
  const documented = fileURLToPath(new URL("../ci/agent", import.meta.url));
  const options = ["--quiet", "--network", "host", "--label", `${KEY_LABEL}=agent`];
  const env = { DOCKER_BUILDKIT: "0" };
  await must(["docker", "build", ...options, "--tag", BASE, imageFolder("tfc-agent")], { env });
  await must(["docker", "build", ...options, "--build-arg", `AGENT=${BASE}`, "--tag", IMAGE, documented], { env });
}

/** The paths that a Terraform CLI configuration needs: its own, and the folders with providers. */
async function placesOf(configuration: string): Promise<string[]> {
  const text = await readFile(configuration, "utf8").catch(() => undefined);
  if (text === undefined) return [];
  return [configuration, ...[...text.matchAll(/\bpath\s*=\s*"([^"]+)"/g)].map(([, path]) => path!)];
}
