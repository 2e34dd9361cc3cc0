import { notFound } from "./answers.js";
import { type About, caddyOf, QUESTIONS, serverOf } from "./questions.js";

/** MiB that NocoDB's image needs on the disk, about. */
const IMAGE = 1500;

/** What the host has, what it lacks, and the next command. */
export function summary(about: About, file: string): string {
  const { name, host, answers } = about;
  const { memory, disk, unmanaged } = host;
  const found = [
    `${answers["ssh-host"]}: ${memory.available} of ${memory.total} MiB memory available, ${disk} MiB disk free for Docker`,
    `PostgreSQL: ${answers.postgresql || "none found"}; Caddy: ${answers.caddy || "none found"}`,
    ...unmanaged.map(({ container, version = "unknown" }) => `unmanaged NocoDB: ${container}, version ${version}`),
  ];
  const next = unmanaged.length > 0 ? `npx nocodb-host adopt ${name}` : `npx nocodb-host plan ${name}`;
  return [
    ...found,
    ...warnings(about).map((each) => `warning: ${each}`),
    `${file}: written`,
    `next: npx nocodb-host validate ${name}, then ${next}`,
  ].join("\n");
}

/** What a deploy would stumble over. */
function warnings(about: About): string[] {
  const { host, answers } = about;
  const server = serverOf(about);
  const caddy = caddyOf(about);
  const all: [isSo: boolean, text: string][] = [
    [answers.postgresql === "", "no container runs PostgreSQL: start one before the deploy"],
    [
      server?.isOpen === false,
      `PostgreSQL in container ${server?.container} does not let ${server?.superuser} in through its local socket: correct postgresql.superuser`,
    ],
    [answers.caddy === "", "no container runs Caddy: start one before the deploy"],
    [
      caddy !== undefined && caddy.caddyfile === undefined,
      `the Caddyfile of container ${caddy?.container} was not found on the host: mount it there, and correct caddy.caddyfile`,
    ],
    [
      answers.caddy !== "" && answers.frontend === "",
      "Caddy shares no network of its own with NocoDB: create one, and attach Caddy (docker network connect)",
    ],
    [host.memory.available < 512, `only ${host.memory.available} MiB memory are available, and NocoDB may use 512`],
    [host.disk < IMAGE, `only ${host.disk} MiB are free, and NocoDB's image alone needs about ${IMAGE}`],
    [
      host.unmanaged.length > 1,
      "the host has several NocoDBs: set postgresql.database, image and admin.email to those of the one to adopt, and name it with --container",
    ],
  ];
  const missing = QUESTIONS.flatMap((question) =>
    notFound(question, about).map((text) => `${question.setting}: ${text}`),
  );
  return [...missing, ...all.filter(([isSo]) => isSo).map(([, text]) => text)];
}
