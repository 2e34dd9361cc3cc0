import { writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Environment, loadEnvironments } from "../settings/environment.js";
import { siteUrlOf } from "../settings/places.js";
import { lastLines, run } from "./command.js";
import { askAsConsumer } from "./consumers.js";
import { CONSUMERS, type Instance, type LabConsumer } from "./instance.js";
import { LabProblem } from "./problem.js";
import { phase, type Report } from "./progress.js";
import { ask, eventually } from "./site.js";
import { sshCommand } from "./ssh.js";
import { type AvailableTerraform, availableTerraform, exportsFor, forgetOtherProviders } from "./terraform.js";
import { up } from "./up.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Brings the instance up, deploys the environment of the same name to it, and checks that NocoDB answers. */
export async function start(instance: Instance, report: Report): Promise<void> {
  const [terraform] = await Promise.all([availableTerraform(report), up(instance, report)]);
  await deploy(instance, terraform, report);
  await show(instance, terraform, report);
}

async function deploy(instance: Instance, terraform: AvailableTerraform, report: Report): Promise<void> {
  await forgetOtherProviders(join(root, "cdktf.out/stacks", instance.name), terraform.kind);
  const argv = [join(root, "node_modules/.bin/cdktf"), "deploy", instance.name, "--auto-approve"];
  const log = join(instance.directory, "deploy.log");
  await phase(report, `cdktf deploy ${instance.name}`, async () => {
    const outcome = await run(argv, { cwd: root, env: terraform.env });
    const said = plain(outcome.stdout + outcome.stderr);
    await writeFile(log, said, { mode: 0o600 });
    if (outcome.code !== 0) {
      throw new LabProblem(`cdktf deploy ${instance.name} failed:\n${errorLines(said)}`, `The whole output: ${log}`);
    }
  });
}

/** A text without its terminal control sequences. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, "");
}

/** The output of a failed deploy from its first error on, at most the last 30 lines, without cdktf's counters. */
export function errorLines(said: string): string {
  const lines = said.split("\n").filter((line) => !/^\s*\d+ Stacks? (deploying|done)/.test(line));
  const first = lines.findIndex((line) => /\bError\b/.test(line));
  return lastLines(lines.slice(Math.max(first, 0)).join("\n"), 30);
}

async function show(instance: Instance, terraform: AvailableTerraform, report: Report): Promise<void> {
  const { environments } = loadEnvironments(process.env.NOCODB_ENVIRONMENTS ?? join(root, "environments"), process.env);
  const environment = environments.find((each) => each.name === instance.name);
  if (!environment?.subdomain) return report(`${instance.name}: subdomain is empty, so there is no site to check`);
  const site = `${environment.subdomain}.${environment.domain}`;
  const path = "/api/v1/health";
  const answer = await eventually(10, () => ask(instance, site, path));
  if (answer.status !== 200) {
    throw new LabProblem(
      `https://${site}${path} answers ${answer.status}: ${answer.body}`,
      "See: npm run lab -- status",
    );
  }
  const url = siteUrlOf(environment);
  const consumers = await shownConsumers(environment);
  const exports = exportsFor(terraform);
  report(`
${url}${path} answers ${answer.status}: ${answer.body}
${consumers.map((line) => `${line}\n`).join("")}
  open      ${url} (its certificate is signed by ${short(instance.rootCertificate)})
  request   curl --cacert ${short(instance.rootCertificate)} ${url}${path}
  sign in   npx nocodb-host sign-in ${instance.name}
  plan      ${exports && `${short(exports)}; `}npx cdktf diff ${instance.name}
  host      ${short(sshCommand(instance).join(" "))}
  remove    npm run lab -- down${instance.name === "lab" ? "" : ` --instance ${instance.name}`}
`);
}

/** A line for each of the host's consumers in the environment, from a call in its container. */
function shownConsumers({ consumers }: Environment): Promise<string[]> {
  const here = consumers.filter(({ name }) => CONSUMERS.includes(name as LabConsumer));
  return Promise.all(
    here.map(async ({ name, container, envFile }) => {
      const { code, stdout, stderr } = await askAsConsumer(container);
      const said = stdout.trim() || lastLines(stderr, 1);
      if (code !== 0) {
        throw new LabProblem(
          `consumers.${name}: GET /api/v2/meta/bases from container ${container} returns ${said}, not 200`,
          `Its env file is ${short(envFile)}, read when the container is created. See: docker logs ${container}`,
        );
      }
      return `${name.padEnd(10)} GET /api/v2/meta/bases answers ${said} with the token of ${short(envFile)}`;
    }),
  );
}

/** A text with `~` for the home directory. */
const short = (text: string) => text.replaceAll(`${homedir()}/`, "~/");
