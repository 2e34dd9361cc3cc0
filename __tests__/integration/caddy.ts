import { afterAll, beforeAll } from "vitest";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { inContainer, ownName, remove, start } from "./containers.js";
import { asRoot, type Input, instance, type Outcome, type RunOptions, run, scratch } from "./host.js";

/** The name of a site of the tests. */
export const siteName = (name: string): string => `it-${name}.${instance.domain}`;

/** A site that answers with a text. */
export const respond = (site: string, text: string): string => `${site} {\n\trespond \`${text}\` 200\n}`;

export const OTHER_SITE = respond(siteName("other"), "the other site");

/** A Caddyfile that someone edits by hand, as on a host before the app is used. */
export const CADDYFILE = `{
	local_certs
	skip_install_trust
}

${OTHER_SITE}
`;

export interface CaddyOptions {
  /** @default CADDYFILE */
  readonly caddyfile?: string;
  /** How the container sees the Caddyfile. @default "file", mounted alone and writable */
  readonly mount?: "file" | "read-only file" | "nothing";
  /** Where in the container the sites directory is mounted. @default /etc/caddy/sites */
  readonly sitesAt?: string;
}

/** A Caddy that the tests may break, with a folder of its own on the host, there while the tests of a file run. */
export function ownCaddy(name: string, { caddyfile: text = CADDYFILE, mount = "file", sitesAt }: CaddyOptions = {}) {
  const container = ownName(`caddy_${name}`);
  const directory = scratch(`caddy_${name}`);
  const caddyfile = `${directory}/Caddyfile`;
  const sites = `${directory}/sites`;
  const place = { records: `${directory}/records`, caddy: container, caddyfile };

  /** Writes a file of the host in place, as an editor that keeps the file would. */
  const write = (content: string, path = caddyfile) => asRoot('printf %s "$2" >"$1"', path, content);
  const read = (path = caddyfile) => asRoot('cat -- "$1"', path);

  /** Loads the Caddyfile; tries again while Caddy is only starting. */
  const reload = () =>
    eventually(20, () =>
      inContainer(container, ["caddy", "reload", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]),
    );

  beforeAll(async () => {
    await asRoot('umask 022; mkdir "$1"; chown deploy: "$1"', sites);
    await write(text);
    const options = mount === "read-only file" ? ":ro" : "";
    const volumes = [
      ...(mount === "nothing" ? [] : ["--volume", `${caddyfile}:/etc/caddy/Caddyfile${options}`]),
      ...["--volume", `${sites}:${sitesAt ?? "/etc/caddy/sites"}`],
    ];
    await start(container, IMAGES.caddy, ["--network", instance.frontend.name, ...volumes]);
    if (mount === "nothing") return;
    const root = await eventually(30, () =>
      inContainer(container, ["cat", "/data/caddy/pki/authorities/local/root.crt"]),
    );
    await write(`${root}\n`, `${directory}/root.crt`);
  });
  afterAll(() => remove(container));

  return {
    ...{ container, directory, caddyfile, sites, write, read, reload },

    /** Writes the Caddyfile and loads it, as someone who edits it by hand does. */
    async edit(content: string): Promise<void> {
      await write(content);
      await reload();
    },

    /** Applies a site, as a block of the Caddyfile; `more` can give a sites directory. */
    apply(site: string, text: string, more: Input = {}, options?: RunOptions): Promise<Outcome> {
      const input = { ...place, sites_directory: "", key: site, status: "new", site, text };
      return run("caddy-site/apply", { ...input, ...more }, options);
    },

    remove: (site: string, more: Input = {}): Promise<Outcome> =>
      run("caddy-site/remove", { ...place, sites_directory: "", site, ...more }),

    /** What Caddy answers at https://SITE/, asked by the host: the body, or "nothing" where no such site is served. */
    async answer(site: string): Promise<string> {
      const question = `curl -sS -m 5 --cacert "$1/root.crt" --connect-to "$2:443:$3:443" "https://$2/" 2>&1 || true`;
      const said = await asRoot(question, directory, site, container);
      return said.startsWith("curl: (35)") ? "nothing" : said;
    },
  };
}
