import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { HostRemoval } from "./host-removal.js";
import { KeptOnHost } from "./host-step.js";
import type { RemoteHost } from "./remote-host.js";

export interface CaddyConfiguration {
  /** Caddy's container, version 2.7 or later. */
  readonly container: string;
  /** Path of the Caddyfile on the host; the container sees it through a mount. */
  readonly caddyfile: string;
  /** Directory on the host that the Caddyfile imports as `*.caddy`. @default a marked block in the Caddyfile */
  readonly sitesDirectory?: string | undefined;
}

export interface CaddySiteText {
  /** Host name of the site. */
  readonly host: string;
  /** `name:port` on a network that Caddy shares. */
  readonly upstream: string;
  /** Snippets of the Caddyfile to import. @default none */
  readonly imports?: readonly string[];
  /** Path that answers 200 exactly when the service can be used. */
  readonly healthPath: string;
  /** Seconds a request waits while the service is away; more than its grace period and its start together. */
  readonly hold: number;
}

/**
 * The site as it stands in the Caddyfile.
 *
 * The active health check keeps requests away from a service whose port is open and whose routes are not there yet;
 * together with lb_try_duration requests wait for it instead of failing (POST too since Caddy 2.7). Each request has a
 * connection of its own (keepalive off): one that cannot be made is tried again, whatever the method, and one that is kept
 * would hold up the stop of the service, and break with the request on it. The health check waits as long as a request is
 * held: a service that is busy, as it is with all that waited for it, must not count as one that is away.
 */
export function renderSite(site: CaddySiteText): string {
  const imports = (site.imports ?? []).map((name) => `\timport ${name}\n`).join("");
  return `${site.host} {
${imports}${imports && "\n"}\treverse_proxy ${site.upstream} {
		lb_try_duration ${site.hold}s
		lb_try_interval 250ms
		health_uri ${site.healthPath}
		health_interval 1s
		health_timeout ${site.hold}s
		health_status 200
		transport http {
			keepalive off
		}
	}

	header {
		Strict-Transport-Security "max-age=31536000; includeSubDomains"
		X-Content-Type-Options "nosniff"
		X-Frame-Options "SAMEORIGIN"
		-Server
	}
}`;
}

export interface CaddySiteProps {
  readonly host: RemoteHost;
  readonly caddy: CaddyConfiguration;
  readonly site: CaddySiteText;
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** A site in the host's Caddy: validated before it is written, reloaded after, put back where Caddy refuses it. */
export class CaddySite extends KeptOnHost {
  constructor(scope: Construct, id: string, props: CaddySiteProps) {
    super(scope, id, {
      host: props.host,
      scripts: ["block.sh", "caddy.sh", "ensure-site.sh"],
      input: siteInput(props.caddy, props.site),
      dependsOn: props.dependsOn,
    });
    const { container, caddyfile, sitesDirectory } = props.caddy;
    props.host.require(
      `caddy ${container} ${caddyfile} ${sitesDirectory ?? ""}`.trim(),
      `free_site ${props.site.host} ${caddyfile}`,
      "command flock util-linux",
    );
  }
}

/** What the scripts that handle a site expect. */
export function siteInput(caddy: CaddyConfiguration, site: CaddySiteText): Record<string, string> {
  return { ...placeOf(caddy), site: site.host, text: renderSite(site) };
}

function placeOf({ container, caddyfile, sitesDirectory = "" }: CaddyConfiguration): Record<string, string> {
  return { caddy: container, caddyfile, sites_directory: sitesDirectory };
}

export interface CaddySiteRemovalProps {
  readonly host: RemoteHost;
  readonly caddy: CaddyConfiguration;
  /** Host names of the sites that are there; one that leaves the list is taken out of Caddy. */
  readonly sites: readonly string[];
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** Takes sites out of Caddy again, on destroy or when they leave the list. */
export class CaddySiteRemoval extends HostRemoval {
  constructor(scope: Construct, id: string, props: CaddySiteRemovalProps) {
    super(scope, id, {
      host: props.host,
      scripts: ["block.sh", "caddy.sh", "remove-site.sh"],
      input: placeOf(props.caddy),
      each: "site",
      things: props.sites,
      dependsOn: props.dependsOn,
    });
  }
}
