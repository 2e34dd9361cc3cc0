import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { HostRemoval } from "../remote-host/host-removal.js";
import { HostResource } from "../remote-host/host-resource.js";
import type { RemoteHost } from "../remote-host/remote-host.js";
import { type CaddySiteText, renderSite } from "./render.js";

/** The Caddy that is already on the host. */
export interface CaddyConfiguration {
  /** Caddy's container, version 2.7 or later. */
  readonly container: string;
  /** Path of the Caddyfile on the host; the container sees it through a mount. */
  readonly caddyfile: string;
  /** Directory on the host that the Caddyfile imports as `*.caddy`. @default a marked block in the Caddyfile */
  readonly sitesDirectory?: string | undefined;
}

/** Properties of a site. */
export interface CaddySiteProps {
  /** The Docker host. */
  readonly host: RemoteHost;
  /** The Caddy that serves it. */
  readonly caddy: CaddyConfiguration;
  /** Its host name and what it serves. */
  readonly site: CaddySiteText;
  /** What must exist before it. @default nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** A site in the host's Caddy: validated before it is written, then loaded, and reverted if Caddy refuses it. */
export class CaddySite extends HostResource {
  constructor(scope: Construct, id: string, props: CaddySiteProps) {
    super(scope, id, {
      host: props.host,
      program: "caddy-site/apply",
      input: siteInput(props.caddy, props.site),
      dependsOn: props.dependsOn,
    });
    const { container, caddyfile, sitesDirectory } = props.caddy;
    props.host.require(
      `caddy ${container} ${caddyfile} ${sitesDirectory ?? ""}`.trim(),
      `free_site ${props.site.host} ${caddyfile}`,
      `loadable_site ${container} ${caddyfile} ${props.site.host} ${CaddySite.oneWord(renderSite(props.site))} ${sitesDirectory ?? ""}`.trim(),
      "command flock util-linux",
      "command curl curl",
    );
  }

  /** A text as one word for `printf %b`: requirements are words. */
  static oneWord(text: string): string {
    const escapes: Record<string, string> = { "\\": "\\\\", " ": "\\0040", "\t": "\\t", "\n": "\\n" };
    return text.replaceAll(/[\\ \t\n]/g, (character) => escapes[character] ?? character);
  }
}

/** The inputs of the programs for a site. */
function siteInput(caddy: CaddyConfiguration, site: CaddySiteText): Record<string, string> {
  return { ...caddyInput(caddy), site: site.host, text: renderSite(site) };
}

function caddyInput({ container, caddyfile, sitesDirectory = "" }: CaddyConfiguration): Record<string, string> {
  return { caddy: container, caddyfile, sites_directory: sitesDirectory };
}

/** Properties of the removal of sites. */
export interface CaddySiteRemovalProps {
  /** The Docker host. */
  readonly host: RemoteHost;
  /** The Caddy that serves it. */
  readonly caddy: CaddyConfiguration;
  /** Host names of the sites that exist; one that leaves the list is removed from Caddy. */
  readonly sites: readonly string[];
  /** What must exist before it. @default nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** Removes sites from Caddy, on destroy or when they leave the list. */
export class CaddySiteRemoval extends HostRemoval {
  constructor(scope: Construct, id: string, props: CaddySiteRemovalProps) {
    super(scope, id, {
      host: props.host,
      program: "caddy-site/remove",
      input: caddyInput(props.caddy),
      each: "site",
      things: props.sites,
      dependsOn: props.dependsOn,
    });
  }
}
