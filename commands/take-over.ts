/**
 * `npm run take-over -- prod [--container NAME] [--yes]`: takes over a NocoDB that someone else has put on the host, with its
 * database, data, users and tokens: says what it found and what the environment file must say, asks, makes a backup, stops and
 * renames the container, and deploys. `npm run take-over -- prod --back` puts all of it back.
 */
import { parseArgs } from "node:util";
import type { Environment } from "../settings/environment.js";
import { agreed } from "./agreed.js";
import { deploy } from "./deploy.js";
import { backupsOf, environmentNamed, runOnHost, sayOnHost } from "./on-host.js";
import { type Synthesized, withSynthesized } from "./synthesized.js";

const USAGE = "npm run take-over -- ENVIRONMENT [--container NAME] [--yes] [--back]";
const LIBRARIES = [
  ...["json.sh", "nocodb-api.sh", "block.sh", "caddy.sh", "consumers.sh", "by-hand.sh"],
  ...["consumer-files.sh", "database-requirements.sh", "requirements.sh", "backup.sh"],
  ...["nocodb-by-hand.sh", "taken-over.sh"],
];
const OVER = [...LIBRARIES, "take-over.sh"];

type Input = Readonly<Record<string, string>>;

async function main(): Promise<number> {
  const flags = { container: { type: "string" }, yes: { type: "boolean" }, back: { type: "boolean" } } as const;
  const { values, positionals } = parseArgs({ options: flags, allowPositionals: true });
  const environment = environmentNamed(positionals[0], USAGE);
  if (typeof environment === "string") {
    console.error(environment);
    return 2;
  }
  if (environment.subdomain === "") {
    console.error("subdomain: is empty, so there would be no site for it: set the subdomain that it has");
    return 2;
  }
  const { looked, input } = withSynthesized(environment, (stack) => {
    const given = { ...inputOf(environment, stack), container: values.container ?? "" };
    return { input: given, looked: values.back ? undefined : look(environment, stack, given) };
  });
  const { host } = environment.ssh;
  if (looked === undefined) {
    if (!values.yes && !(await agreed(`Put back what the take-over has changed on ${host}?`))) return 1;
    return runOnHost(environment, [...LIBRARIES, "take-back.sh"], input);
  }
  if (looked === "refused") return 1;
  if (looked === "ready") {
    if (!values.yes && !(await agreed(`Take it over on ${host}?`))) return 1;
    const taken = runOnHost(environment, OVER, { ...input, really: "yes" });
    if (taken !== 0) return taken;
  }
  return deploy(environment.name);
}

/** Says what is there and what stands in the way, changing nothing: first of the NocoDB, then of the host as any plan does. */
function look(environment: Environment, { probe }: Synthesized, input: Input): "ready" | "complete" | "refused" {
  const { status, said } = sayOnHost(environment, OVER, { ...input, really: "no" });
  const lines = said.trimEnd().split("\n");
  const verdict = status === 0 ? lines.pop() : undefined;
  if (lines.length > 0) console.log(lines.join("\n"));
  if (verdict === "complete") return verdict;
  const ready = probe({ taking_over: "yes" }, "ignore") === 0;
  return ready && verdict === "ready" ? verdict : "refused";
}

/** What take-over.sh and take-back.sh expect. */
function inputOf(environment: Environment, stack: Synthesized): Input {
  const { name, networks, image, admin } = environment;
  const { caddy, caddyfile, sites_directory, site, text } = stack.input("nocodb_site");
  const { consumers, env_file, deploy_user } = stack.input("nocodb_consumers");
  return {
    ...backupsOf(environment),
    ...{ caddy: caddy!, caddyfile: caddyfile!, sites_directory: sites_directory!, site: site!, text: text! },
    ...{ consumers: consumers!, env_file: env_file!, deploy_user: deploy_user! },
    environment: name,
    name: `${environment.project}_nocodb`,
    image,
    networks: `${networks.backend.name} ${networks.frontend.name}`,
    admin_email: admin.email,
    variables: Object.keys(environment.environment).join(" "),
    jwt_secret: process.env.TF_VAR_nocodb_jwt_secret ?? "",
    connection_encrypt_key: process.env.TF_VAR_nocodb_connection_encrypt_key ?? "",
    taking_over: "yes",
  };
}

process.exitCode = await main();
