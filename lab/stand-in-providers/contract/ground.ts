import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PROVIDERS } from "../../../constructs/remote-host/providers.js";
import { type Case, type Configuration, IMAGE, type Step } from "./case.js";
import { type Ended, must, run } from "./command.js";
import { plannedChanges, stateResources } from "./normal-form.js";

export interface GroundProps {
  /** An empty directory, which the caller removes. */
  readonly directory: string;
  /** Added to Terraform's environment; says where the providers are (TF_CLI_CONFIG_FILE). */
  readonly env: Readonly<Record<string, string>>;
  /** The engine as the docker provider reaches it. It must be the one that the docker command talks to. */
  readonly connection: { readonly host: string; readonly ssh_opts: readonly string[] };
  /** An image in that engine with a shell, on which the cases' image is built. */
  readonly baseImage: string;
  /** `NAME=VALUE`, a label of the cases' image. */
  readonly imageLabel: string;
}

/** The outcome of one step, as it is recorded and compared. */
export type Recorded = Readonly<Record<string, unknown>>;

/** Where cases run: initialised providers, and the engine with the image that the cases use. */
export class Ground {
  private constructor(private readonly props: GroundProps) {}

  static async prepare(props: GroundProps): Promise<Ground> {
    const ground = new Ground(props);
    await mkdir(ground.initialised, { recursive: true });
    await ground.configure(ground.initialised, {}, Object.keys(PROVIDERS));
    await ground.succeed(ground.initialised, ["init", "-no-color", "-input=false"]);
    await buildImage(props);
    return ground;
  }

  /** Runs a case, from nothing to nothing, and answers the outcome of each step. */
  async run({ steps }: Case): Promise<Recorded[]> {
    const folder = await mkdtemp(join(this.props.directory, "case-"));
    await cp(join(this.initialised, ".terraform.lock.hcl"), join(folder, ".terraform.lock.hcl"));
    await removeByHand(steps);
    try {
      const recorded: Recorded[] = [];
      for (const step of steps) recorded.push(await this.step(folder, step));
      return recorded;
    } finally {
      await removeByHand(steps);
      await rm(folder, { recursive: true });
    }
  }

  private async step(folder: string, step: Step): Promise<Recorded> {
    if ("byHand" in step) return { byHand: step.byHand.join(" "), says: printed(await docker(...step.byHand)) };
    if ("file" in step) return { file: step.file, holds: await readFile(join(folder, step.file), "utf8") };
    if ("find" in step) return { find: step.find, in: await this.holders(folder, step.find) };
    if ("destroy" in step) {
      await this.configure(folder, step.destroy);
      await this.succeed(folder, ["destroy", "-no-color", "-auto-approve"]);
      return { destroyed: true };
    }
    const applies = "apply" in step;
    await this.configure(folder, applies ? step.apply : step.plan);
    const plan = await this.terraform(folder, ["plan", "-no-color", "-input=false", "-out=plan"]);
    const { fails } = step;
    if (plan.code !== 0) return failure("plan", plan, fails);
    const changes = plannedChanges(JSON.parse(await this.succeed(folder, ["show", "-json", "plan"])));
    if (!applies) return { plan: changes };
    const apply = await this.terraform(folder, ["apply", "-no-color", "plan"]);
    const state = stateResources(JSON.parse(await readFile(join(folder, "terraform.tfstate"), "utf8")));
    return { apply: changes, ...(apply.code === 0 ? {} : failure("apply", apply, fails)), state };
  }

  private async holders(folder: string, text: string): Promise<string[]> {
    const state = await readFile(join(folder, "terraform.tfstate"), "utf8");
    const plan = await this.succeed(folder, ["show", "-json", "plan"]);
    return Object.entries({ state, plan }).flatMap(([name, content]) => (content.includes(text) ? [name] : []));
  }

  private get initialised(): string {
    return join(this.props.directory, "initialised");
  }

  /** Only the providers that the configuration needs: each costs processes. */
  private async configure(folder: string, configuration: Configuration, providers = providersOf(configuration)) {
    const required = Object.entries(PROVIDERS).filter(([name]) => providers.includes(name));
    const whole = {
      ...configuration,
      terraform: { required_providers: Object.fromEntries(required) },
      ...(providers.includes("docker") && { provider: { docker: this.props.connection } }),
    };
    await writeFile(join(folder, "main.tf.json"), JSON.stringify(whole, null, 2));
  }

  private async succeed(folder: string, args: string[]): Promise<string> {
    const ended = await this.terraform(folder, args);
    if (ended.code !== 0) throw new Error(`terraform ${args.join(" ")} failed:\n${ended.stdout}\n${ended.stderr}`);
    return ended.stdout;
  }

  private terraform(folder: string, args: string[]): Promise<Ended> {
    const { env } = this.props;
    const program = env.TERRAFORM_BINARY_NAME ?? process.env.TERRAFORM_BINARY_NAME ?? "terraform";
    const own = { TF_DATA_DIR: join(this.initialised, ".terraform"), TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" };
    return run([program, ...args], { cwd: folder, env: { ...env, ...own } });
  }
}

function providersOf({ resource, data, ephemeral }: Configuration): string[] {
  const types = [resource, data, ephemeral].flatMap((blocks) => Object.keys(blocks ?? {}));
  return [...new Set(types.map((type) => type.split("_")[0]!))];
}

/** A step that failed as it should: its message contains the expected texts. Fails otherwise. */
function failure(what: string, { stdout, stderr }: Ended, words: readonly string[] | undefined): Recorded {
  const message = stderr.replace(/\s+/g, " ");
  const missing = words?.filter((word) => !message.includes(word));
  if (missing?.length === 0) return { failed: what, with: words };
  throw new Error(
    `terraform ${what} failed, and not with ${JSON.stringify(missing ?? "intent")}:\n${stdout}\n${stderr}`,
  );
}

/** Removes every container and network that the steps name. */
async function removeByHand(steps: readonly Step[]): Promise<void> {
  const mentioned = [...new Set(JSON.stringify(steps).match(/contract-[a-z0-9-]+/g) ?? [])];
  // A name that ends in a dash is continued by a key of for_each.
  const names = mentioned.flatMap((name) => (name.endsWith("-") ? [`${name}a`, `${name}b`] : [name]));
  await docker("rm", "--force", ...names);
  await docker("network", "rm", ...names);
}

async function buildImage({ baseImage, imageLabel }: GroundProps): Promise<void> {
  if ((await docker("image", "inspect", IMAGE)).code === 0) return;
  const dockerfile = `FROM ${baseImage}
LABEL ${imageLabel}
CMD ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.2; done"]
`;
  await must(["docker", "build", "--tag", IMAGE, "-"], { input: dockerfile, env: { DOCKER_BUILDKIT: "0" } });
}

const docker = (...args: string[]) => run(["docker", ...args]);

/** Ids are not compared. */
function printed({ code, stdout }: Ended): string {
  return code === 0 ? stdout.trim().replace(/\b[0-9a-f]{64}\b/g, "<id>") : `failed (${code})`;
}
