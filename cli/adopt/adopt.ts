import { type Command, Option } from "commander";
import { GRACE_PERIOD } from "../../constructs/nocodb/nocodb-props.js";
import { isElsewhere } from "../../constructs/postgres-database/server.js";
import { parseImage, releaseKey } from "../../constructs/service-container/image-reference.js";
import type { Environment } from "../../settings/environment.js";
import { placesOf } from "../../settings/places.js";
import { backupInputOf } from "../backup/backup-input.js";
import { cdktfDeploy } from "../cdktf-deploy.js";
import { confirm } from "../confirm.js";
import { environmentNamed } from "../environment-files.js";
import { Failure } from "../exit-codes.js";
import { type Input, runOnHost, tryOnHost } from "../run-on-host.js";
import { secretsInput } from "../secret/secret-name.js";
import type { Synthesized } from "../synthesized.js";
import { addVerb, ENVIRONMENT, YES } from "../verb.js";

export function addAdopt(program: Command): void {
  addVerb(program, "adopt", {
    summary: "Adopt a NocoDB that is on the host already, with database, files, users and tokens",
    details:
      "Says what it found and what the environment file must say, and asks; makes a backup, stops and renames the old container, and deploys. --revert restores all of it, after npx cdktf destroy.",
    examples: ["adopt prod", "adopt prod --container nocodb --yes", "adopt prod --revert"],
  })
    .argument(...ENVIRONMENT)
    .addOption(new Option("--container <name>", "the container to adopt, if several run NocoDB").conflicts("revert"))
    .option("--revert", "restore what an adoption has changed")
    .option(...YES)
    .action(adopt);
}

interface Flags {
  readonly container?: string;
  readonly revert?: true;
  readonly yes?: true;
}

async function adopt(name: string, { container = "", revert, yes }: Flags): Promise<void> {
  const environment = environmentNamed(name);
  if (environment.subdomain === "") {
    throw new Failure('subdomain: "": NocoDB would have no site; set it to the subdomain that the old NocoDB has');
  }
  if (isElsewhere(environment.postgresql.container)) {
    throw new Failure(
      "postgresql.external: only a NocoDB whose database is in a PostgreSQL container of the host can be adopted, because a revert needs a superuser; deploy with an empty database, and restore a dump of the old one (docs/postgresql.md), or set postgresql.container",
    );
  }
  if (environment.engine === "swarm" && !revert) {
    throw new Failure(
      "engine: swarm: the container of the old NocoDB is taken over by a container; set engine: container, adopt, and then move it to the cluster (docs/cluster.md)",
    );
  }
  const { host } = environment.ssh;
  const { withSynthesized } = await import("../synthesized.js");
  if (revert) {
    const input = await withSynthesized(environment, (stack) => revertInput(environment, stack));
    await confirm(`Revert the adoption on ${host}?`, yes);
    await runOnHost(environment, "adopt/revert", input);
    return;
  }
  const { input, verdict } = await withSynthesized(environment, async (stack) => {
    const given = applyInput(environment, stack, container);
    return { input: given, verdict: await inspect(environment, stack, given) };
  });
  if (verdict === "refused") throw new Failure();
  if (verdict === "ready") {
    await confirm(`Adopt it on ${host}?`, yes);
    await runOnHost(environment, "adopt/apply", { ...input, confirmed: "yes" });
  }
  await cdktfDeploy(name);
}

/** Prints what is there and what prevents the adoption: first of the NocoDB, then of the host as any plan does. */
async function inspect(
  environment: Environment,
  stack: Synthesized,
  input: Input,
): Promise<"ready" | "complete" | "refused"> {
  const { status, stdout } = await tryOnHost(environment, "adopt/apply", { ...input, confirmed: "no" });
  const lines = stdout === "" ? [] : stdout.trimEnd().split("\n");
  const verdict = status === 0 ? lines.pop() : undefined;
  if (lines.length > 0) console.log(lines.join("\n"));
  if (verdict === "complete") return verdict;
  const isHostReady = await stack.isHostReady({ adopting: "yes" });
  return isHostReady && verdict === "ready" ? verdict : "refused";
}

/** What adopt/revert expects. */
function revertInput(environment: Environment, { triggers }: Synthesized): Input {
  const { caddy, caddyfile, sites_directory, site } = triggers("nocodb_site");
  const { consumers, deploy_user } = triggers("nocodb_consumers");
  const { containerName, environmentFile } = placesOf(environment);
  return {
    ...backupInputOf(environment),
    ...{ caddy: caddy!, caddyfile: caddyfile!, sites_directory: sites_directory!, site: site! },
    ...{ consumers: consumers!, deploy_user: deploy_user! },
    name: containerName,
    env_file: environmentFile,
    environment: environment.name,
  };
}

/** What adopt/apply expects beside `confirmed`. */
function applyInput(environment: Environment, stack: Synthesized, container: string): Input {
  const { networks, image, admin, variables } = environment;
  const { tag = "", release } = parseImage(image) ?? {};
  return {
    ...revertInput(environment, stack),
    text: stack.triggers("nocodb_site").text!,
    container,
    image,
    release: releaseKey(image),
    image_version: release ? tag.replace(/^v/, "") : "",
    networks: Object.values(networks)
      .map((network) => network.name)
      .join(" "),
    grace_period: String(GRACE_PERIOD),
    admin_email: admin.email,
    variables: Object.keys(variables).join(" "),
    ...secretsInput(environment),
  };
}
