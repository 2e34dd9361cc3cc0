import { type Command, InvalidArgumentError } from "commander";
import { placesOf } from "../settings/places.js";
import { environmentNamed } from "./environment-files.js";
import { Failure } from "./exit-codes.js";
import { followOnHost } from "./run-on-host.js";
import { addVerb, ENVIRONMENT } from "./verb.js";

export function addLogs(program: Command): void {
  addVerb(program, "logs", {
    summary: "Print NocoDB's log, with every secret masked on the host",
    details:
      "The last 200 lines, or those of a time. Masked are the values of NocoDB's secrets and of the consumers' tokens, before a line leaves the host. With --follow until Ctrl-C.",
    examples: ["logs prod", "logs prod --follow", "logs prod --since 10m", "logs prod --tail 50"],
  })
    .argument(...ENVIRONMENT)
    .option("--follow", "go on with new lines, until Ctrl-C")
    .option("--since <time>", "only lines since then: 10m, 1h30m, or 2026-11-29T22:00:00Z", time)
    .option("--tail <lines>", "how many of the last lines (default: 200; with --since all)", count)
    .action(logs);
}

interface Options {
  readonly follow?: true;
  readonly since?: string;
  readonly tail?: string;
}

function time(text: string): string {
  const isTime = /^(\d+[smh])+$|^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/.test(text);
  if (!isTime)
    throw new InvalidArgumentError(
      "It must be a duration such as 10m or 1h30m, or a time such as 2026-11-29T22:00:00Z.",
    );
  return text;
}

function count(text: string): string {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError("It must be a number.");
  return text;
}

async function logs(name: string, { follow, since = "", tail = since === "" ? "200" : "" }: Options): Promise<void> {
  const environment = environmentNamed(name);
  const { containerName, secretsDirectory } = placesOf(environment);
  const of = { environment: name, container: containerName, secrets: secretsDirectory };
  const input = { ...of, follow: follow ? "yes" : "", since, tail };
  const code = await followOnHost(environment, "nocodb/print-log", input);
  if (code !== 0) throw new Failure();
}
