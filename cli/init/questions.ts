import { parseImage } from "../../constructs/service-container/image-reference.js";
import { belowFloor, lacksFixes, securityFloor } from "../../settings/rules/image.js";
import type { Attached, Caddy, HostFacts, Server, Unmanaged } from "./host-facts.js";

/** One value of the environment file. */
export interface Question {
  /** `domain` for --domain. */
  readonly flag: string;
  /** Path of the setting that it answers. */
  readonly setting: string;
  /** The question, if not the description of the setting. */
  readonly text?: string;
  /** What the flag takes, such as `name`. */
  readonly takes: string;
  /** Whether it is asked on a terminal: always, only if nothing is proposed, or never. */
  readonly asked: "always" | "unclear" | "never";
  /** The answer that the host suggests. Undefined: none, so that it must be given; empty: the setting's default. */
  readonly proposed: (about: About) => string | undefined;
  /** The possible answers, if they are known; with less than two it is not asked. */
  readonly choices?: (about: About) => readonly string[];
  /** What the host has of which an answer names one or several, if that is not `choices`. */
  readonly found?: (about: About) => readonly string[];
}

/** What an answer may depend on. */
export interface About {
  /** Of the environment. */
  readonly name: string;
  readonly host: HostFacts;
  /** Former answers, by flag. */
  readonly answers: Readonly<Record<string, string>>;
}

/** The answer by which the site imports no snippet. */
export const NONE = "none";

const optional = () => "";

/** How to reach the host. */
export const CONNECTION: readonly Question[] = [
  { flag: "ssh-host", setting: "ssh.host", takes: "name", asked: "always", proposed: () => undefined },
  { flag: "ssh-user", setting: "ssh.user", takes: "name", asked: "always", proposed: () => "deploy" },
  { flag: "ssh-port", setting: "ssh.port", takes: "number", asked: "always", proposed: optional },
  { flag: "identity-file", setting: "ssh.identityFile", takes: "file", asked: "never", proposed: optional },
  { flag: "known-hosts", setting: "ssh.knownHosts", takes: "file", asked: "never", proposed: optional },
];

/** Everything else, each after those that it depends on. */
export const QUESTIONS: readonly Question[] = [
  {
    ...{ flag: "caddy", setting: "caddy.container", takes: "name", asked: "unclear" },
    proposed: ({ host }) => onlyName(withFile(host.caddy)),
    choices: ({ host }) => names(host.caddy),
  },
  {
    ...{ flag: "postgresql", setting: "postgresql.container", takes: "name", asked: "unclear" },
    proposed: (about) => onlyName(besideCaddy(about)),
    choices: ({ host }) => names(host.postgresql),
  },
  {
    ...{ flag: "project", setting: "project", takes: "name", asked: "always" },
    proposed: (about) => {
      const project = projectOf(about);
      return project !== undefined && others(about).some(({ container }) => container === `${project}_nocodb`)
        ? `${project}-${about.name}`
        : project;
    },
  },
  { flag: "domain", setting: "domain", takes: "name", asked: "always", proposed: domain },
  {
    ...{ flag: "subdomain", setting: "subdomain", takes: "label", asked: "always" },
    proposed: (about) => siteOf(about)?.subdomain ?? (distinct(about, "noco", "-") || "noco"),
  },
  {
    ...{ flag: "backend", setting: "networks.backend", takes: "network", asked: "unclear" },
    text: "Network of PostgreSQL. Default: <project>_backend.",
    proposed: (about) => preferred(about, "backend", backends(about)),
    choices: backends,
  },
  {
    ...{ flag: "frontend", setting: "networks.frontend", takes: "network", asked: "unclear" },
    text: "Network of Caddy. Default: <project>_frontend.",
    proposed: (about) => preferred(about, "frontend", frontends(about)),
    choices: frontends,
  },
  {
    ...{ flag: "snippets", setting: "caddy.snippets", takes: `name,…|${NONE}`, asked: "unclear" },
    found: (about) => [NONE, ...(caddyOf(about)?.snippets ?? [])],
    proposed: (about) => {
      const caddy = caddyOf(about);
      if (caddy?.caddyfile === undefined) return "";
      return VPN_SNIPPETS.filter((each) => caddy.snippets.includes(each)).join(",") || undefined;
    },
  },
  {
    ...{ flag: "consumers", setting: "consumers", takes: "name,…", asked: "always" },
    // Those of another environment have its tokens.
    proposed: (about) =>
      others(about).length > 0 ? "" : CONSUMERS.filter((each) => containerOf(about, each) !== undefined).join(","),
  },
  {
    ...{ flag: "base-directory", setting: "baseDirectory", takes: "path", asked: "never" },
    proposed: (about) => {
      const { project } = about.answers;
      // An environment beside another one has files of its own.
      return project === projectOf(about) ? (baseDirectory(about) ?? "") : "";
    },
  },
  {
    ...{ flag: "caddyfile", setting: "caddy.caddyfile", takes: "path", asked: "never" },
    proposed: (about) => caddyOf(about)?.caddyfile ?? "",
  },
  {
    ...{ flag: "public-port", setting: "caddy.publicPort", takes: "number", asked: "never" },
    proposed: (about) => String(caddyOf(about)?.port ?? ""),
  },
  {
    ...{ flag: "superuser", setting: "postgresql.superuser", takes: "name", asked: "never" },
    proposed: (about) => serverOf(about)?.superuser ?? "",
  },
  {
    ...{ flag: "postgresql-host", setting: "postgresql.host", takes: "name", asked: "never" },
    proposed: (about) => {
      const server = serverOf(about);
      const aliases = server?.networks[about.answers.backend ?? ""] ?? [];
      return server === undefined || aliases.includes("postgresql") ? "" : server.container;
    },
  },
  {
    ...{ flag: "database", setting: "postgresql.database", takes: "name", asked: "never" },
    proposed: (about) => adopted(about)?.database ?? distinct(about, "nocodb", "_"),
  },
  {
    ...{ flag: "role", setting: "postgresql.role", takes: "name", asked: "never" },
    proposed: (about) => distinct(about, "nocodb", "_"),
  },
  {
    ...{ flag: "alias", setting: "alias", takes: "name", asked: "never" },
    proposed: (about) => distinct(about, "nocodb", "-"),
  },
  {
    ...{ flag: "image", setting: "image", takes: "reference", asked: "never" },
    proposed: (about) => `nocodb/nocodb:${adopted(about)?.version ?? securityFloor.version}`,
  },
  {
    ...{ flag: "image-reason", setting: `acknowledgements.${belowFloor}`, takes: "text", asked: "unclear" },
    proposed: ({ answers, host }) => {
      const image = answers.image ?? "";
      if (lacksFixes(image) === undefined) return "";
      return host.unmanaged.some(({ version }) => version !== undefined && version === parseImage(image)?.tag)
        ? "The host's NocoDB has this version. Upgrade it after the adoption."
        : undefined;
    },
  },
  {
    ...{ flag: "userns-mode", setting: "usernsMode", takes: "mode", asked: "never" },
    proposed: ({ host }) => (host.hasUserns ? "host" : ""),
  },
  {
    ...{ flag: "admin-email", setting: "admin.email", takes: "address", asked: "never" },
    proposed: (about) => adopted(about)?.email ?? "",
  },
  { flag: "bases", setting: "bases", takes: "title,…", asked: "never", proposed: () => "Production" },
  {
    ...{ flag: "backup-schedule", setting: "backups.schedule", takes: "time", asked: "never" },
    proposed: ({ host }) => (host.hasSystemd ? "daily" : ""),
  },
];

const VPN_SNIPPETS = ["vpn_only", "vpn_error_page"];

/** Services that are known to call NocoDB, found by the names of their containers. */
const CONSUMERS = ["n8n", "openclaw"];

/** The container of a service on the networks of Caddy and PostgreSQL: `acme_n8n`, `acme-n8n-1` or `n8n`. */
export function containerOf(about: About, service: string): string | undefined {
  const isIts = ({ container }: Attached) => container.split(/[_-]/).includes(service);
  return about.host.containers.find((each) => isIts(each) && isNear(about, each))?.container;
}

const names = (all: readonly Attached[]) => all.map(({ container }) => container);
const onlyName = (all: readonly Attached[]) =>
  all.length === 0 ? "" : all.length === 1 ? all[0]!.container : undefined;

const chosen = <T extends Attached>(all: readonly T[], name: string | undefined) =>
  all.find(({ container }) => container === name);
export const caddyOf = ({ host, answers }: About): Caddy | undefined => chosen(host.caddy, answers.caddy);
export const serverOf = ({ host, answers }: About): Server | undefined => chosen(host.postgresql, answers.postgresql);

/** The Caddys whose Caddyfile is on the host, if there are any. */
const withFile = (all: readonly Caddy[]) => {
  const found = all.filter(({ caddyfile }) => caddyfile !== undefined);
  return found.length > 0 ? found : all;
};

/** The PostgreSQLs that share a network with Caddy, if there are any. */
function besideCaddy(about: About): readonly Server[] {
  const { networks = {} } = caddyOf(about) ?? {};
  const found = about.host.postgresql.filter((server) => Object.keys(server.networks).some((each) => each in networks));
  return found.length > 0 ? found : about.host.postgresql;
}

/** Docker's own networks have no names for containers. */
const OF_DOCKER = ["bridge", "host", "none"];
const networksOf = (attached: Attached | undefined) =>
  Object.keys(attached?.networks ?? {}).filter((each) => !OF_DOCKER.includes(each));

function backends(about: About): readonly string[] {
  return networksOf(serverOf(about));
}

function frontends(about: About): readonly string[] {
  return networksOf(caddyOf(about)).filter((each) => each !== about.answers.backend);
}

/** The network with the usual name, or the only one. */
function preferred({ answers }: About, key: string, found: readonly string[]): string | undefined {
  const usual = `${answers.project}_${key}`;
  if (found.length === 0 || found.includes(usual)) return found.length === 0 ? "" : usual;
  const ofThatName = found.filter((each) => each.endsWith(`_${key}`));
  return ofThatName.length === 1 ? ofThatName[0] : found.length === 1 ? found[0] : undefined;
}

/** The project's own directory, from the place of the Caddyfile. */
function baseDirectory(about: About): string | undefined {
  return /^(\/.+)\/configs\/caddy\/[^/]+$/.exec(caddyOf(about)?.caddyfile ?? "")?.[1];
}

/** What the names of PostgreSQL and Caddy begin with: `acme` of acme_postgresql. */
function projectOf(about: About): string | undefined {
  const { postgresql = "", caddy = "" } = about.answers;
  const begins = [/^(.+)_postgresql$/.exec(postgresql)?.[1], /^(.+)_caddy$/.exec(caddy)?.[1]];
  return begins.find((each) => each !== undefined) ?? baseDirectory(about)?.split("/").at(-1);
}

function isNear(about: About, { networks }: Attached): boolean {
  return [...networksOf(caddyOf(about)), ...networksOf(serverOf(about))].some((each) => each in networks);
}

/** NocoDBs of other environments that answer on the networks of Caddy or PostgreSQL. */
function others(about: About): readonly Attached[] {
  return about.host.managed.filter((each) => each.environment !== about.name && isNear(about, each));
}

/** Empty for the default, or a name of the environment's own beside another environment. */
function distinct(about: About, usual: string, separator: "-" | "_"): string {
  return others(about).length > 0 ? `${usual}${separator}${about.name.replaceAll("-", separator)}` : "";
}

/** The only NocoDB that can be adopted. */
function adopted({ host }: About): Unmanaged | undefined {
  return host.unmanaged.length === 1 ? host.unmanaged[0] : undefined;
}

/** Its site, as far as it is told. */
function siteOf(about: About): { readonly subdomain: string; readonly domain: string } | undefined {
  const [, subdomain, domain] = /^https?:\/\/([^./:]+)\.([^/:]+\.[^/:]+)/.exec(adopted(about)?.url ?? "") ?? [];
  return subdomain === undefined || domain === undefined ? undefined : { subdomain, domain };
}

/** The domain above most of Caddy's sites. */
function domain(about: About): string | undefined {
  const counts = new Map<string, number>();
  for (const site of caddyOf(about)?.sites ?? []) {
    const above = site.split(".").slice(1).join(".");
    if (above.includes(".") && !/^[\d.]+$/.test(site)) counts.set(above, (counts.get(above) ?? 0) + 1);
  }
  const most = [...counts].sort(([, one], [, other]) => other - one)[0]?.[0];
  return siteOf(about)?.domain ?? most;
}
