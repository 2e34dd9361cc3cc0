// npm run check [-- DIRECTORY]: checks every environment file. Exit code 1 when any has a problem, 0 otherwise.
import { fileURLToPath } from "node:url";
import { type Environment, formatProblems, loadEnvironments } from "../settings/environment.js";

const directory =
  process.argv[2] ?? process.env.NOCODB_ENVIRONMENTS ?? fileURLToPath(new URL("../environments", import.meta.url));

function summary({ name, project, domain, subdomain, ssh, image, memory }: Environment): string {
  const site = subdomain === "" ? "absent (empty subdomain)" : `https://${subdomain}.${domain}`;
  return `${name}: ok: ${site}, ${image}, ${memory}M, project ${project} on ${ssh.user}@${ssh.host}:${ssh.port}`;
}

const { environments, problems } = loadEnvironments(directory, process.env);
for (const environment of environments) console.log(summary(environment));
if (problems.length > 0) {
  console.error(formatProblems(problems));
  process.exitCode = 1;
} else if (environments.length === 0) {
  console.error(`${directory}: holds no environment; add a file such as prod.yaml`);
  process.exitCode = 1;
}
