import { afterAll, beforeAll } from "vitest";
import { CaddySite } from "../../constructs/caddy-site/caddy-site.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { ownName, remove, start } from "./containers.js";
import { asRoot, type Input, instance, type Outcome, type RunOptions, run, scratch } from "./host.js";

export interface CaddyHost {
  /** Files below /etc/caddy of the container, with the Caddyfile. */
  readonly files: Readonly<Record<string, string>>;
  /** Path of the Caddyfile below /etc/caddy. @default Caddyfile */
  readonly main?: string;
  /** Options of docker run. */
  readonly settings?: readonly string[];
  /** A shell command that runs Caddy. @default the image's */
  readonly command?: string;
  readonly sitesDirectory?: string;
}

/** A Caddy as people have it on their hosts: the plan, the apply and the removal of a site, and what a neighbour answers. */
export function caddyHost(name: string, { files, main = "Caddyfile", settings = [], command, ...more }: CaddyHost) {
  const container = ownName(`caddy_${name}`);
  const directory = scratch(`caddy_${name}`);
  const etc = `${directory}/etc`;
  const sites = more.sitesDirectory === undefined ? "" : `${etc}/${more.sitesDirectory}`;
  const place = { caddy: container, caddyfile: `${etc}/${main}`, sites_directory: sites };
  const records = `${directory}/records`;

  const write = (path: string, content: string) =>
    asRoot('umask 022; mkdir -p "$(dirname "$1")" && printf %s "$2" >"$1"', `${etc}/${path}`, content);

  /** What the host answers, in one line, asked with curl: status, body or error. */
  const answer = (site: string, { scheme = "https", port = 443 } = {}) =>
    asRoot(
      'curl -sSk -m 5 --connect-to "::$2:$3" -w " %{http_code}" "$1" 2>&1 || true',
      `${scheme}://${site}:${port}/`,
      container,
      String(port),
    );

  beforeAll(async () => {
    for (const [path, content] of Object.entries(files)) await write(path, content);
    const volume = ["--network", instance.frontend.name, "--volume", `${etc}:/etc/caddy`];
    await start(container, IMAGES.caddy, [...volume, ...settings], command === undefined ? [] : ["sh", "-c", command]);
    await eventually(30, () => asRoot('docker exec "$1" pidof caddy && sleep 1', container));
  });
  afterAll(() => remove(container));

  return {
    ...{ container, place, records, write, answer, read: () => asRoot('cat "$1"', place.caddyfile) },

    /** The reason why the plan refuses the site, or nothing. */
    async plan(site: string, text: string, options?: RunOptions): Promise<string> {
      const own = [container, place.caddyfile, site, CaddySite.oneWord(text), sites];
      const requirements = `free_site ${site} ${place.caddyfile}\nloadable_site ${own.join(" ")}`;
      const { code, stderr } = await run("remote-host/probe", { records, requirements }, options);
      return code === 0 ? "" : stderr;
    },

    apply: (site: string, text: string, options?: RunOptions): Promise<Outcome> =>
      run("caddy-site/apply", { ...place, records, key: site, status: "new", site, text }, options),

    remove: (site: string, more: Input = {}): Promise<Outcome> =>
      run("caddy-site/remove", { ...place, records, site, ...more }),

    /** Sends a request to the admin endpoint, as a program beside the app does. */
    admin: (path: string, type: string, body: string) =>
      asRoot(
        `{ printf 'POST %s HTTP/1.0\\r\\nHost: localhost:2019\\r\\nContent-Type: %s\\r\\nContent-Length: %s\\r\\n\\r\\n%s' "$2" "$3" "$(printf %s "$4" | wc -c)" "$4"; } | docker exec -i "$1" nc 127.0.0.1 2019`,
        ...[container, path, type, body],
      ),
  };
}
